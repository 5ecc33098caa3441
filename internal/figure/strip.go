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

// sample is what was measured of one thing: every run, their mean and its interval,
// NaN where there is none.
type sample struct {
	runs            []float64
	numbers         []finding.Run // of the runs
	mean, low, high float64
	unit            string
}

// sample returns what the name has for the testbed, at x where x is not NaN.
func (d *drawer) sample(analysis, testbed, name string, x float64) (sample, bool) {
	rows := d.Set.Rows(analysis, testbed, name).Absolute()
	if !math.IsNaN(x) {
		rows = rows.At(x)
	}
	all, ok := rows.Overall().First()
	if !ok || !all.Value.Present() {
		return sample{}, false
	}
	s := sample{mean: float64(all.Value), low: float64(all.Low), high: float64(all.High), unit: all.Unit}
	for _, f := range rows.EachRun() {
		if f.Value.Present() {
			s.runs, s.numbers = append(s.runs, float64(f.Value)), append(s.numbers, f.Run)
		}
	}
	return s, true
}

// scaled returns the sample in that scale.
func (s sample) scaled(u quantity.Scale) sample {
	out := sample{mean: s.mean / u.Factor, low: s.low / u.Factor, high: s.high / u.Factor, unit: s.unit, numbers: s.numbers}
	for _, v := range s.runs {
		out.runs = append(out.runs, v/u.Factor)
	}
	return out
}

func (s sample) addTo(sp *span) {
	sp.add(s.mean, s.low, s.high)
	sp.add(s.runs...)
}

// marks describes the mean and the runs, where they are drawn; what they have in common
// is in like.
func (m sample) marks(where func(v float64, mean bool) vg.Rectangle, symbol string, like Mark, a Annotator) {
	scale := quantity.Scale{Factor: 1, Symbol: symbol}
	one := func(column string, f finding.Finding, mean bool) {
		mk := like
		mk.Area, mk.Column, mk.Value = where(float64(f.Value), mean), column, quantity.EstimateIn(f, scale).Bracketed()
		a.Mark(mk)
	}
	one("mean", finding.Finding{Value: finding.Number(m.mean), Low: finding.Number(m.low), High: finding.Number(m.high), Unit: m.unit}, true)
	for i, v := range m.runs {
		one(fmt.Sprintf("run %d", m.numbers[i]), finding.Finding{Value: finding.Number(v), Low: finding.None, High: finding.None, Unit: m.unit}, false)
	}
}

// strip is a dot plot: a row a testbed, in it every run, the mean and its interval.
type strip struct {
	what     string // on the axis
	hint     string
	analysis string
	name     string
	samples  []sample // of each testbed
	testbeds []string
	log      bool
	unit     quantity.Scale
}

// newStrip returns the dot plot of a scalar, or nil where no testbed has it.
func (d *drawer) newStrip(analysis, name, what, hint string) *strip {
	s := &strip{what: what, hint: hint, analysis: analysis, name: name}
	all := newSpan()
	for _, t := range d.Set.Testbeds() {
		if m, ok := d.sample(analysis, t, name, math.NaN()); ok {
			s.testbeds, s.samples = append(s.testbeds, t), append(s.samples, m)
			m.addTo(&all)
		}
	}
	if len(s.samples) == 0 {
		return nil
	}
	s.log = all.log(20)
	middle := all.high
	if s.log {
		middle = math.Sqrt(all.low * all.high)
	}
	s.unit = quantity.ScaleOf(middle, s.samples[0].unit)
	if s.unit.Symbol == finding.Requests {
		s.unit.Symbol = "" // what says it
	}
	for i := range s.samples {
		s.samples[i] = s.samples[i].scaled(s.unit)
	}
	return s
}

const (
	stripRow  vg.Length = 17
	stripAxis vg.Length = 21 // marks and label below

	sampleUp, sampleDown = 2.2, -4.0 // of the mean and of the runs from the middle of a row
)

