package figure

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// insertTime is Figure 8 of 2014: a batch of INSERTs from the application guest while
// stressors beside it take the CPU.
func insertTime(d *drawer) *Figure {
	type level struct {
		at int // place on the axis
		sample
	}
	var levels []float64
	for _, t := range d.Set.Testbeds() {
		levels = append(levels, d.Set.Rows(finding.Isolation, t, "stressed").Absolute().Overall().Xs()...)
	}
	levels = append(levels, 0)
	slices.Sort(levels)
	levels = slices.Compact(levels)

	curves := map[string][]level{}
	all := newSpan()
	unit := finding.Seconds
	for _, t := range d.Set.Testbeds() {
		for i, x := range levels {
			name, at := "stressed", x
			if x == 0 {
				name, at = "unstressed", math.NaN()
			}
			if s, ok := d.sample(finding.Isolation, t, name, at); ok {
				curves[t] = append(curves[t], level{i, s})
				s.addTo(&all)
				unit = s.unit
			}
		}
	}
	if all.empty() {
		return nil
	}
	log := all.log(8)
	scale := quantity.ScaleOf(math.Sqrt(max(all.low, 1e-9)*all.high), unit)
	all.low, all.high = all.low/scale.Factor, all.high/scale.Factor

	p := newPlot()
	all.apply(&p.Y, log)
	var ticks []plot.Tick
	for i, x := range levels {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: quantity.Digits(x, 0)})
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	p.X.Min, p.X.Max = -0.45, float64(len(levels))-1+0.45
	p.X.Padding, p.Y.Padding = 0, 2
	testbeds := d.Set.Testbeds()
	offset := func(t string) float64 { // keeps testbeds side by side
		return (float64(slices.Index(testbeds, t)) - float64(len(testbeds)-1)/2) * 0.7 / float64(len(testbeds))
	}
	const aside = 4 // from a mean to its runs
	p.Add(gridLines(false, true), plotterFunc(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		for _, t := range testbeds {
			st := d.styles[t]
			within(c, Of(t), func() {
				var trend series
				for _, l := range curves[t] {
					s := l.scaled(scale)
					at := float64(l.at) + offset(t)
					trend.x, trend.y = append(trend.x, at), append(trend.y, s.mean)
					solid := draw.LineStyle{Color: st.color, Width: dataLine}
					for _, v := range s.runs {
						c.DrawGlyph(draw.GlyphStyle{Color: st.faint(), Radius: runRadius, Shape: draw.CircleGlyph{}}, vg.Point{X: x(at) + aside, Y: y(v)})
					}
					if !math.IsNaN(s.low) && !math.IsNaN(s.high) {
						c.StrokeLine2(solid, x(at), y(s.low), x(at), y(s.high))
						for _, v := range []float64{s.low, s.high} {
							c.StrokeLine2(solid, x(at)-2, y(v), x(at)+2, y(v))
						}
					}
					c.DrawGlyph(st.glyph(markRadius), vg.Point{X: x(at), Y: y(s.mean)})
					s.marks(func(v float64, mean bool) vg.Rectangle {
						if mean {
							return around(vg.Point{X: x(at), Y: y(v)}, markRadius)
						}
						return around(vg.Point{X: x(at) + aside, Y: y(v)}, runRadius)
					}, scale.Symbol, Mark{Testbed: t, Row: d.name(t) + ", " + stressors(levels[l.at])}, annotate(c))
				}
				trend.line(c, st.line(0.6), x, y)
			})
		}
	}))
	var keyed []string
	for _, t := range testbeds {
		if len(curves[t]) > 0 {
			keyed = append(keyed, t)
		}
	}
	named := keyed // at the ends of their lines
	if len(named) > mostLabels {
		named = nil
	} else {
		keyed = nil
	}
	key := d.key(ColumnWidth, keyed)
	height := 140 + key.height()
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) {
		key.draw(c)
		var labels []endLabel
		var ends []float64
		for _, t := range named {
			k := curves[t]
			labels = append(labels, endLabel{text: d.name(t), testbed: t, style: d.styles[t]})
			ends = append(ends, k[len(k)-1].mean/scale.Factor)
		}
		what := axisText("Time of a batch of INSERTs", scale, log, lessIsBetter)
		data := c.Rectangle
		data.Min.Y, data.Max.Y = data.Min.Y+axisBelow, data.Max.Y-2-key.height()
		data.Min.X += yWidth(what, data.Max.Y-data.Min.Y) + tickWidth(p.Y)
		if len(labels) > 0 {
			data.Max.X -= labelWidth(labels)
		}
		p.Draw(placed(p, c, data))
		labelX(c, data, "CPU stressors beside the client")
		labelY(c, data, what)
		area := c
		area.Rectangle = data
		_, y := p.Transforms(&area)
		for i, v := range ends {
			labels[i].y = y(v)
		}
		endLabels(c, data.Max.X, data.Min.Y, data.Max.Y, labels)
	}}
}

func stressors(n float64) string {
	switch n {
	case 0:
		return "alone"
	case 1:
		return "1 stressor"
	}
	return quantity.Digits(n, 0) + " stressors"
}
