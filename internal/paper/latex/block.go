package latex

import (
	"fmt"
	"strings"

	"virtcmp/internal/paper/document"
)

// line writes a line as it stands.
func (w *writer) line(s string) { w.body.WriteString(s + "\n") }

// paragraph writes text on lines of readable length.
func (w *writer) paragraph(text string) { w.line(fill(text, w.indent)) }

// within writes an environment.
func (w *writer) within(name, options string, inside func()) {
	w.line(w.indent + `\begin{` + name + "}" + options)
	inside()
	w.line(w.indent + `\end{` + name + "}")
}

// document writes the title and all blocks.
func (w *writer) document(d *document.Document) {
	if d.Title != nil {
		w.title(d)
	}
	blocks := early(d.Blocks)
	for i := 0; i < len(blocks); i++ {
		h, ok := blocks[i].(*document.Heading)
		if !ok {
			w.block(blocks[i])
			continue
		}
		if i+1 < len(blocks) && h.Number == "" {
			if b, ok := blocks[i+1].(*document.Bibliography); ok && w.cites {
				w.bibliography(b, h)
				i++
				continue
			}
		}
		if h.Number == "" && h.Level == 1 && h.ID == "abstract" {
			n := 1
			for i+n < len(blocks) && !isHeading(blocks[i+n]) {
				n++
			}
			w.body.WriteByte('\n')
			w.within("abstract", "", func() { w.blocks(blocks[i+1 : i+n]) })
			i += n - 1
			continue
		}
		w.heading(h)
	}
}

func isHeading(b document.Block) bool { _, ok := b.(*document.Heading); return ok }

// widestByline is how many ems the lines under the title have room for.
const widestByline = 38.0

// title writes the title block; what stands under the title are lines of \author.
func (w *writer) title(d *document.Document) {
	w.paragraph(`\title{` + w.set(d.Title, inFloat, `\\`+"\n") + "}")
	var lines []string
	begin, end := `\author{`, "}"
	for _, p := range d.Byline {
		if wide, _, _ := ems(p.Text); wide > widestByline {
			begin, end = `\author{\parbox{0.9\textwidth}{\centering `, "}}"
		}
		lines = append(lines, w.set(p.Text, inFloat, `\\`+"\n"))
	}
	for i := 1; i < len(lines); i++ {
		lines[i] = guarded(lines[i])
	}
	w.paragraph(begin + strings.Join(lines, `\\`+"\n") + end)
	w.line(`\date{}`)
	w.line(`\maketitle`)
	w.pendingNotes()
}

// blocks writes blocks with an empty line between.
func (w *writer) blocks(all []document.Block) {
	for i, b := range all {
		if i > 0 {
			w.body.WriteByte('\n')
		}
		w.inner(b)
	}
}

// block writes a block after an empty line.
func (w *writer) block(b document.Block) {
	w.body.WriteByte('\n')
	w.inner(b)
}

func (w *writer) inner(b document.Block) {
	switch b := b.(type) {
	case *document.Heading:
		w.heading(b)
	case *document.Paragraph:
		w.paragraph(guarded(w.inlines(b.Text)))
	case *document.List:
		w.list(b)
	case *document.Quote:
		w.quote(b)
	case *document.Code:
		w.code(b)
	case *document.Figure:
		w.figure(b)
	case *document.Table:
		w.table(b)
	case *document.Bibliography:
		if w.cites {
			w.bibliography(b, nil)
		}
	}
}

var sections = []string{`\section`, `\subsection`, `\subsubsection`}

func (w *writer) heading(h *document.Heading) {
	command := sections[min(max(h.Level, 1), len(sections))-1]
	if h.Number == "" {
		command += "*"
	}
	w.line("")
	w.paragraph(command + "{" + w.set(h.Text, inFloat, " ") + "}")
	if h.ID != "" {
		if h.Number == "" {
			w.body.WriteString(`\phantomsection`)
		}
		w.line(fmt.Sprintf(`\label{sec:%s}`, label(h.ID)))
	}
	w.pendingNotes()
}

// LaTeX gives up on more.
const (
	deepestList = 4
	deepest     = 5 // of lists and quotations
)

func (w *writer) list(b *document.List) {
	name := "itemize"
	if b.Ordered {
		name = "enumerate"
	}
	if w.depth >= deepest || w.lists[name] >= deepestList {
		for i, item := range b.Items {
			if i > 0 {
				w.line("")
			}
			w.blocks(item)
		}
		return
	}
	w.depth++
	w.lists[name]++
	w.within(name, "", func() {
		if b.Ordered && b.Start != 1 {
			w.line(fmt.Sprintf(`%s\setcounter{enum%s}{%d}`, w.indent, []string{"i", "ii", "iii", "iv"}[w.lists[name]-1], b.Start-1))
		}
		for _, item := range b.Items {
			w.item(item)
		}
	})
	w.lists[name]--
	w.depth--
}

// item writes one, with the first paragraph behind its mark.
func (w *writer) item(blocks []document.Block) {
	mark := w.indent + `\item `
	w.indent += "  "
	if len(blocks) > 0 {
		if p, ok := blocks[0].(*document.Paragraph); ok {
			w.line(mark + strings.TrimLeft(fill(guarded(w.inlines(p.Text)), w.indent), " "))
			if blocks = blocks[1:]; len(blocks) > 0 {
				w.line("")
			}
		} else {
			w.line(mark + "{}")
		}
	}
	w.blocks(blocks)
	w.indent = w.indent[2:]
}

func (w *writer) quote(b *document.Quote) {
	if w.depth >= deepest {
		w.blocks(b.Blocks)
		return
	}
	w.depth++
	w.within("quote", `\itshape`, func() { w.blocks(b.Blocks) })
	w.depth--
}

// code writes a passage line by line, so that long lines are broken and nothing in it
// can end it.
func (w *writer) code(b *document.Code) {
	w.within("code", "", func() {
		lines := strings.Split(b.Text, "\n")
		for i, line := range lines {
			line = strings.ReplaceAll(line, "\t", "    ")
			words := strings.TrimLeft(line, " ")
			s := strings.Repeat("~", len(line)-len(words)) + strings.ReplaceAll(w.chars.code(words), "  ", "~ ")
			if i+1 < len(lines) {
				s += `\\`
			}
			if strings.TrimRight(s, `\`) == "" {
				s = "~" + s
			}
			w.line(w.indent + guarded(s))
		}
	})
}

func (w *writer) figure(b *document.Figure) {
	f, _ := floating(b)
	w.within(f.kind, f.place, func() {
		w.line(`\centering`)
		w.line(fmt.Sprintf(`\includegraphics[width=\linewidth]{%s/%s.pdf}`, w.options.Figures, b.ID))
		w.caption(b.Caption, f.target)
	})
	w.pendingNotes()
}

func (w *writer) caption(text []document.Inline, target string) {
	w.paragraph(`\caption{` + w.set(text, inFloat, " ") + "}")
	w.line(fmt.Sprintf(`\label{%s}`, label(target)))
}

// bibliography has the references set by BibTeX, under the heading if it has one.
func (w *writer) bibliography(b *document.Bibliography, h *document.Heading) {
	w.line("")
	if h == nil {
		w.line(`\renewcommand{\bibsection}{}`)
	} else {
		w.paragraph(`\renewcommand{\refname}{` + w.set(h.Text, inFloat, " ") + "}")
	}
	w.line(`\bibliographystyle{unsrtnat}`)
	w.line(fmt.Sprintf(`\bibliography{%s}`, w.options.Bibliography))
}
