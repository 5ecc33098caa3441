package pdf

import (
	"math"
	"slices"

	"virtcmp/internal/paper/document"
)

const (
	columnGap  = 9.0 // between a table's columns, at least
	widerGap   = 22.0
	cellPad    = 1.3 // above and below a row
	heavyRule  = 0.8
	lightRule  = 0.4
	groupSpace = 1.2 // below a rule
)

// grid is a table with its measures.
type grid struct {
	table  *document.Table
	widths []float64
	gap    float64
	size   float64
	lead   float64
	rows   []gridRow
	notes  text
}

type gridRow struct {
	cells  []gridCell
	height float64
	rule   bool // above
	head   bool
}

type gridCell struct {
	text  text
	first int // column
	span  int
	width float64
	align document.Align
}

// table sets a table: one with a number floats, one without stands in the text.
func (l *layouter) table(b *document.Table) {
	width := columnWidth
	if b.Wide {
		width = textWidth
	}
	g := l.grid(b, width)
	if b.Number == 0 {
		l.after(5, 3)
		l.add(piece{height: g.height(g.rows), draw: func(p *painter, x, y float64) { p.grid(g, g.rows, x, y, width) }})
		l.after(5, 3)
		l.indentNext = true
		return
	}
	name := b.Label()
	caption := l.caption(name, b.Caption, width)
	const gap = 3
	for part, rows := range g.parts(l.pageText - caption.height() - 2*smallLead) {
		caption, target := caption, "tab:"+b.ID
		if part > 0 {
			caption = l.caption(name, []document.Inline{document.Text("(continued)")}, width)
			target = ""
		}
		l.floats = append(l.floats, &float{name: name, order: 1, at: len(l.pieces), wide: b.Wide, height: caption.height() + gap + g.height(rows),
			draw: func(p *painter, x, y float64) {
				p.target(target, y)
				p.text(caption, x, y, width)
				p.grid(g, rows, x, y+caption.height()+gap, width)
			}})
	}
}

// grid measures a table. One that does not fit on single lines is set in the size of
// letters that makes it lowest, small ones counting as a fault.
func (l *layouter) grid(b *document.Table, width float64) *grid {
	var best *grid
	lowest, complaints, before := math.Inf(1), []string(nil), len(l.problems)
	for i, scale := range tableScales {
		g := &grid{table: b, size: smallSize * scale, lead: smallLead * scale, gap: min(columnGap, 0.12*width/float64(max(len(b.Columns), 1)))}
		ok, whole := l.fit(g, width, best == nil && i == len(tableScales)-1)
		if !ok {
			continue
		}
		l.fill(g, width)
		height := (g.height(g.rows) - g.notes.height()) / math.Pow(scale, smallFault)
		if g.height(g.rows) > 0.9*l.pageText { // leaves no room for its caption and some text, or none for itself
			height *= 2
		}
		if height < lowest {
			best, lowest, complaints = g, height, slices.Clone(l.problems[before:])
		}
		l.problems = l.problems[:before]
		if whole {
			break
		}
	}
	l.problems = append(l.problems, complaints...)
	return best // the last size fits if none did
}

var tableScales = []float64{1, 0.94, 0.88, 0.82}

// smallFault is the power of the letters' size that a table's height is weighed by: text in
// lines takes room by the square.
const smallFault = 2.5

// natural sets a cell on one line, as wide as it likes.
func (l *layouter) natural(c document.Cell, g *grid, bold bool) float64 {
	const endless = 1e5
	return l.breakText(c.Text, look{size: g.size, bold: bold}, g.lead, measure{width: endless, ragged: endless}, 0).width()
}

// least is the width of the widest part of a cell that is not broken but for need.
func (l *layouter) least(c document.Cell, g *grid, bold bool) float64 {
	s := &setter{faces: l.faces, hyph: l.hyph}
	s.inlines(c.Text, look{size: g.size, bold: bold})
	widest, now := 0.0, 0.0
	for i, it := range s.items {
		switch {
		case it.kind == glue && i > 0 && s.items[i-1].kind == box, it.kind == penalty && it.penalty < never && (!it.flagged || it.width == 0):
			widest, now = max(widest, now), 0
		case it.kind != penalty:
			now += it.width
		}
	}
	return max(widest, now)
}

