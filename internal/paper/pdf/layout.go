package pdf

import (
	"fmt"
	"strconv"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/paper/document"
)

// Sizes in points: of letters, and from baseline to baseline.
const (
	textSize, textLead       = 9.5, 11.4
	smallSize, smallLead     = 8.3, 9.8 // captions, tables, references
	noteSize, noteLead       = 7.5, 8.9 // footnotes, remarks under tables
	codeLead                 = 9.6
	titleSize, titleLead     = 17.0, 20.5
	bylineSize, bylineLead   = 10.0, 12.6
	sectionSize, sectionLead = 11.4, 13.6
	partSize, partLead       = 9.9, 12.0
)

// Spaces in points.
const (
	columnWidth = float64(figure.ColumnWidth)
	textWidth   = float64(figure.TextWidth)
	parIndent   = 9.5
	listIndent  = 12.0
)

// introPenalty is that of parting a list from the words that lead to it.
const introPenalty = 40.0

// piece is a part of a column that is never broken: most often a line.
type piece struct {
	height  float64
	space   float64 // above it, but not at a column's top
	stretch float64 // how much more that may be
	penalty float64 // of breaking the column before it; never is never
	notes   []text  // footnotes
	draw    func(p *painter, x, y float64)
	text    string // for complaints and tests
}

// float is a figure or table that goes to where there is room.
type float struct {
	name   string // "Figure 3", for complaints
	order  int    // 0 figures, 1 tables: each keep their own order
	at     int    // piece it stands before in the source
	wide   bool
	height float64
	draw   func(p *painter, x, y float64)
}

// layouter turns blocks into pieces and floats.
type layouter struct {
	faces    *faces
	hyph     *Hyphenator
	pageText float64 // height of a page's text
	title    *float
	pieces   []piece
	floats   []*float
	problems []string

	indentNext     bool    // the next paragraph follows another
	keep           bool    // no column may end before the next piece
	space, stretch float64 // wanted before the next piece
}

func (l *layouter) problem(format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
}

func (l *layouter) document(d *document.Document) {
	l.titleBlock(d)
	for _, b := range d.Blocks {
		l.block(b)
	}
}

func (l *layouter) block(b document.Block) {
	switch b := b.(type) {
	case *document.Heading:
		l.heading(b)
	case *document.Paragraph:
		indent := 0.0
		if l.indentNext {
			indent = parIndent
		}
		l.lines(l.breakText(b.Text, look{size: textSize}, textLead, measure{width: columnWidth}, indent), 0, 0, 1.4)
		l.indentNext = true
	case *document.List:
		l.list(b)
	case *document.Quote:
		l.quote(b)
	case *document.Code:
		l.code(b)
	case *document.Figure:
		l.figure(b)
	case *document.Table:
		l.table(b)
	case *document.Bibliography:
		l.bibliography(b)
	}
}

// lines adds the lines of a paragraph as pieces, with no widow and no orphan.
func (l *layouter) lines(t text, x, space, stretch float64) {
	for i, ln := range t.lines {
		p := piece{height: t.lead, text: ln.plain()}
		switch {
		case i == 0:
			p.space, p.stretch = space, stretch
		case i == 1 || i == len(t.lines)-1:
			p.penalty = never
		}
		for _, n := range ln.notes {
			p.notes = append(p.notes, l.footnote(n))
		}
		p.draw = func(pt *painter, left, top float64) { pt.line(ln, left+x, top+t.baseline()) }
		l.add(p)
	}
}

func (l *layouter) footnote(n *document.Footnote) text {
	in := append([]document.Inline{&document.Footnote{Number: n.Number}, document.Text("\u00a0")}, n.Text...)
	return l.breakText(in, look{size: noteSize}, noteLead, measure{width: columnWidth}, 0)
}

