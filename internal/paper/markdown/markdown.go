// Package markdown writes a document as GitHub-flavoured Markdown, for a README or a
// wiki, with the figures as files beside it.
package markdown

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"virtcmp/internal/paper/document"
)

// Options are what a document does not say itself.
type Options struct {
	Figures string // folder of the figures, ID.svg each
	Made    string // what made the file, on a line that readers do not see
}

// Write writes the document. The same document gives the same bytes.
func Write(out io.Writer, d *document.Document, o Options) error {
	w := &writer{options: o, targets: map[string]bool{}}
	for n := range d.Inlines() {
		if ref, ok := n.(*document.Ref); ok {
			w.targets[ref.Target] = true
		}
	}
	if o.Made != "" {
		w.block("<!-- " + strings.NewReplacer("--", "- -", ">", "").Replace(document.Clean(o.Made)) + " -->")
	}
	if d.Title != nil {
		w.block("# " + w.inline(d.Title, " "))
	}
	for _, p := range d.Byline {
		w.paragraph(p.Text)
	}
	w.blocks(d.Blocks)
	for _, n := range w.notes {
		w.block(fmt.Sprintf("[^%d]: %s", n.Number, w.inline(n.Text, " ")))
	}
	_, err := io.WriteString(out, w.out.String())
	return err
}

type writer struct {
	options Options
	out     strings.Builder
	indent  string
	first   string          // in place of the indent, before the next line
	targets map[string]bool // that references lead to
	notes   []*document.Footnote
}

// block writes lines as a block, after an empty line.
func (w *writer) block(lines string) {
	if w.first != "" {
		w.out.WriteString(w.first)
		w.first = ""
	} else {
		if w.out.Len() > 0 {
			w.out.WriteString(strings.TrimRight(w.indent, " ") + "\n")
		}
		w.out.WriteString(w.indent)
	}
	w.out.WriteString(strings.ReplaceAll(lines, "\n", "\n"+w.indent) + "\n")
}

// anchored is where references lead to, if any does.
func (w *writer) anchored(target string) string {
	if !w.targets[target] {
		return ""
	}
	return `<a id="` + anchor(target) + `"></a>`
}

func (w *writer) paragraph(all []document.Inline) {
	var lines []string
	for line := range strings.SplitSeq(w.inline(all, "<br>\n"), "\n") {
		lines = append(lines, fill(atStart(line)))
	}
	w.block(strings.Join(lines, "\n"))
}

func (w *writer) blocks(all []document.Block) {
	for _, b := range all {
		switch b := b.(type) {
		case *document.Heading:
			w.heading(b)
		case *document.Paragraph:
			w.paragraph(b.Text)
		case *document.List:
			w.list(b)
		case *document.Quote:
			w.indented("> ", "> ", b.Blocks, false)
		case *document.Code:
			fence := strings.Repeat("`", max(3, longestRun(b.Text, '`')+1))
			w.block(fence + "\n" + strings.TrimRight(codeLines(b.Text), "\n") + "\n" + fence)
		case *document.Figure:
			w.figure(b)
		case *document.Table:
			w.table(b)
		case *document.Bibliography:
			w.bibliography(b)
		}
	}
}

