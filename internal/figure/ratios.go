package figure

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// ratioRow is one comparison.
type ratioRow struct {
	testbed string
	finding finding.Finding
}

// ratioGroup is the comparisons by one quantity.
type ratioGroup struct {
	quantity Quantity
	rows     []ratioRow
}

// forest is groups below each other.
type forest []ratioGroup

const (
	ratioLine  vg.Length = 9.2
	groupGap   vg.Length = 2.6
	headHeight vg.Length = 12

	// tallestForest is how high one may be; a higher one stands in two halves side by side.
	tallestForest vg.Length = 420
)

// ratios is the summary: every comparison with the baseline as a ratio with its
// interval (a forest plot).
func ratios(d *drawer) *Figure {
	var groups forest
	all := newSpan()
	all.add(0.8, 1.25)
	for _, q := range Quantities {
		g := ratioGroup{quantity: q}
		for _, t := range d.Set.Others() {
			f, ok := q.Ratio(d.Set, t)
			if !ok || f.Value <= 0 {
				continue
			}
			g.rows = append(g.rows, ratioRow{t, f})
			all.add(float64(f.Value))
			if f.Low > 0 {
				all.add(float64(f.Low), float64(f.High))
			}
		}
		if len(g.rows) > 0 {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		return nil
	}
	width, parts := ColumnWidth, []forest{groups}
	if groups.height() > tallestForest {
		width, parts = TextWidth, groups.halves()
	}
	height := vg.Length(0)
	for _, f := range parts {
		height = max(height, f.height())
	}
	key := d.key(width, d.Set.Others())
	return &Figure{Width: width, Height: height + key.height(), Draw: func(c draw.Canvas) {
		key.draw(c)
		c.Max.Y -= key.height()
		for i, f := range parts {
			part := c
			part.Min.X += vg.Length(i) * (width - ColumnWidth)
			part.Max.X = part.Min.X + ColumnWidth
			d.drawForest(part, f, all)
		}
	}}
}

// heads reports whether the i-th group stands below words on which way is better.
func (f forest) heads(i int) bool { return i == 0 || f[i].quantity.More != f[i-1].quantity.More }

func (f forest) height() vg.Length {
	height := stripAxis + 3
	for i, g := range f {
		if f.heads(i) {
			height += headHeight
		}
		height += ratioLine*vg.Length(len(g.rows)) + groupGap
	}
	return height
}

// halves parts the groups so that the higher part is as low as can be.
func (f forest) halves() []forest {
	best := 1
	for i := range f {
		if i > 0 && max(f[:i].height(), f[i:].height()) < max(f[:best].height(), f[best:].height()) {
			best = i
		}
	}
	return []forest{f[:best], f[best:]}
}

// drawForest draws groups from the canvas's top down.
func (d *drawer) drawForest(c draw.Canvas, groups forest, all span) {
	words := letters(letter, ink, text.XLeft, text.YCenter)
	numbers := letters(tickLetter, ink, text.XRight, text.YCenter)
	titles, figures := vg.Length(0), vg.Length(0)
	value := func(f finding.Finding) string { return quantity.NewEstimate(f).Bracketed() }
	for _, g := range groups {
		titles = max(titles, words.Width(g.quantity.Title))
		for _, r := range g.rows {
			figures = max(figures, numbers.Width(value(r.finding)))
		}
	}
	p := newPlot()
	all.apply(&p.X, true)
	if all.high/all.low > 100 {
		p.X.Tick.Marker = decadeTicks{}
	}
	p.X.Padding, p.Y.Padding = 0, 0
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = plot.ConstantTicks(nil)
	p.Y.Width = 0

	data := vg.Rectangle{
		Min: vg.Point{X: c.Min.X + titles + 7, Y: c.Max.Y - groups.height() + stripAxis - 3},
		Max: vg.Point{X: c.Max.X - figures - 6, Y: c.Max.Y},
	}
	c.Min.Y = data.Min.Y - (stripAxis - 3)
	p.Add(gridLines(true, false))
	p.Draw(placed(p, c, data))
	labelX(c, data, fmt.Sprintf("Ratio to %s (log scale)", d.name(d.Set.Baseline())))
	x := func(v float64) vg.Length { return data.Min.X + (data.Max.X-data.Min.X)*vg.Length(p.X.Norm(v)) }
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.7}, x(1), data.Min.Y, x(1), data.Max.Y)

	y := c.Max.Y
	for i, g := range groups {
		if groups.heads(i) {
			hint := lessIsBetter
			if g.quantity.More {
				hint = moreIsBetter
			}
			c.FillText(letters(tickLetter, gray, text.XLeft, text.YCenter), vg.Point{X: c.Min.X, Y: y - headHeight/2 - 1}, hint)
			y -= headHeight
		}
		middle := y - ratioLine*vg.Length(len(g.rows))/2
		c.FillText(words, vg.Point{X: c.Min.X, Y: middle}, g.quantity.Title)
		for _, r := range g.rows {
			y -= ratioLine
			at := y + ratioLine/2
			st := d.styles[r.testbed]
			f := r.finding
			within(c, Of(r.testbed), func() {
				if f.Low > 0 && f.High.Present() {
					line := draw.LineStyle{Color: st.color, Width: dataLine}
					c.StrokeLine2(line, x(float64(f.Low)), at, x(float64(f.High)), at)
				}
				c.DrawGlyph(st.glyph(markRadius), vg.Point{X: x(float64(f.Value)), Y: at})
				c.FillText(numbers, vg.Point{X: c.Max.X, Y: at}, value(f))
				annotate(c).Mark(Mark{Area: around(vg.Point{X: x(float64(f.Value)), Y: at}, markRadius), Testbed: r.testbed,
					Row: g.quantity.Title, Column: d.name(r.testbed), Value: value(f)})
			})
		}
		y -= groupGap
	}
}

// decadeTicks labels powers of ten only.
type decadeTicks struct{}

// Ticks implements plot.Ticker.
func (decadeTicks) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for _, t := range (logTicks{}).Ticks(low, high) {
		if power := math.Log10(t.Value); math.Abs(power-math.Round(power)) > 1e-9 {
			t.Label = ""
		}
		ticks = append(ticks, t)
	}
	return ticks
}
