package latex

import (
	"strconv"
	"strings"

	"virtcmp/internal/paper/document"
)

// place is where text stands, on which it depends how some of it is written.
type place int

const (
	running place = iota
	inFloat       // a caption, heading or cell: footnotes are set after it
)

// inlines returns running text as LaTeX, on one line but for forced line ends.
func (w *writer) inlines(all []document.Inline) string { return w.set(all, running, `\\`+"\n") }

func (w *writer) set(all []document.Inline, at place, lineEnd string) string {
	var b strings.Builder
	for i, n := range all {
		inner := func(text []document.Inline) string { return w.set(text, at, lineEnd) }
		var s string
		switch n := n.(type) {
		case document.Text:
			s = w.chars.text(string(n))
		case document.CodeSpan:
			s = `\texttt{` + w.chars.code(string(n)) + "}"
		case *document.Emphasis:
			command := `\emph{`
			if n.Strong {
				command = `\textbf{`
			}
			s = command + inner(n.Text) + "}"
		case *document.Link:
			if s = inner(n.Text); n.Leads() {
				s = `\href{` + address(n.URL) + "}{" + s + "}"
			}
		case *document.Ref:
			s = w.ref(n, inner)
		case *document.Cite:
			s = w.cite(n)
		case *document.Footnote:
			s = w.footnote(n, at)
		case document.Break:
			s = lineEnd
		}
		if i > 0 && all[i-1] == document.Inline(document.Break{}) {
			s = guarded(strings.TrimLeft(s, " "))
		}
		b.WriteString(s)
	}
	return b.String()
}

// guarded keeps what begins with a bracket or an asterisk from being taken for an
// argument of the command before it.
func guarded(s string) string {
	if strings.HasPrefix(s, "[") || strings.HasPrefix(s, "*") {
		return "{}" + s
	}
	return s
}

// ref lets LaTeX number what the document has numbered; other words are links.
func (w *writer) ref(n *document.Ref, inner func([]document.Inline) string) string {
	if n.Number == "" {
		return `\hyperref[` + label(n.Target) + "]{" + inner(n.Text) + "}"
	}
	word := strings.TrimSuffix(document.PlainText(n.Text), n.Number)
	return w.chars.text(word) + `\ref{` + label(n.Target) + "}"
}

// cite cites by key, or by number where there is no list of references to find a key in.
func (w *writer) cite(n *document.Cite) string {
	var keys, numbers []string
	for _, r := range n.References {
		keys, numbers = append(keys, label(r.Key)), append(numbers, strconv.Itoa(r.Number))
	}
	if !w.cites {
		return "[" + strings.Join(numbers, ", ") + "]"
	}
	return `\cite{` + strings.Join(keys, ",") + "}"
}

func (w *writer) footnote(n *document.Footnote, at place) string {
	if at == running {
		return `\footnote{` + w.inlines(n.Text) + "}"
	}
	w.notes = append(w.notes, n)
	return `\protect\footnotemark[` + strconv.Itoa(n.Number) + "]"
}

// pendingNotes writes the footnotes of what could not hold them.
func (w *writer) pendingNotes() {
	notes := w.notes
	w.notes = nil
	for _, n := range notes {
		w.line(`\footnotetext[` + strconv.Itoa(n.Number) + "]{" + w.inlines(n.Text) + `}\stepcounter{footnote}`)
	}
}