// titleBlock sets the title and what stands under it across both columns.
func (l *layouter) titleBlock(d *document.Document) {
	if d.Title == nil {
		return
	}
	title := l.balanced(d.Title, look{size: titleSize, bold: true}, titleLead, textWidth*0.94)
	var lines []text
	for _, p := range d.Byline {
		lines = append(lines, l.balanced(p.Text, look{size: bylineSize}, bylineLead, textWidth*0.86))
	}
	const aboveByline, below = 7, 15
	height := title.height() + below
	for _, t := range lines {
		height += aboveByline + t.height()
	}
	name := document.PlainText(d.Title)
	l.title = &float{name: "title", wide: true, height: height, draw: func(p *painter, x, y float64) {
		p.bookmark(name, 0, y)
		p.centered(title, x, y, textWidth)
		y += title.height()
		for _, t := range lines {
			y += aboveByline
			p.centered(t, x, y, textWidth)
			y += t.height()
		}
	}}
}

// balanced breaks text into lines that are about equally long.
func (l *layouter) balanced(in []document.Inline, lk look, lead, width float64) text {
	ragged := func(w float64) text {
		return l.breakText(in, lk, lead, measure{width: w, ragged: w}, 0)
	}
	t := ragged(width)
	for w := width; w > width/3; w -= width / 60 {
		narrower := ragged(w)
		if len(narrower.lines) > len(t.lines) {
			break
		}
		t = narrower
	}
	return t
}

func (l *layouter) heading(h *document.Heading) {
	lk, lead, space, stretch, below := look{size: sectionSize, bold: true}, sectionLead, 11.0, 7.0, 2.5
	switch {
	case h.Level == 2:
		lk, lead, space, stretch, below = look{size: partSize, bold: true}, partLead, 7.5, 5, 1.5
	case h.Level > 2:
		lk, lead, space, stretch, below = look{size: textSize, bold: true, italic: true}, textLead, 5, 3, 0.5
	}
	if l.keep { // right below another heading
		space, stretch = 0.6*space, 0.3*stretch
	}
	number, indent := "", 0.0
	if h.Number != "" {
		number = h.Number
		indent = l.width(number, lk) + 0.75*lk.size
	}
	label := l.breakText([]document.Inline{document.Text(number)}, lk, lead, measure{width: columnWidth, ragged: columnWidth}, 0)
	t := l.breakText(h.Text, lk, lead, measure{width: columnWidth - indent, ragged: columnWidth}, 0)
	words := document.PlainText(h.Text)
	bookmark := strings.TrimSpace(number + " " + words)
	p := piece{height: t.height() + below, space: space, stretch: stretch, text: bookmark}
	p.draw = func(pt *painter, x, y float64) {
		pt.target("sec:"+h.ID, y)
		pt.bookmark(bookmark, min(h.Level-1, 1), y)
		if number != "" {
			pt.line(label.lines[0], x, y+t.baseline())
		}
		for i, ln := range t.lines {
			pt.line(ln, x+indent, y+t.baseline()+float64(i)*lead)
		}
	}
	l.add(p)
	l.keep = true
	l.indentNext = false
}

// add appends a piece with what was asked for about it beforehand.
func (l *layouter) add(p piece) {
	if l.keep {
		p.penalty = never
	}
	if l.space > p.space {
		p.space, p.stretch = l.space, max(l.stretch, p.stretch)
	}
	l.keep, l.space, l.stretch = false, 0, 0
	l.pieces = append(l.pieces, p)
}

// after asks for space before the piece that is added next.
func (l *layouter) after(space, stretch float64) { l.space, l.stretch = space, stretch }

func (l *layouter) width(text string, lk look) float64 {
	s := setter{faces: l.faces}
	return s.style(lk).width(text)
}

func (l *layouter) list(b *document.List) {
	for i, item := range b.Items {
		mark := "•"
		if b.Ordered {
			mark = strconv.Itoa(b.Start+i) + "."
		}
		start := len(l.pieces)
		l.after(1.5, 1.5)
		if i == 0 {
			l.after(3, 2)
		}
		l.indented(item, listIndent, columnWidth-listIndent, look{size: textSize}, textLead)
		if start == len(l.pieces) {
			continue
		}
		first := &l.pieces[start]
		if i == 0 && start > 0 {
			first.penalty = max(first.penalty, introPenalty)
		}
		label := l.breakText([]document.Inline{document.Text(mark)}, look{size: textSize}, textLead, measure{width: columnWidth}, 0)
		draw := first.draw
		first.draw = func(p *painter, x, y float64) {
			p.line(label.lines[0], x+listIndent-label.lines[0].width-3.5, y+label.baseline())
			draw(p, x, y)
		}
	}
	l.after(3, 2)
	l.indentNext = true
}

