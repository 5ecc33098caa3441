package pdf

import (
	"strings"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/pdfcanvas"
	"virtcmp/internal/paper/document"
)

// painter puts what was laid out onto the pages of a file.
type painter struct {
	pdf     *gofpdf.Fpdf
	fonts   *pdfcanvas.Fonts
	links   map[string]int // gofpdf's number of a target
	targets map[string]bool
	current style
}

// linkColor is the colour of what leads somewhere: dark enough for print.
var linkColor = [3]int{0, 51, 119}

func (p *painter) link(target string) int {
	id, ok := p.links[target]
	if !ok {
		id = p.pdf.AddLink()
		p.links[target] = id
	}
	return id
}

// target makes y on the current page what links to the name lead to.
func (p *painter) target(name string, y float64) {
	if name != "" {
		p.pdf.SetLink(p.link(name), max(y-6, 0), p.pdf.PageNo())
		p.targets[name] = true
	}
}

// closeLinks lets links to what is nowhere in the paper lead to its beginning: gofpdf
// would write a file that is not sound.
func (p *painter) closeLinks() {
	for name, id := range p.links {
		if !p.targets[name] {
			p.pdf.SetLink(id, 0, 1)
		}
	}
}

func (p *painter) bookmark(text string, level int, y float64) {
	p.font(p.current) // gofpdf encodes the bookmark as the font in use wants it
	p.pdf.Bookmark(pdfcanvas.Printable(text), level, y)
}

// font selects a style's font.
func (p *painter) font(s style) {
	if s.face == nil {
		return
	}
	p.pdf.SetFont(p.fonts.Add(s.face.name, s.face.truetype), "", s.size)
	p.current = s
}

// line paints a line whose left end and baseline lie at (x, y).
func (p *painter) line(ln textLine, x, y float64) {
	for i, r := range ln.runs {
		if r.text == "" {
			continue
		}
		if p.current != r.style || i == 0 {
			p.font(r.style)
		}
		if r.style.link != "" {
			p.pdf.SetTextColor(linkColor[0], linkColor[1], linkColor[2])
		} else {
			p.pdf.SetTextColor(0, 0, 0)
		}
		text := r.text
		if r.gap.width > 0 && i+1 < len(ln.runs) {
			text += " " // not seen, but found when the text is copied
		}
		p.kerned(text, r.style, x+r.x, y-r.style.rise)
	}
	p.lineLinks(ln, x, y)
}

// kerned paints text with its letters brought together as the font wants it.
func (p *painter) kerned(text string, s style, x, y float64) {
	start, last := 0, rune(-1)
	for i, r := range text {
		if last >= 0 {
			if k := s.face.kern(last, r); k != 0 {
				p.pdf.Text(x, y, text[start:i])
				x += s.width(text[start:i]) + k*s.size
				start = i
			}
		}
		last = r
	}
	p.pdf.Text(x, y, text[start:])
}

// lineLinks lays links over the runs that lead to the same place.
func (p *painter) lineLinks(ln textLine, x, y float64) {
	for i := 0; i < len(ln.runs); i++ {
		first := ln.runs[i]
		if first.style.link == "" {
			continue
		}
		for i+1 < len(ln.runs) && ln.runs[i+1].style.link == first.style.link {
			i++
		}
		left, right := x+first.x, x+ln.runs[i].x+ln.runs[i].width
		top, height := y-0.8*first.style.size, 1.05*first.style.size
		if target, ok := strings.CutPrefix(first.style.link, "#"); ok {
			p.pdf.Link(left, top, right-left, height, p.link(target))
		} else {
			p.pdf.LinkString(left, top, right-left, height, first.style.link)
		}
	}
}

// text paints lines from (x, y) down; a single line stands in the middle of the width.
func (p *painter) text(t text, x, y, width float64) {
	if len(t.lines) == 1 || t.centered {
		p.centered(t, x, y, width)
		return
	}
	for i, ln := range t.lines {
		p.line(ln, x, y+t.baseline()+float64(i)*t.lead)
	}
}

func (p *painter) centered(t text, x, y, width float64) {
	for i, ln := range t.lines {
		p.line(ln, x+(width-ln.width)/2, y+t.baseline()+float64(i)*t.lead)
	}
}

func (p *painter) rule(x, y, width, weight float64) {
	p.pdf.SetDrawColor(0, 0, 0)
	p.pdf.SetLineWidth(weight)
	p.pdf.Line(x, y, x+width, y)
}

// drawing paints a figure with its top left corner at (x, y).
func (p *painter) drawing(f *figure.Figure, x, y float64) {
	f.Draw(draw.New(pdfcanvas.New(p.pdf, p.fonts, x, y, f.Width, f.Height)))
	p.current = style{} // the figure selected its own fonts
}

// grid paints rows of a table, centred in the width.
func (p *painter) grid(g *grid, rows []gridRow, x, y, width float64) {
	total := g.over(0, len(g.widths))
	left := x + (width-total)/2
	p.rule(left, y, total, heavyRule)
	y += groupSpace
	for i, r := range rows {
		switch {
		case r.rule:
			y += groupSpace
			p.rule(left, y, total, lightRule)
			y += groupSpace
		}
		for _, c := range r.cells {
			cx := left
			for j := range c.first {
				cx += g.widths[j] + g.gap
			}
			for k, ln := range c.text.lines {
				lx := cx
				switch c.align {
				case document.Right:
					lx = cx + c.width - ln.width
				case document.Center:
					lx = cx + (c.width-ln.width)/2
				}
				p.line(ln, lx, y+cellPad+c.text.baseline()+float64(k)*g.lead)
			}
			if r.head && c.span > 1 && len(c.text.lines) > 0 && i+1 < len(rows) && rows[i+1].head {
				p.rule(cx, y+r.height, c.width, lightRule)
			}
		}
		y += r.height
		if r.head && i+1 < len(rows) && !rows[i+1].head {
			y += groupSpace
			p.rule(left, y, total, lightRule)
			y += groupSpace
		}
	}
	y += groupSpace
	p.rule(left, y, total, heavyRule)
	y += notesGap
	for i, ln := range g.notes.lines {
		p.line(ln, x, y+g.notes.baseline()+float64(i)*g.notes.lead)
	}
}
