package latex

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"virtcmp/internal/paper/document"
)

// grid is how a table's columns are set: in their natural widths, or each in a share of
// the table's width, in which its text is broken.
type grid struct {
	columns []document.Column
	shares  []float64 // nil: natural
}

const (
	columnEms = 29.0 // what fits a column of the page, in ems of the tables' letters
	textEms   = 60.0 // and across both
	gapEms    = 0.75 // between columns
	mostWider = 1.3  // times its natural width that a column gets where there is room
)

func newGrid(b *document.Table) grid {
	g := grid{columns: b.Columns}
	widths, broken := naturalWidths(b)
	n := len(widths)
	room := columnEms
	if b.Wide {
		room = textEms
	}
	room -= gapEms * float64(max(n-1, 0))
	total := 0.0
	for _, w := range widths {
		total += w
	}
	if total <= room && !broken {
		return g
	}
	if total > room {
		shrink(widths, room)
		total = room
	}
	wider := min(mostWider, room/total)
	for _, w := range widths {
		g.shares = append(g.shares, w*wider/room)
	}
	return g
}

// naturalWidths are the widths that the columns would like to have, in ems, and whether
// any cell has several lines.
func naturalWidths(b *document.Table) (widths []float64, broken bool) {
	widths = make([]float64, len(b.Columns))
	for i, rows := range [][]document.Row{b.Head, b.Body} {
		for _, r := range rows {
			col := 0
			for _, c := range r.Cells {
				span := max(c.Span, 1)
				w, lines := ems(c.Text)
				broken = broken || lines > 1
				if i == 0 {
					w *= 1.08 // bold
				}
				if span == 1 && col < len(widths) {
					widths[col] = max(widths[col], w+0.4)
				}
				col += span
			}
		}
	}
	return widths, broken
}

// shrink brings the columns' widths to the room that they have together: narrow ones
// keep theirs, and the others part the rest, half alike and half by what they want.
func shrink(widths []float64, room float64) {
	var wider []int
	for i := range widths {
		wider = append(wider, i)
	}
	for {
		share := room / float64(len(wider))
		before := len(wider)
		wider = slices.DeleteFunc(wider, func(i int) bool {
			keeps := widths[i] <= share
			if keeps {
				room -= widths[i]
			}
			return keeps
		})
		if len(wider) == before {
			break
		}
	}
	sum := 0.0
	for _, i := range wider {
		sum += widths[i]
	}
	for _, i := range wider {
		widths[i] = 0.5*room/float64(len(wider)) + 0.5*room*widths[i]/sum
	}
}

// ems is about how wide text is in a font like Times, and on how many lines it stands.
func ems(all []document.Inline) (widest float64, lines int) {
	lines, width := 1, 0.0
	for _, n := range all {
		var s string
		switch n := n.(type) {
		case document.Break:
			lines++
			widest, width = max(widest, width), 0
			continue
		case *document.Cite:
			s = strings.Repeat("[00]", len(n.References))
		case document.CodeSpan:
			width += 0.14 * float64(len(n)) // wider than text
			s = string(n)
		default:
			s = document.PlainText([]document.Inline{n})
		}
		for _, r := range s {
			switch {
			case strings.ContainsRune("iljtf.,:;|!'’‘[]() \u00a0", r):
				width += 0.29
			case r == 'm' || r == 'w' || r == '–':
				width += 0.72
			case unicode.IsUpper(r):
				width += 0.66
			default:
				width += 0.48
			}
		}
	}
	return max(widest, width), lines
}

var (
	naturalAlign = map[document.Align]string{document.Left: "l", document.Right: "r", document.Center: "c"}
	shareAlign   = map[document.Align]string{document.Left: "L", document.Right: "R", document.Center: "C"}
	acrossAlign  = map[document.Align]string{document.Left: "S", document.Right: "E", document.Center: "M"}
)

// spec is the argument of the tabular.
func (g grid) spec() string {
	var b strings.Builder
	for i, c := range g.columns {
		if g.shares == nil {
			b.WriteString(naturalAlign[c.Align])
		} else {
			fmt.Fprintf(&b, "%s{%s}", shareAlign[c.Align], share(g.shares[i]))
		}
	}
	return "@{}" + b.String() + "@{}"
}

func share(v float64) string { return strings.TrimPrefix(fmt.Sprintf("%.3f", v), "0") }

// cell writes one that begins at a column.
func (g grid) cell(text string, col, span int, head bool) string {
	if span == 1 {
		return guarded(text)
	}
	align := g.columns[col].Align
	if head {
		align = document.Center
	}
	spec := naturalAlign[align]
	if g.shares != nil {
		sum := 0.0
		for _, s := range g.shares[col : col+span] {
			sum += s
		}
		spec = fmt.Sprintf("%s{%s}{%d}", acrossAlign[align], share(sum), 2*(span-1))
	}
	if col == 0 {
		spec = "@{}" + spec
	}
	if col+span == len(g.columns) {
		spec += "@{}"
	}
	return fmt.Sprintf(`\multicolumn{%d}{%s}{%s}`, span, spec, text)
}

func (w *writer) table(b *document.Table) {
	g := newGrid(b)
	if b.Number == 0 {
		w.within("center", `\footnotesize`, func() { w.tabular(b, g) })
		w.pendingNotes()
		return
	}
	name, place := "table", "[tb]"
	if b.Wide {
		name, place = "table*", "[t]"
	}
	w.within(name, place, func() {
		w.caption(b.Caption, "tab:"+b.ID)
		w.line(`\centering\footnotesize`)
		w.tabular(b, g)
		if b.Notes != nil {
			w.line(`\par\smallskip`)
			w.within("minipage", `{\linewidth}\scriptsize`, func() { w.paragraph(guarded(w.set(b.Notes, inFloat, " "))) })
		}
	})
	w.pendingNotes()
}

func (w *writer) tabular(b *document.Table, g grid) {
	if g.shares != nil {
		w.line(fmt.Sprintf(`\setlength{\shared}{\dimexpr\linewidth-\tabcolsep*%d}`, 2*(len(g.columns)-1)))
	}
	w.within("fit", "", func() {
		w.within("tabular", "{"+g.spec()+"}", func() {
			w.line(`\toprule`)
			w.rows(b.Head, g, true)
			w.rows(b.Body, g, false)
			w.line(`\bottomrule`)
		})
	})
}

func (w *writer) rows(rows []document.Row, g grid, head bool) {
	lineEnd := " "
	if g.shares != nil {
		lineEnd = `\newline `
	}
	for _, r := range rows {
		if r.Rule {
			w.line(`\midrule`)
		}
		var cells []string
		var under []string // rules under heads that span columns
		col := 0
		for _, c := range r.Cells {
			span := max(c.Span, 1)
			if col+span > len(g.columns) {
				break
			}
			text := w.set(c.Text, inFloat, lineEnd)
			if head && text != "" {
				text = `\textbf{` + text + "}"
			}
			if head && span > 1 {
				under = append(under, fmt.Sprintf(`\cmidrule(lr){%d-%d}`, col+1, col+span))
			}
			cells = append(cells, g.cell(text, col, span, head))
			col += span
		}
		w.line(fill(strings.Join(cells, " & ")+` \\`, ""))
		if len(under) > 0 {
			w.line(strings.Join(under, " "))
		}
	}
	if head && len(rows) > 0 {
		w.line(`\midrule`)
	}
}