// fit finds the widths of the columns. It reports whether they suit the width, as last
// makes them do, and whether every cell of a single column is on its own line.
func (l *layouter) fit(g *grid, width float64, last bool) (ok, whole bool) {
	n := len(g.table.Columns)
	g.widths = make([]float64, n)
	if last {
		g.gap = min(columnGap, 0.25*width/float64(n))
	}
	least := make([]float64, n)
	each := func(rows []document.Row, bold bool, visit func(col, span int, c document.Cell, bold bool)) {
		for _, r := range rows {
			col := 0
			for _, c := range r.Cells {
				span := max(c.Span, 1)
				if col+span <= n {
					visit(col, span, c, bold)
				}
				col += span
			}
		}
	}
	single := func(col, span int, c document.Cell, bold bool) {
		if span == 1 {
			g.widths[col] = max(g.widths[col], l.natural(c, g, bold))
			least[col] = max(least[col], l.least(c, g, bold))
		}
	}
	each(g.table.Head, true, single)
	each(g.table.Body, false, single)
	spanning := func(col, span int, c document.Cell, bold bool) { // widens the columns it lies over, evenly
		if span == 1 || g.table.Columns[col].Wrap {
			return
		}
		if lack := l.natural(c, g, bold) - g.over(col, span); lack > 0 {
			for i := range span {
				g.widths[col+i] += lack / float64(span)
			}
		}
	}
	each(g.table.Head, true, spanning)
	each(g.table.Body, false, spanning)

	room := width - g.gap*float64(n-1)
	spare := room
	for _, w := range g.widths {
		spare -= w
	}
	over := func(col, span int, c document.Cell, bold bool) { // takes what nothing else needs
		if span == 1 || !g.table.Columns[col].Wrap || spare <= 0 {
			return
		}
		if lack := min(l.natural(c, g, bold)-g.over(col, span), spare); lack > 0 {
			for i := range span {
				g.widths[col+i] += lack / float64(span)
			}
			spare -= lack
		}
	}
	each(g.table.Head, true, over)
	each(g.table.Body, false, over)
	total, needed := 0.0, 0.0
	for i, w := range g.widths {
		if !g.table.Columns[i].Wrap && !last {
			least[i] = w
		}
		least[i] = min(least[i], w)
		total += w
		needed += least[i]
	}
	switch {
	case total <= room+1e-6:
		total = min(total, room)
		g.gap += min((room-total)/float64(max(n-1, 1)), widerGap-g.gap)
		return true, true
	case needed < room: // what is left is shared by what they lack
		share := (room - needed) / (total - needed)
		for i := range g.widths {
			g.widths[i] = least[i] + share*(g.widths[i]-least[i])
		}
		return true, false
	case last:
		shrink(g.widths, room)
		return true, false
	}
	return false, false
}

// shrink takes width from the columns that have most until they fit.
func shrink(widths []float64, room float64) {
	var columns []int
	for i := range widths {
		columns = append(columns, i)
	}
	for {
		share := room / float64(len(columns))
		var wider []int
		for _, c := range columns {
			if widths[c] <= share {
				room -= widths[c]
			} else {
				wider = append(wider, c)
			}
		}
		if len(wider) == len(columns) {
			// The longer a column's text the more lines it takes: part by the root of it.
			break
		}
		columns = wider
	}
	sum := 0.0
	for _, c := range columns {
		sum += widths[c]
	}
	share := room / float64(len(columns))
	for _, c := range columns {
		widths[c] = 0.6*share + 0.4*room*widths[c]/sum
	}
}

// over is the width of a cell that lies over several columns.
func (g *grid) over(col, span int) float64 {
	w := g.gap * float64(span-1)
	for i := range span {
		w += g.widths[col+i]
	}
	return w
}

// fill breaks the cells' text into lines.
func (l *layouter) fill(g *grid, width float64) {
	add := func(rows []document.Row, head bool) {
		for _, r := range rows {
			row := gridRow{rule: r.Rule, head: head}
			col := 0
			for _, c := range r.Cells {
				span := max(c.Span, 1)
				if col+span > len(g.widths) {
					break
				}
				cell := gridCell{first: col, span: span, width: g.over(col, span), align: g.table.Columns[col].Align}
				if head && span > 1 {
					cell.align = document.Center
				}
				cell.text = l.breakText(c.Text, look{size: g.size, bold: head}, g.lead, measure{width: cell.width + 0.02, ragged: cell.width}, 0)
				row.cells = append(row.cells, cell)
				row.height = max(row.height, cell.text.height()+2*cellPad)
				col += span
			}
			g.rows = append(g.rows, row)
		}
	}
	add(g.table.Head, true)
	add(g.table.Body, false)
	if g.table.Notes != nil {
		g.notes = l.breakText(g.table.Notes, look{size: noteSize}, noteLead, measure{width: width}, 0)
	}
}

const notesGap = 3.0

// height returns the height that the rows take with their rules and the notes.
func (g *grid) height(rows []gridRow) float64 {
	h := 2 * groupSpace
	for i, r := range rows {
		h += r.height
		if r.rule || r.head && i+1 < len(rows) && !rows[i+1].head {
			h += 2 * groupSpace
		}
	}
	if len(g.notes.lines) > 0 {
		h += notesGap + g.notes.height()
	}
	return h
}

// parts cuts the table into stretches of rows that fit a page, each under the head.
func (g *grid) parts(most float64) [][]gridRow {
	var head []gridRow
	for _, r := range g.rows {
		if r.head {
			head = append(head, r)
		}
	}
	var all [][]gridRow
	part := head
	for _, r := range g.rows[len(head):] {
		if len(part) > len(head) && g.height(append(part[:len(part):len(part)], r)) > most {
			all = append(all, part)
			part = head[:len(head):len(head)]
		}
		part = append(part[:len(part):len(part)], r)
	}
	return append(all, part)
}
