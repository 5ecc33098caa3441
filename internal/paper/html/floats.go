package html

import (
	"fmt"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/svgcanvas"
	"virtcmp/internal/paper/document"
)

// fonts of the figures. All have the same widths, but for the last.
const fonts = "Liberation Sans, Arial, Helvetica, sans-serif"

// figure writes a drawing with its caption and its data.
func (p *page) figure(f *document.Figure) {
	id := fmt.Sprintf("f%d", f.Number)
	drawing := svgcanvas.Draw(f.Drawing, svgcanvas.Options{ID: id, Testbed: func(name string) (int, bool) {
		i, ok := p.testbeds[name]
		return i, ok
	}})
	class := "narrow"
	if f.Drawing.Wide() {
		class = "wide"
	}
	data := p.data(drawing, f.Label())
	words := document.PlainText(f.Caption)
	if data != "" {
		words += " The values are in the table below it."
	}
	p.print("<figure id=\"%s\" class=\"%s\">\n<div class=\"plot\">\n", p.ids[f], class)
	p.print("<svg viewBox=\"%s\" role=\"img\" aria-labelledby=\"%s-title %s-desc\" font-family=\"%s\">\n", drawing.ViewBox(), id, id, fonts)
	p.print("<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n", id, escape(f.Label()), id, escape(words))
	p.print("%s</svg>\n</div>\n<figcaption><strong>%s.</strong> %s</figcaption>\n", drawing.Markup(), escape(f.Label()), p.inlines(f.Caption))
	if data != "" {
		p.print("<details>\n<summary>Data of %s</summary>\n%s</details>\n", escape(f.Label()), data)
	}
	p.print("</figure>\n")
}

// swatch is what a testbed looks like in figures.
func (p *page) swatch(i int) string {
	d := svgcanvas.Draw(figure.Swatch(i), svgcanvas.Options{})
	return "<svg viewBox=\"" + d.ViewBox() + "\" aria-hidden=\"true\">" + strings.TrimSpace(d.Markup()) + "</svg>"
}

// table writes a table: one with a number has a caption and can be led to.
func (p *page) table(t *document.Table) {
	id := p.ids[t]
	class := "narrow"
	if t.Wide {
		class = "wide"
	}
	if t.Number == 0 {
		p.print("<div class=\"scroll\" role=\"region\" aria-label=\"Table\" tabindex=\"0\">\n<table>\n")
	} else {
		caption := id + "-caption"
		p.print("<div class=\"table %s\">\n<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">\n<table id=\"%s\">\n", class, caption, id)
		p.print("<caption id=\"%s\"><span><strong>%s.</strong> %s</span></caption>\n", caption, escape(t.Label()), p.inlines(t.Caption))
	}
	p.print("<thead>\n")
	for i, r := range t.Head {
		p.headRow(t, r, i+1 == len(t.Head))
	}
	p.print("</thead>\n<tbody>\n")
	for i, r := range t.Body {
		if r.Rule && i > 0 {
			p.print("</tbody>\n<tbody>\n")
		}
		p.bodyRow(t, r)
	}
	p.print("</tbody>\n</table>\n</div>\n")
	if t.Number == 0 {
		return
	}
	if t.Notes != nil {
		p.print("<p class=\"remark\">%s</p>\n", p.inlines(t.Notes))
	}
	p.print("</div>\n")
}

// headRow writes a row of a table's head. Only the last is above its own columns.
func (p *page) headRow(t *document.Table, r document.Row, last bool) {
	p.print("<tr>")
	column := 0
	for _, c := range r.Cells {
		span := max(c.Span, 1)
		scope := "col"
		if span > 1 {
			scope = "colgroup"
		}
		a := align(t, column, last && span == 1) + spans(span)
		if len(c.Text) == 0 {
			p.print("<td%s></td>", a)
		} else {
			p.print("<th scope=\"%s\"%s>%s</th>", scope, a, p.inlines(c.Text))
		}
		column += span
	}
	p.print("</tr>\n")
}

// bodyRow writes a row, of which the first cell says what it is about. A cell that is
// alone heads the rows below it.
func (p *page) bodyRow(t *document.Table, r document.Row) {
	if len(r.Cells) == 1 && len(t.Columns) > 1 {
		p.print("<tr><th scope=\"rowgroup\" class=\"group\" colspan=\"%d\">%s</th></tr>\n", len(t.Columns), p.inlines(r.Cells[0].Text))
		return
	}
	p.print("<tr>")
	column := 0
	for _, c := range r.Cells {
		span := max(c.Span, 1)
		a := align(t, column, true) + spans(span)
		if column == 0 && len(c.Text) > 0 {
			p.print("<th scope=\"row\"%s>%s</th>", a, p.inlines(c.Text))
		} else {
			p.print("<td%s>%s</td>", a, p.inlines(c.Text))
		}
		column += span
	}
	p.print("</tr>\n")
}

func spans(span int) string {
	if span == 1 {
		return ""
	}
	return fmt.Sprintf(" colspan=\"%d\"", span)
}

// align is the class of a column's cells, or of one that lies over several.
func align(t *document.Table, column int, own bool) string {
	if !own {
		return " class=\"c\""
	}
	if column >= len(t.Columns) {
		return ""
	}
	var classes []string
	switch t.Columns[column].Align {
	case document.Right:
		classes = append(classes, "r")
	case document.Center:
		classes = append(classes, "c")
	}
	if !t.Columns[column].Wrap {
		classes = append(classes, "whole")
	}
	if classes == nil {
		return ""
	}
	return " class=\"" + strings.Join(classes, " ") + "\""
}
