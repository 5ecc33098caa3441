package figure

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// distributionCurve is a testbed's quantiles by one in how many requests is slower: the
// mean over runs with its interval where there is one, or else those of a run.
type distributionCurve struct {
	testbed string
	line    series
	band    band
	cut     bool // what is slower is not known
}

// distribution shows what part of a ramp's requests was answered within what time.
func distribution(d *drawer) *Figure { return d.distribution(finding.Latency, "timed out from here") }

// openDistribution does so of an open loop's, some of which may be unanswered at its end.
func openDistribution(d *drawer) *Figure {
	return d.distribution(finding.OpenLoop, "unanswered from here")
}

// distribution is that of the analysis; beyond says what is where a curve is cut. The
// slower requests are the wider they are spread, as HdrHistogram's plots have it.
func (d *drawer) distribution(analysis, beyond string) *Figure {
	curves, all := d.distributionCurves(analysis, 1)
	if len(curves) == 0 {
		return nil
	}
	log := all.log(8)
	unit := quantity.ScaleOf(all.high/10, finding.Seconds)
	curves, all = d.distributionCurves(analysis, unit.Factor)
	most := newSpan()
	for _, k := range curves {
		most.add(k.line.x[len(k.line.x)-1])
	}

	const tip = 2 * markRadius // of an arrow, from its middle
	var cut []keyEntry
	if slices.ContainsFunc(curves, func(k distributionCurve) bool { return k.cut }) {
		cut = append(cut, keyEntry{glyph: draw.GlyphStyle{Color: gray, Radius: tip, Shape: upward{}}, color: gray, words: beyond})
		const room = 0.1 // of the axis, for the arrows
		if log {
			all.high *= math.Pow(all.high/all.low, room)
		} else {
			all.high *= 1 + room
		}
	}

	p := newPlot()
	all.apply(&p.Y, log)
	p.X.Min, p.X.Max = 1, most.high
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, percentTicks{}
	p.X.Padding, p.Y.Padding = 0, 2
	p.Add(gridLines(true, true), plotterFunc(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		for _, k := range curves {
			within(c, Of(k.testbed), func() { k.band.fill(c, d.styles[k.testbed].faintest(), x, y) })
		}
		for _, k := range curves {
			st := d.styles[k.testbed]
			within(c, Of(k.testbed), func() {
				k.line.line(c, st.line(dataLine), x, y)
				for i, at := range k.line.points(x, y) {
					if labelled(k.line.x[i]) {
						c.DrawGlyph(st.glyph(markRadius), at)
					}
				}
				if last := len(k.line.x) - 1; k.cut {
					end := vg.Point{X: x(k.line.x[last]), Y: y(k.line.y[last]) + tip}
					c.DrawGlyph(draw.GlyphStyle{Color: st.color, Radius: tip, Shape: upward{}}, end)
				}
			})
		}
	}))
	var labels []endLabel
	var keyed []string
	for _, k := range curves {
		keyed = append(keyed, k.testbed)
		labels = append(labels, endLabel{text: d.name(k.testbed), testbed: k.testbed, style: d.styles[k.testbed]})
	}
	// Names stand at the lines' ends where all of these are at the edge.
	if math.Log(most.low) > 0.9*math.Log(most.high) && len(curves) <= mostLabels {
		keyed = nil
	} else {
		labels = nil
	}
	key := d.key(ColumnWidth, keyed, cut...)
	height := 150 + key.height()
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) {
		key.draw(c)
		what := axisText("Request time", unit, log, lessIsBetter)
		data := c.Rectangle
		data.Min.Y += axisBelow
		data.Max.Y -= key.height() + usersAxisHeight
		data.Min.X += yWidth(what, data.Max.Y-data.Min.Y) + tickWidth(p.Y)
		data.Max.X -= max(labelWidth(labels), 12)
		within(c, &Panel{Data: data, Unit: "%", Curves: func() (asked []Curve) {
			for _, k := range curves {
				asked = append(asked, k.curve(p, unit, data, beyond))
			}
			return asked
		}}, func() { p.Draw(placed(p, c, data)) })
		labelX(c, data, "Share of the requests that were as quick or quicker")
		labelY(c, data, what)
		area := c
		area.Rectangle = data
		slowerAxis(area, p)
		_, y := p.Transforms(&area)
		for i := range labels {
			line := curves[i].line
			labels[i].y = y(line.y[len(line.y)-1])
		}
		endLabels(c, data.Max.X, data.Min.Y, data.Max.Y, labels)
	}}
}

