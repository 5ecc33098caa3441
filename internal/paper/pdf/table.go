package pdf

import (
	"virtcmp/internal/paper/document"
)

const (
	columnGap  = 9.0 // between a table's columns, at least
	widerGap   = 22.0
	cellPad    = 1.3 // above and below a row
	narrowest  = 24.0
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

// grid measures a table, in smaller letters where it does not fit otherwise.
func (l *layouter) grid(b *document.Table, width float64) *grid {
	for _, scale := range []float64{1, 0.94, 0.88, 0.82} {
		g := &grid{table: b, size: smallSize * scale, lead: smallLead * scale, gap: columnGap}
		if l.fit(g, width, scale == 0.82) {
			l.fill(g, width)
			return g
		}
	}
	return nil // not reached: the last size always fits
}

// natural sets a cell on one line, as wide as it likes.
func (l *layouter) natural(c document.Cell, g *grid, bold bool) float64 {
	const endless = 1e5
	return l.breakText(c.Text, look{size: g.size, bold: bold}, g.lead, measure{width: endless, ragged: endless}, 0).width()
}

// fit finds the widths of the columns, and reports whether they suit the width.
func (l *layouter) fit(g *grid, width float64, last bool) bool {
	n := len(g.table.Columns)
	g.widths = make([]float64, n)
	if last {
		g.gap = min(columnGap, 0.25*width/float64(n))
	}
	each := func(rows []document.Row, bold bool, visit func(col, span int, w float64)) {
		for _, r := range rows {
			col := 0
			for _, c := range r.Cells {
				span := max(c.Span, 1)
				if col+span <= n {
					visit(col, span, l.natural(c, g, bold))
				}
				col += span
			}
		}
	}
	single := func(col, span int, w float64) {
		if span == 1 {
			g.widths[col] = max(g.widths[col], w)
		}
	}
	each(g.table.Head, true, single)
	each(g.table.Body, false, single)
	spanning := func(col, span int, w float64) { // widens the columns it lies over, evenly
		if span == 1 || g.table.Columns[col].Wrap {
			return
		}
		if lack := w - g.over(col, span); lack > 0 {
			for i := range span {
				g.widths[col+i] += lack / float64(span)
			}
		}
	}
	each(g.table.Head, true, spanning)
	each(g.table.Body, false, spanning)

	room := width - g.gap*float64(n-1)
	total, fixed := 0.0, 0.0
	var wrap []int
	for i, w := range g.widths {
		total += w
		if g.table.Columns[i].Wrap || last {
			wrap = append(wrap, i)
		} else {
			fixed += w
		}
	}
	if total <= room {
		extra := min((room-total)/float64(max(n-1, 1)), widerGap-g.gap)
		g.gap += extra
		return true
	}
	if len(wrap) == 0 || room-fixed < narrowest*2.2*float64(len(wrap)) && !last {
		return false
	}
	shrink(g.widths, wrap, room-fixed)
	return true
}

// shrink takes width from the columns that have most until they fit.
func shrink(widths []float64, columns []int, room float64) {
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
