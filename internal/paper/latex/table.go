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
	size    string    // of letters
}

const (
	columnEms = 29.0 // what fits a column of the page, in ems of the tables' letters
	textEms   = 60.0 // and across both
	gapEms    = 0.75 // between columns
	mostWider = 1.3  // times its natural width that a column gets where there is room
)

func newGrid(b *document.Table) grid {
	g := grid{columns: b.Columns, size: `\footnotesize`}
	widths, least, broken := naturalWidths(b)
	n := len(widths)
	room := columnEms
	if b.Wide {
		room = textEms
	}
	total, needed := 0.0, 0.0
	for i := range widths {
		total += widths[i]
		needed += least[i]
	}
	gaps := gapEms * float64(max(n-1, 0))
	if needed > room-gaps {
		g.size = `\scriptsize`
		room *= 8.0 / 7
	}
	room -= gaps
	if total <= room && !broken {
		return g
	}
	if total > room {
		shrink(widths, least, room)
		total = room
	}
	wider := min(mostWider, room/total)
	for _, w := range widths {
		g.shares = append(g.shares, w*wider/room)
	}
	return g
}

// naturalWidths are the widths that the columns would like to have, in ems, those that
// their longest words need, and whether any cell has several lines.
func naturalWidths(b *document.Table) (widths, least []float64, broken bool) {
	widths, least = make([]float64, len(b.Columns)), make([]float64, len(b.Columns))
	for i, rows := range [][]document.Row{b.Head, b.Body} {
		for _, r := range rows {
			col := 0
			for _, c := range r.Cells {
				span := max(c.Span, 1)
				if span > 1 || col >= len(widths) || across(r, b.Columns) {
					col += span
					continue
				}
				w, word, lines := ems(c.Text)
				broken = broken || lines > 1
				if i == 0 { // bold
					w, word = w*1.08, word*1.08
				}
				widths[col], least[col] = max(widths[col], w+0.4), max(least[col], word+0.4)
				col++
			}
		}
	}
	return widths, least, broken
}

// across reports whether the row is a title for those below it: a single cell, for which
// there is room in all columns.
func across(r document.Row, columns []document.Column) bool {
	return len(r.Cells) == 1 && r.Cells[0].Span <= 1 && len(columns) > 1
}

// shrink brings the columns' widths to the room that they have together: narrow ones
// keep theirs, and the others part the rest, half alike and half by what they want, but
// for what their longest words need.
func shrink(widths, least []float64, room float64) {
	var wide []int
	for i := range widths {
		wide = append(wide, i)
	}
	settle := func(fits func(i int) (width float64, ok bool)) bool {
		before := len(wide)
		wide = slices.DeleteFunc(wide, func(i int) bool {
			w, ok := fits(i)
			if ok {
				widths[i] = w
				room -= w
			}
			return ok
		})
		return len(wide) < before && len(wide) > 0
	}
	for {
		share := room / float64(len(wide))
		if !settle(func(i int) (float64, bool) { return widths[i], widths[i] <= share }) {
			break
		}
	}
	for {
		sum, needed := 0.0, 0.0
		for _, i := range wide {
			sum += widths[i]
			needed += least[i]
		}
		part := func(i int) float64 { return 0.5*room/float64(len(wide)) + 0.5*room*widths[i]/sum }
		parts := map[int]float64{}
		for _, i := range wide {
			parts[i] = part(i)
		}
		if needed <= room && settle(func(i int) (float64, bool) { return least[i], parts[i] < least[i] }) {
			continue
		}
		for i, w := range parts {
			widths[i] = w
		}
		return
	}
}

// ems is about how wide text is in a font like Times, and its longest word, and on how
// many lines it stands.
func ems(all []document.Inline) (widest, word float64, lines int) {
	lines = 1
	line, letters := 0.0, 0.0
	for _, n := range all {
		var s string
		scale := 1.0
		switch n := n.(type) {
		case document.Break:
			lines++
			line, letters = 0, 0
			continue
		case *document.Cite:
			s = strings.Repeat("[00]", len(n.References))
		case document.CodeSpan:
			s, scale = string(n), 1.25
		case *document.Emphasis:
			s = document.PlainText(n.Text)
			if n.Strong {
				scale = 1.08
			}
		default:
			s = document.PlainText([]document.Inline{n})
		}
		for _, r := range s {
			w := scale * em(r)
			line += w
			letters += w
			if r == ' ' || r == '-' || scale == 1.25 && strings.ContainsRune(someMarks, r) {
				letters = 0
			}
			widest, word = max(widest, line), max(word, letters)
		}
	}
	return widest, min(word, longestKept), lines
}

// longestKept is how wide a word may be that a column is made wider for: longer ones can
// be broken.
const longestKept = 8.0

func em(r rune) float64 {
	switch {
	case strings.ContainsRune("iljtf.,:;|!'’‘[]() \u00a0", r):
		return 0.29
	case r == 'm' || r == 'w' || r == '–':
		return 0.72
	case unicode.IsUpper(r):
		return 0.66
	}
	return 0.48
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

// lineEnd is what ends a line within a cell. \newline would move lines that are not set from
// the left.
func (g grid) lineEnd(col int) string {
	switch {
	case g.shares == nil:
		return " "
	case g.columns[col].Align == document.Left:
		return `\newline `
	}
	return `\linebreak `
}

func (w *writer) table(b *document.Table) {
	g := newGrid(b)
	f, ok := floating(b)
	if !ok {
		w.within("center", g.size, func() { w.tabular(b, g) })
		w.pendingNotes()
		return
	}
	w.within(f.kind, f.place, func() {
		w.caption(b.Caption, f.target)
		w.line(`\centering` + g.size)
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
	for _, r := range rows {
		if r.Rule {
			w.line(`\midrule`)
		}
		if !head && across(r, g.columns) {
			w.line(fmt.Sprintf(`\multicolumn{%d}{@{}l@{}}{%s} \\`, len(g.columns), w.set(r.Cells[0].Text, inFloat, " ")))
			continue
		}
		var cells []string
		var under []string // rules under heads that span columns
		col := 0
		for _, c := range r.Cells {
			span := max(c.Span, 1)
			if col+span > len(g.columns) {
				break
			}
			text := w.set(c.Text, inFloat, g.lineEnd(col))
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