// curve describes the quantiles, by the share of the requests that were as quick.
func (k distributionCurve) curve(p *plot.Plot, unit quantity.Scale, data vg.Rectangle, beyond string) Curve {
	out := k.line.curve(k.testbed, "Request time", unit.Symbol, p, data)
	for i := range out.X {
		oneIn := k.line.x[i]
		places := max(1, int(math.Ceil(math.Log10(oneIn)-1e-9)))
		out.X[i] = strings.TrimSuffix(strings.TrimRight(quantity.Digits(100*(1-1/oneIn), places), "0"), ".")
		if j := slices.Index(k.band.x, oneIn); j >= 0 {
			f := finding.Finding{Value: finding.Number(k.line.y[i]), Low: finding.Number(k.band.low[j]), High: finding.Number(k.band.high[j])}
			out.Y[i] = quantity.EstimateIn(f, quantity.Scale{Factor: 1, Symbol: unit.Symbol}).Bracketed()
		}
	}
	if last := len(out.Y) - 1; k.cut {
		out.Y[last] += "; " + beyond
	}
	return out
}

// distributionCurves returns the testbeds' curves in units of the factor, and the times
// that they reach.
func (d *drawer) distributionCurves(analysis string, factor float64) (curves []distributionCurve, all span) {
	all = newSpan()
	for _, t := range d.Set.Testbeds() {
		rows := d.Set.Rows(analysis, t, "quantile").Absolute()
		of := rows.Overall()
		if len(of) == 0 {
			of = rows.OfRun(d.Set.Representative(t))
		}
		k := distributionCurve{testbed: t}
		for _, f := range of {
			if !(f.X > 0 && f.X < 1 && f.Value > 0) {
				continue
			}
			k.cut = f.Note.Get("rest") != "" // said of the last
			oneIn := 1 / (1 - float64(f.X))
			k.line.add(oneIn, float64(f.Value)/factor)
			if f.Low > 0 && f.High.Present() {
				k.band.add(oneIn, float64(f.Low)/factor, float64(f.High)/factor)
			}
		}
		if len(k.line.x) < 2 {
			continue
		}
		all.add(k.line.y...)
		all.add(k.band.low...)
		all.add(k.band.high...)
		curves = append(curves, k)
	}
	return curves, all
}

// upward is an arrow, its foot and its tip a radius away.
type upward struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (upward) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, p vg.Point) {
	r := sty.Radius
	c.StrokeLine2(draw.LineStyle{Color: sty.Color, Width: dataLine}, p.X, p.Y-r, p.X, p.Y+r/2)
	c.FillPolygon(sty.Color, []vg.Point{{X: p.X, Y: p.Y + r}, {X: p.X - 0.55*r, Y: p.Y}, {X: p.X + 0.55*r, Y: p.Y}})
}

// percentTicks marks 0 %, 50 %, 90 %, 99 % and so on on an axis of one in how many is
// slower.
type percentTicks struct{}

// Ticks implements plot.Ticker.
func (percentTicks) Ticks(_, high float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 1}, {Value: 4.0 / 3}, {Value: 2, Label: "50\u00a0%"}, {Value: 4}}
	if high < 500 { // there is room
		ticks[0].Label = "0\u00a0%"
	}
	for v, places := 10.0, 0; v <= high*1.001; v, places = v*10, places+1 {
		ticks = append(ticks, plot.Tick{Value: v, Label: quantity.Digits(100*(1-1/v), max(0, places-1)) + "\u00a0%"}, plot.Tick{Value: 2 * v})
	}
	var within []plot.Tick
	for _, t := range ticks {
		if t.Value <= high*1.001 {
			within = append(within, t)
		}
	}
	return within
}

// labelled reports whether percentTicks has a label there.
func labelled(oneIn float64) bool {
	power := math.Log10(oneIn)
	return math.Abs(oneIn-2) < 1e-9 || power > 0.5 && math.Abs(power-math.Round(power)) < 1e-9
}

// slowerAxis writes along the top of the data one in how many requests is slower.
func slowerAxis(c draw.Canvas, p *plot.Plot) {
	label := letters(tickLetter, gray, text.XCenter, text.YBottom)
	y := c.Max.Y + 2
	words := letters(tickLetter, gray, text.XRight, text.YBottom)
	c.FillText(words, vg.Point{X: c.Min.X, Y: y}, "1 in")
	free := c.Min.X
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label == "" || t.Value < 2 {
			continue
		}
		x := c.X(p.X.Norm(t.Value))
		number := quantity.Digits(t.Value, 0)
		if half := label.Width(number) / 2; x-half >= free {
			c.FillText(label, vg.Point{X: x, Y: y}, number)
			free = x + half + 3
		}
	}
}
