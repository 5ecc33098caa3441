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

const (
	ratioLine  vg.Length = 9.2
	groupGap   vg.Length = 2.6
	headHeight vg.Length = 12
)

// ratios is the summary: every comparison with the baseline as a ratio with its
// interval (a forest plot).
func ratios(d *drawer) *Figure {
	var groups [2][]ratioGroup // more is better, less is better
	all := newSpan()
	all.add(1)
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
			i := 1
			if q.More {
				i = 0
			}
			groups[i] = append(groups[i], g)
		}
	}
	height := stripAxis + 3
	for _, half := range groups {
		if len(half) > 0 {
			height += headHeight
		}
		for _, g := range half {
			height += ratioLine*vg.Length(len(g.rows)) + groupGap
		}
	}
	if len(groups[0])+len(groups[1]) == 0 {
		return nil
	}
	height += d.keyHeight(d.Set.Others())
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) { d.drawRatios(c, groups, all) }}
}

func (d *drawer) drawRatios(c draw.Canvas, groups [2][]ratioGroup, all span) {
	words := letters(letter, ink, text.XLeft, text.YCenter)
	numbers := letters(tickLetter, ink, text.XRight, text.YCenter)
	titles, figures := vg.Length(0), vg.Length(0)
	value := func(f finding.Finding) string { return quantity.NewEstimate(f).Bracketed() }
	for _, half := range groups {
		for _, g := range half {
			titles = max(titles, words.Width(g.quantity.Title))
			for _, r := range g.rows {
				figures = max(figures, numbers.Width(value(r.finding)))
			}
		}
	}
	p := newPlot()
	all.low, all.high = min(all.low, 0.8), max(all.high, 1.25)
	all.apply(&p.X, true)
	if all.high/all.low > 100 {
		p.X.Tick.Marker = decadeTicks{}
	}
	p.X.Padding, p.Y.Padding = 0, 0
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = plot.ConstantTicks(nil)
	p.Y.Width = 0

	top := c.Max.Y - d.keyHeight(d.Set.Others())
	data := vg.Rectangle{
		Min: vg.Point{X: c.Min.X + titles + 7, Y: c.Min.Y + stripAxis - 3},
		Max: vg.Point{X: c.Max.X - figures - 6, Y: top},
	}
	canvas := placed(p, c, data)
	p.Add(gridLines(true, false))
	p.Draw(canvas)
	labelX(c, data, fmt.Sprintf("Ratio to %s (log scale)", d.name(d.Set.Baseline())))
	x := func(v float64) vg.Length { return data.Min.X + (data.Max.X-data.Min.X)*vg.Length(p.X.Norm(v)) }
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.7}, x(1), data.Min.Y, x(1), data.Max.Y)
	d.key(c, d.Set.Others())

	y := top
	for i, half := range groups {
		if len(half) == 0 {
			continue
		}
		hint := []string{moreIsBetter, lessIsBetter}[i]
		c.FillText(letters(tickLetter, gray, text.XLeft, text.YCenter), vg.Point{X: c.Min.X, Y: y - headHeight/2 - 1}, hint)
		y -= headHeight
		for _, g := range half {
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