func (s *strip) height() vg.Length { return vg.Length(len(s.samples))*stripRow + stripAxis }

// margins returns the room for the names at the left and the means at the right.
func (s *strip) margins(d *drawer) (left, right vg.Length) {
	st := letters(letter, ink, text.XRight, text.YCenter)
	for i, t := range s.testbeds {
		left, right = max(left, st.Width(d.name(t))), max(right, st.Width(s.mean(i)))
	}
	return left + 6, right + 6
}

// mean writes a testbed's mean.
func (s *strip) mean(i int) string {
	m := s.samples[i]
	f := finding.Finding{Value: finding.Number(m.mean), Low: finding.Number(m.low), High: finding.Number(m.high)}
	return quantity.NewEstimate(f).Value
}

// draw draws the dot plot between the margins.
func (s *strip) draw(d *drawer, c draw.Canvas, left, right vg.Length) {
	n := len(s.samples)
	p := newPlot()
	all := newSpan()
	for _, m := range s.samples {
		m.addTo(&all)
	}
	all.apply(&p.X, s.log)
	p.X.Padding, p.Y.Padding = 0, 0
	p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5
	p.Y.Tick.Marker, p.Y.Width = plot.ConstantTicks(nil), 0
	data := c.Rectangle
	data.Min.X, data.Max.X, data.Min.Y = data.Min.X+left, data.Max.X-right, data.Min.Y+stripAxis-3
	p.Add(gridLines(true, false), plotterFunc(func(dc draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		for i, m := range s.samples {
			at := y(float64(n - 1 - i))
			t := s.testbeds[i]
			within(c, Of(t), func() {
				drawSample(dc, d.styles[t], m, x, at)
				c.FillText(letters(letter, ink, text.XRight, text.YCenter), vg.Point{X: data.Min.X - 5, Y: at}, d.name(t))
				c.FillText(letters(tickLetter, gray, text.XRight, text.YCenter), vg.Point{X: c.Max.X, Y: at}, s.mean(i))
				m.marks(func(v float64, mean bool) vg.Rectangle {
					if mean {
						return around(vg.Point{X: x(v), Y: at + sampleUp}, markRadius)
					}
					return around(vg.Point{X: x(v), Y: at + sampleDown}, runRadius)
				}, s.unit.Symbol, Mark{Testbed: t, Table: axisText(s.what, s.unit, false, ""), Row: d.name(t)}, annotate(c))
			})
		}
	}))
	p.Draw(placed(p, c, data))
	labelX(c, data, axisText(s.what, s.unit, s.log, s.hint))
}

// drawSample draws the mean and its interval at height y, and the runs below them.
func drawSample(c draw.Canvas, st style, m sample, x func(float64) vg.Length, y vg.Length) {
	solid := draw.LineStyle{Color: st.color, Width: dataLine}
	if !math.IsNaN(m.low) && !math.IsNaN(m.high) {
		c.StrokeLine2(solid, x(m.low), y+sampleUp, x(m.high), y+sampleUp)
		for _, v := range []float64{m.low, m.high} {
			c.StrokeLine2(solid, x(v), y+sampleUp-2, x(v), y+sampleUp+2)
		}
	}
	c.DrawGlyph(st.glyph(markRadius), vg.Point{X: x(m.mean), Y: y + sampleUp})
	for _, v := range m.runs {
		c.DrawGlyph(draw.GlyphStyle{Color: st.faint(), Radius: runRadius, Shape: draw.CircleGlyph{}}, vg.Point{X: x(v), Y: y + sampleDown})
	}
}

// stripFigure is a figure of one dot plot.
func (d *drawer) stripFigure(analysis, name, what, hint string) *Figure {
	s := d.newStrip(analysis, name, what, hint)
	if s == nil {
		return nil
	}
	return &Figure{Width: ColumnWidth, Height: s.height(), Draw: func(c draw.Canvas) {
		left, right := s.margins(d)
		s.draw(d, c, left, right)
	}}
}