// indented sets blocks within a list or quotation.
func (l *layouter) indented(blocks []document.Block, x, width float64, lk look, lead float64) {
	for i, b := range blocks {
		if p, ok := b.(*document.Paragraph); ok {
			space := 0.0
			if i > 0 {
				space = 2
			}
			l.lines(l.breakText(p.Text, lk, lead, measure{width: width}, 0), x, space, 1)
			continue
		}
		start := len(l.pieces)
		l.block(b)
		for j := start; j < len(l.pieces); j++ {
			draw := l.pieces[j].draw
			if draw != nil {
				l.pieces[j].draw = func(p *painter, left, y float64) { draw(p, left+x, y) }
			}
		}
	}
}

func (l *layouter) quote(b *document.Quote) {
	l.after(3, 2)
	l.indented(b.Blocks, listIndent, columnWidth-2*listIndent, look{size: textSize, italic: true}, textLead)
	l.after(3, 2)
}

func (l *layouter) code(b *document.Code) {
	l.after(3, 2)
	for line := range strings.Lines(b.Text) {
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")
		words := strings.TrimLeft(line, " ")
		indent := l.width(strings.Repeat(" ", len(line)-len(words)), look{size: smallSize, mono: true})
		t := l.breakText([]document.Inline{document.CodeSpan(words)}, look{size: smallSize}, codeLead,
			measure{width: columnWidth - indent, ragged: columnWidth}, 0)
		l.lines(t, indent, 0, 0)
	}
	l.after(3, 2)
}

// figure sets a drawing with its caption below.
func (l *layouter) figure(b *document.Figure) {
	width := columnWidth
	if b.Drawing.Wide() {
		width = textWidth
	}
	name := b.Label()
	t := l.caption(name, b.Caption, width)
	drawing := b.Drawing.Height.Points()
	const gap = 4
	l.floats = append(l.floats, &float{name: name, order: 0, at: len(l.pieces), wide: b.Drawing.Wide(), height: drawing + gap + t.height(),
		draw: func(p *painter, x, y float64) {
			p.target("fig:"+b.ID, y)
			p.drawing(b.Drawing, x, y)
			p.text(t, x, y+drawing+gap, width)
		}})
}

// caption sets "Figure 3. Words": one line is centred, more are justified.
func (l *layouter) caption(name string, words []document.Inline, width float64) text {
	in := append([]document.Inline{&document.Emphasis{Strong: true, Text: []document.Inline{document.Text(name + ".")}}, document.Text(" ")}, words...)
	t := l.breakText(in, look{size: smallSize}, smallLead, measure{width: width}, 0)
	if width > columnWidth && len(t.lines) == 2 { // justified, the second would often be a word or two
		t = l.balanced(in, look{size: smallSize}, smallLead, width)
		t.centered = true
	}
	return t
}

func (l *layouter) bibliography(b *document.Bibliography) {
	widest := 0.0
	for _, r := range b.References {
		widest = max(widest, l.width(fmt.Sprintf("[%d]", r.Number), look{size: smallSize}))
	}
	indent := widest + 4
	for i, r := range b.References {
		label := fmt.Sprintf("[%d]", r.Number)
		mark := l.breakText([]document.Inline{document.Text(label)}, look{size: smallSize}, smallLead, measure{width: columnWidth}, 0)
		t := l.breakText(r.Text(), look{size: smallSize}, smallLead, measure{width: columnWidth - indent}, 0)
		start := len(l.pieces)
		space := 2.0
		if i == 0 {
			space = 0
		}
		l.lines(t, indent, space, 1)
		first := &l.pieces[start]
		draw := first.draw
		first.draw = func(p *painter, x, y float64) {
			p.target("ref:"+r.Key, y)
			p.line(mark.lines[0], x+widest-mark.lines[0].width, y+mark.baseline())
			draw(p, x, y)
		}
	}
}
