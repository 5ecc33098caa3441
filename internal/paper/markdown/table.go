package markdown

import (
	"fmt"
	"strings"

	"virtcmp/internal/paper/document"
)

// reaches marks a cell that the one on its left reaches over, which pipe tables cannot
// show otherwise.
const reaches = "←"

// table writes a pipe table: its head on one line, its caption above and its notes below.
func (w *writer) table(b *document.Table) {
	if b.Number > 0 {
		if a := w.anchored("tab:" + b.ID); a != "" {
			w.block(a)
		}
		w.caption(b.Label(), b.Caption)
	}
	lines := []string{row(w.head(b)), rule(b.Columns)}
	spans := false
	for _, r := range b.Body {
		cells, spanned := w.cells(r, len(b.Columns))
		spans = spans || spanned
		lines = append(lines, row(cells))
	}
	w.block(strings.Join(lines, "\n"))
	if spans {
		w.block("*" + reaches + " The cell on the left reaches to here.*")
	}
	if b.Notes != nil {
		w.paragraph(b.Notes)
	}
}

// head joins the rows of the head, of which pipe tables have one.
func (w *writer) head(b *document.Table) []string {
	out := make([]string, len(b.Columns))
	for _, r := range b.Head {
		col := 0
		for _, c := range r.Cells {
			words := w.cell(c)
			for range max(c.Span, 1) {
				if col < len(out) && words != "" {
					out[col] = strings.TrimPrefix(out[col]+": "+words, ": ")
				}
				col++
			}
		}
	}
	return out
}

func (w *writer) cells(r document.Row, columns int) (cells []string, spanned bool) {
	for _, c := range r.Cells {
		words := w.cell(c)
		for i := range max(c.Span, 1) {
			switch {
			case len(cells) == columns:
			case i > 0 && words != "":
				cells, spanned = append(cells, reaches), true
			default:
				cells = append(cells, words)
			}
		}
	}
	for len(cells) < columns {
		cells = append(cells, "")
	}
	return cells, spanned
}

func (w *writer) cell(c document.Cell) string {
	return strings.TrimSpace(pipes(w.inline(c.Text, "<br>")))
}

// pipes escapes those that code spans may still hold.
func pipes(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\|`, "|"), "|", `\|`)
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }

func rule(columns []document.Column) string {
	var all []string
	for _, c := range columns {
		all = append(all, map[document.Align]string{document.Left: ":--", document.Right: "--:", document.Center: ":-:"}[c.Align])
	}
	return fmt.Sprintf("|%s|", strings.Join(all, "|"))
}
