package html

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/svgcanvas"
	"virtcmp/internal/quantity"
)

// data writes what a figure shows as tables: its marks, and its curves at some points.
// Of a figure with neither it returns "".
func (p *page) data(drawing *svgcanvas.Canvas, label string) string {
	var b strings.Builder
	for _, t := range markTables(drawing.Marks) {
		t.write(&b, label)
	}
	for _, panels := range alike(drawing.Panels) {
		p.curveTable(panels).write(&b, label)
	}
	return b.String()
}

// dataTable is a table of words. Its head may have two rows, of which the upper names
// what columns below it have in common.
type dataTable struct {
	title string
	over  []string // of each column, or nil
	head  []string
	rows  []dataRow
}

type dataRow struct {
	name  string
	cells []string // "": nothing
}

func (t *dataTable) write(b *strings.Builder, label string) {
	if len(t.rows) == 0 {
		return
	}
	fmt.Fprintf(b, "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n<table class=\"values\">\n", escape("Data of "+label))
	if t.title != "" {
		b.WriteString("<caption><span>" + escape(t.title) + "</span></caption>\n")
	}
	b.WriteString("<thead>\n")
	if t.over != nil {
		b.WriteString("<tr><td></td>")
		for i := 0; i < len(t.over); {
			n := i
			for n < len(t.over) && t.over[n] == t.over[i] {
				n++
			}
			fmt.Fprintf(b, "<th scope=\"colgroup\" colspan=\"%d\">%s</th>", n-i, escape(t.over[i]))
			i = n
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("<tr><td></td>")
	for _, h := range t.head {
		b.WriteString("<th scope=\"col\">" + escape(h) + "</th>")
	}
	b.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, r := range t.rows {
		b.WriteString("<tr><th scope=\"row\">" + escape(r.name) + "</th>")
		for _, c := range r.cells {
			if c == "" {
				c = "–"
			}
			b.WriteString("<td>" + escape(c) + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n</div>\n")
}

// markTables are the marks by their places in tables.
func markTables(marks []figure.Mark) []*dataTable {
	var all []*dataTable
	for _, m := range marks {
		i := slices.IndexFunc(all, func(t *dataTable) bool { return t.title == m.Table })
		if i < 0 {
			i, all = len(all), append(all, &dataTable{title: m.Table})
		}
		all[i].put(m)
	}
	for _, t := range all {
		for i := range t.rows {
			t.rows[i].grow(len(t.head))
		}
	}
	return all
}

// put writes a mark's value into its cell.
func (t *dataTable) put(m figure.Mark) {
	column := slices.Index(t.head, m.Column)
	if column < 0 {
		column, t.head = len(t.head), append(t.head, m.Column)
	}
	row := slices.IndexFunc(t.rows, func(r dataRow) bool { return r.name == m.Row })
	if row < 0 {
		row, t.rows = len(t.rows), append(t.rows, dataRow{name: m.Row})
	}
	r := &t.rows[row]
	r.grow(column + 1)
	if r.cells[column] != "" { // two testbeds that are called the same
		r.cells[column] += "; "
	}
	r.cells[column] += m.Value
}

func (r *dataRow) grow(n int) {
	for len(r.cells) < n {
		r.cells = append(r.cells, "")
	}
}

// alike parts panels into those of one x.
func alike(panels []*figure.Panel) [][]*figure.Panel {
	var all [][]*figure.Panel
	for _, p := range panels {
		if p.Curves == nil {
			continue
		}
		i := slices.IndexFunc(all, func(others []*figure.Panel) bool {
			o := others[0]
			return p.Zoom == o.Zoom && p.Low == o.Low && p.High == o.High && p.Unit == o.Unit
		})
		if i < 0 {
			all = append(all, nil)
			i = len(all) - 1
		}
		all[i] = append(all[i], p)
	}
	return all
}

// someRows is about how many rows the table of a curve has.
const someRows = 20

// curveTable shows the curves of panels at some x.
func (p *page) curveTable(panels []*figure.Panel) *dataTable {
	t := &dataTable{}
	type column struct {
		figure.Curve
		panel *figure.Panel
	}
	var columns []column
	for _, panel := range panels {
		for _, c := range panel.Curves() {
			columns = append(columns, column{c, panel})
		}
	}
	slices.SortStableFunc(columns, func(a, b column) int { return p.place(a.Testbed) - p.place(b.Testbed) })
	for _, c := range columns {
		t.over, t.head = append(t.over, p.name(c.Testbed)), append(t.head, c.Name)
	}
	if names := slices.Compact(slices.Clone(t.head)); len(names) == 1 {
		t.title, t.head, t.over = names[0], t.over, nil
	}
	first := panels[0]
	if !first.Zoom {
		for _, x := range labels(panels) {
			row := dataRow{name: withUnit(x, first.Unit)}
			for _, c := range columns {
				cell := ""
				if i := slices.Index(c.X, x); i >= 0 {
					cell = c.Y[i]
				}
				row.cells = append(row.cells, cell)
			}
			t.rows = append(t.rows, row)
		}
		return t
	}
	for i := range someRows + 1 {
		share := float64(i) / someRows
		row := dataRow{name: withUnit(quantity.Exact(first.Low+(first.High-first.Low)*share, ""), first.Unit)}
		any := false
		for _, c := range columns {
			width := c.panel.Data.Max.X - c.panel.Data.Min.X
			cell := nearest(c.Curve, c.panel.Data.Min.X+width*vg.Length(share), max(width/someRows/2, c.Reach()))
			any = any || cell != ""
			row.cells = append(row.cells, cell)
		}
		if any {
			t.rows = append(t.rows, row)
		}
	}
	return t
}

// place orders testbeds as figures do; what is of none comes last.
func (p *page) place(testbed string) int {
	if i, ok := p.testbeds[testbed]; ok {
		return i
	}
	return len(p.testbeds)
}

func (p *page) name(testbed string) string {
	if i, ok := p.testbeds[testbed]; ok {
		return p.options.Testbeds[i].Name
	}
	return testbed
}

func withUnit(x, unit string) string {
	if unit == "" {
		return x
	}
	return x + "\u00a0" + unit
}

// nearest returns the curve's value next to x, if it is within reach.
func nearest(c figure.Curve, x, reach vg.Length) string {
	value, apart := "", vg.Length(math.Inf(1))
	for i, at := range c.At {
		if d := max(at-x, x-at); d <= reach+1e-9 && d < apart {
			value, apart = c.Y[i], d
		}
	}
	return value
}

// labels are what the x of the curves are called, in their order, no more than a table
// is read with.
func labels(panels []*figure.Panel) []string {
	type x struct {
		at    vg.Length
		label string
	}
	var all []x
	for _, p := range panels {
		for _, c := range p.Curves() {
			for i, at := range c.At {
				all = append(all, x{(at - p.Data.Min.X) / (p.Data.Max.X - p.Data.Min.X), c.X[i]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b x) int { return cmp.Compare(a.at, b.at) })
	var names []string
	for _, one := range all {
		if !slices.Contains(names, one.label) {
			names = append(names, one.label)
		}
	}
	const most = 3 * someRows
	step := (len(names) + most - 1) / most
	var some []string
	for i := 0; i < len(names); i += step {
		some = append(some, names[i])
	}
	return some
}
