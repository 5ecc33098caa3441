package figure

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// EarlyShare is the part of the ramp that requestTime shows: 600 s of 800 s in 2014.
const EarlyShare = 0.75

// trendName is what readers are told of the trend.
const trendName = "Average of 30 requests"

// marksALine is in how many places a line has its testbed's mark.
const marksALine = 5

// mostLabels is how many lines are named at their ends; more have a key.
const mostLabels = 4

// requestTime is Figure 5 of 2014: the time of each request in the first three
// quarters of a run, with the average of 30 successive ones as trend.
func requestTime(d *drawer) *Figure {
	until := EarlyShare * d.Set.Duration()
	type curve struct {
		testbed         string
		requests, trend series
	}
	read := func(factor float64) (curves []curve, all span) {
		all = newSpan()
		for _, t := range d.Set.Testbeds() {
			run := d.Set.Representative(t)
			k := curve{t,
				d.series(finding.Latency, t, "request", run, factor, until).positive(),
				d.series(finding.Latency, t, "moving_average_30", run, factor, until).positive()}
			if k.requests.empty() && k.trend.empty() {
				continue
			}
			all.add(k.requests.y...)
			all.add(k.trend.y...)
			curves = append(curves, k)
		}
		return curves, all
	}
	_, all := read(1)
	if until <= 0 || all.empty() {
		return nil
	}
	log := all.log(8)
	unit := quantity.ScaleOf(all.high/10, finding.Seconds)
	curves, all := read(unit.Factor)

	p := newPlot()
	all.apply(&p.Y, log)
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, until, linearTicks(6)
	p.X.Padding, p.Y.Padding = 0, 2
	p.Add(gridLines(false, true), plotterFunc(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		a := annotate(c)
		a.Begin(Data)
		for _, k := range curves {
			within(c, Of(k.testbed), func() { k.requests.cloud(c, d.styles[k.testbed].faint(), x, y) })
		}
		for _, k := range curves {
			within(c, Of(k.testbed), func() { k.trend.line(c, d.styles[k.testbed].line(dataLine), x, y) })
		}
		a.End()
		for i, k := range curves {
			st := d.styles[k.testbed].glyph(markRadius)
			for j := range marksALine { // other places than on the other lines
				at, ok := k.trend.next(until * (float64(j) + (float64(i)+0.5)/float64(len(curves))) / marksALine)
				if !ok {
					break
				}
				p := vg.Point{X: x(k.trend.x[at]), Y: y(k.trend.y[at])}
				within(c, Of(k.testbed), func() { within(c, Pin(p.X), func() { c.DrawGlyph(st, p) }) })
			}
		}
	}))
	var labels []endLabel
	var keyed []string // beside so many lines there is no room for their names
	for _, k := range curves {
		if len(curves) > mostLabels {
			keyed = append(keyed, k.testbed)
		} else {
			labels = append(labels, endLabel{text: d.name(k.testbed), testbed: k.testbed, style: d.styles[k.testbed]})
		}
	}
	key := d.key(ColumnWidth, keyed)
	height := 150 + key.height()
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) {
		key.draw(c)
		what := axisText("Request time", unit, log, lessIsBetter)
		data := c.Rectangle
		data.Min.Y += axisBelow
		data.Max.Y -= key.height()
		ramp, known := d.Set.Ramp()
		if known {
			data.Max.Y -= usersAxisHeight
		}
		data.Min.X += yWidth(what, data.Max.Y-data.Min.Y) + tickWidth(p.Y)
		data.Max.X -= max(labelWidth(labels), 3)
		a := annotate(c)
		a.Begin(d.timePanel(p, data, func() (all []Curve) {
			for _, k := range curves {
				all = append(all, k.trend.curve(k.testbed, trendName, unit.Symbol, p, data))
			}
			return all
		}))
		defer a.End()
		drawPanel(p, c, data)
		labelX(c, data, "Time since the start of the run (s)")
		labelY(c, data, what)
		area := c
		area.Rectangle = data
		if known {
			usersAxis(area, p, ramp)
		}
		x, y := p.Transforms(&area)
		var lines []vg.Point
		for _, k := range curves {
			lines = append(lines, k.trend.points(x, y)...)
		}
		var atEdge []endLabel
		for i := range labels {
			end := curves[i].trend
			if end.empty() {
				end = curves[i].requests
			}
			last := len(end.x) - 1
			labels[i].y = min(max(y(end.y[last]), data.Min.Y), data.Max.Y)
			if end.x[last] < 0.85*until { // nothing was served from here on
				labels[i].inside(area, x(end.x[last]), lines)
				continue
			}
			atEdge = append(atEdge, labels[i])
		}
		endLabels(c, data.Max.X, data.Min.Y, data.Max.Y, atEdge)
	}}
}