// codeLines are a passage's lines without what a terminal would obey.
func codeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = document.Clean(strings.ReplaceAll(line, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

func (w *writer) heading(h *document.Heading) {
	words := w.inline(h.Text, " ")
	if h.Number != "" {
		words = h.Number + " " + words
	}
	w.block(strings.Repeat("#", min(h.Level+1, 6)) + " " + w.anchored("sec:"+h.ID) + words)
}

// indented writes blocks, the first line after one prefix and the others after another; close
// to what stands before if so asked.
func (w *writer) indented(first, others string, blocks []document.Block, close bool) {
	was := w.indent
	if w.first == "" {
		if w.out.Len() > 0 && !close {
			w.out.WriteString(strings.TrimRight(was, " ") + "\n")
		}
		w.first = was
	}
	w.first += first
	w.indent = was + others
	w.blocks(blocks)
	w.indent, w.first = was, ""
}

func (w *writer) list(b *document.List) {
	tight := !slices.ContainsFunc(b.Items, func(item []document.Block) bool { return len(item) != 1 })
	for i, item := range b.Items {
		mark := "- "
		if b.Ordered {
			mark = strconv.Itoa(b.Start+i) + ". "
		}
		w.indented(mark, strings.Repeat(" ", len(mark)), item, i > 0 && tight)
	}
}

func (w *writer) figure(b *document.Figure) {
	alt := text(document.PlainText(b.Caption))
	w.block(fmt.Sprintf("%s![%s](%s/%s.svg)", w.anchored("fig:"+b.ID), alt, address(w.options.Figures), address(b.ID)))
	w.caption(b.Label(), b.Caption)
}

// caption writes "Figure 3. Words" in italics; what is in italics within is upright.
func (w *writer) caption(label string, words []document.Inline) {
	all := append([]document.Inline{document.Text(label + ". ")}, upright(words)...)
	w.block(fill(emphasised("*", "em", w.inline(all, " "), 0, 0)))
}

func upright(all []document.Inline) []document.Inline {
	var out []document.Inline
	for _, n := range all {
		if e, ok := n.(*document.Emphasis); ok && !e.Strong {
			out = append(out, upright(e.Text)...)
			continue
		}
		out = append(out, n)
	}
	return out
}

func (w *writer) bibliography(b *document.Bibliography) {
	for _, r := range b.References {
		w.block(fmt.Sprintf(`%d. <a id="%s"></a>%s`, r.Number, anchor("ref:"+r.Key), w.inline(r.Text(), " ")))
	}
}

// inline returns running text as Markdown.
func (w *writer) inline(all []document.Inline, lineEnd string) string {
	var b strings.Builder
	for i, n := range all {
		inner := func(text []document.Inline) string { return w.inline(text, lineEnd) }
		switch n := n.(type) {
		case document.Text:
			b.WriteString(text(string(n)))
		case document.CodeSpan:
			b.WriteString(code(string(n)))
		case *document.Emphasis:
			before, _ := utf8.DecodeLastRuneInString(b.String())
			var after rune
			if i+1 < len(all) {
				after, _ = utf8.DecodeRuneInString(document.PlainText(all[i+1 : i+2]))
			}
			if n.Strong {
				b.WriteString(emphasised("**", "strong", inner(n.Text), before, after))
			} else {
				b.WriteString(emphasised("*", "em", inner(n.Text), before, after))
			}
		case *document.Link:
			if words := inner(n.Text); n.Leads() {
				b.WriteString("[" + words + "](" + address(n.URL) + ")")
			} else {
				b.WriteString(words)
			}
		case *document.Ref:
			b.WriteString("[" + inner(n.Text) + "](#" + anchor(n.Target) + ")")
		case *document.Cite:
			var numbers []string
			for _, r := range n.References {
				numbers = append(numbers, fmt.Sprintf("[%d](#%s)", r.Number, anchor("ref:"+r.Key)))
			}
			b.WriteString(`\[` + strings.Join(numbers, ", ") + `\]`)
		case *document.Footnote:
			w.notes = append(w.notes, n)
			b.WriteString("[^" + strconv.Itoa(n.Number) + "]")
		case document.Break:
			b.WriteString(lineEnd)
		}
	}
	return b.String()
}

// emphasised puts words between marks where these would be read as such, given the
// characters before and after, and else between tags.
func emphasised(mark, tag, words string, before, after rune) string {
	if words == "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	free := func(r rune) bool { return r == 0 || r == utf8.RuneError || unicode.IsSpace(r) }
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	if (word(first) || free(before) && !free(first)) && (word(last) || free(after) && !free(last)) && before != '*' {
		return mark + words + mark
	}
	return "<" + tag + ">" + words + "</" + tag + ">"
}
