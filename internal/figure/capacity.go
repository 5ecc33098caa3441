package figure

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// lawPanel is a testbed's throughput by users, as measured and by the law.
type lawPanel struct {
	testbed   string
	measured  series
	law       series
	band      band
	peak      finding.Finding // users; no value where none was seen
	most, top float64         // users and throughput that it shows
	plot      *plot.Plot
}

const (
	lawHeight = 78 // of a panel's data
	lawTop    = 19 // for its name, and what is known of the peak
	lawGap    = 9
	lawsABand = 5 // panels side by side that share a scale, or one fewer

	// alike is by how many times throughput may differ between panels of one scale.
	alike = 3
)

// capacity is how throughput grows with users: what was measured before any onset, and
// the scalability law over runs. Every testbed has its panel.
func capacity(d *drawer) *Figure {
	var panels []*lawPanel
	tops := newSpan()
	most := 0.0
	for _, t := range d.Set.Testbeds() {
		if k := d.lawPanel(t); k != nil {
			panels = append(panels, k)
			tops.add(k.top)
			most = max(most, k.most)
		}
	}
	if len(panels) == 0 {
		return nil
	}
	one := tops.high <= alike*tops.low
	width, columns := ColumnWidth, 2
	if len(panels) > 2 {
		width, columns = TextWidth, lawsABand
		if !one {
			columns--
		}
	}
	bands := (len(panels) + columns - 1) / columns
	columns = (len(panels) + bands - 1) / bands
	tick := vg.Length(0)
	for i, k := range panels {
		top := k.top
		if one {
			top = tops.high
		}
		k.plot = k.newPlot(d, most, top, !one || i%columns == 0)
		tick = max(tick, tickWidth(k.plot.Y))
	}
	const height = lawTop + lawHeight + axisBelow
	return &Figure{Width: width, Height: height*vg.Length(bands) + lawGap*vg.Length(bands-1), Draw: func(c draw.Canvas) {
		for b := range slices.Chunk(panels, columns) {
			row := c
			row.Min.Y = c.Max.Y - height
			d.drawLaws(row, b, columns, tick, one)
			c.Max.Y = row.Min.Y - lawGap
		}
	}}
}

// lawPanel returns what there is to show of the testbed, or nil.
func (d *drawer) lawPanel(testbed string) *lawPanel {
	k := &lawPanel{testbed: testbed, peak: finding.Finding{Value: finding.None}}
	for _, f := range d.Set.Rows(finding.Capacity, testbed, "usl").Absolute().Overall() {
		if !f.X.Present() || !(f.Value > 0) {
			continue
		}
		k.law.add(float64(f.X), float64(f.Value))
		if f.Low.Present() && f.High.Present() {
			k.band.add(float64(f.X), max(0, float64(f.Low)), float64(f.High))
		}
	}
	if k.law.empty() {
		return nil
	}
	k.measured = binned(d.Set.Rows(finding.Capacity, testbed, "throughput_by_users").Absolute())
	if f, ok := d.Set.Scalar(finding.Capacity, testbed, "peak_users"); ok {
		k.peak = f
	}
	k.most = max(slices.Max(k.law.x), 1)
	k.top = slices.Max(k.law.y)
	for _, more := range [][]float64{k.measured.y, k.band.high} {
		if len(more) > 0 {
			k.top = max(k.top, slices.Max(more))
		}
	}
	if len(k.measured.x) > 0 {
		k.most = max(k.most, slices.Max(k.measured.x))
	}
	return k
}

// lawBins is into how many parts of the users measurements are gathered: single ones
// are of few requests each, and more than a figure can show.
const lawBins = 30

// binned returns the mean of each run's measurements in each part of the users.
func binned(rows []finding.Finding) series {
	most := 0.0
	for _, f := range rows {
		if f.X.Present() {
			most = max(most, float64(f.X))
		}
	}
	type place struct {
		run finding.Run
		bin int
	}
	type sums struct{ n, x, y float64 }
	var places []place
	of := map[place]sums{}
	for _, f := range rows {
		if !f.X.Present() || !f.Value.Present() || f.Run == finding.AllRuns || f.X <= 0 {
			continue
		}
		at := place{f.Run, min(lawBins-1, int(float64(f.X)/most*lawBins))}
		s, ok := of[at]
		if !ok {
			places = append(places, at)
		}
		of[at] = sums{s.n + 1, s.x + float64(f.X), s.y + float64(f.Value)}
	}
	var all series
	for _, at := range places {
		s := of[at]
		all.add(s.x/s.n, s.y/s.n)
	}
	return all
}

// newPlot draws the panel; labelled says whether its vertical scale has numbers.
func (k *lawPanel) newPlot(d *drawer, most, top float64, labelled bool) *plot.Plot {
	p := newPlot()
	(span{0, top}).apply(&p.Y, false)
	p.Y.Tick.Marker = linearTicks(4)
	if !labelled {
		p.Y.Tick.Marker = unlabelled{p.Y.Tick.Marker}
	}
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, most*1.03, linearTicks(5)
	p.X.Padding, p.Y.Padding = 0, 2
	st := d.styles[k.testbed]
	p.Add(gridLines(false, true), plotterFunc(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		a := annotate(c)
		a.Begin(Of(k.testbed))
		defer a.End()
		k.band.fill(c, st.faintest(), x, y)
		for _, at := range k.measured.points(x, y) {
			c.DrawGlyph(draw.GlyphStyle{Color: st.faint(), Radius: 1, Shape: draw.CircleGlyph{}}, at)
		}
		if at := float64(k.peak.Value); at <= p.X.Max {
			line := draw.LineStyle{Color: ink, Width: 0.7, Dashes: []vg.Length{4, 1.5}}
			if k.beyond() {
				line.Dashes = []vg.Length{1, 1.2}
			}
			c.StrokeLine2(line, x(at), c.Min.Y, x(at), c.Max.Y)
		}
		k.law.line(c, draw.LineStyle{Color: st.color, Width: dataLine}, x, y)
	}))
	return p
}

// curve describes the law.
func (k *lawPanel) curve(data vg.Rectangle) Curve {
	unit := quantity.ScaleOf(1, finding.RequestsPerSecond)
	out := k.law.curve(k.testbed, "Throughput by the law", unit.Symbol, k.plot, data)
	for i, users := range k.law.x {
		if j := slices.Index(k.band.x, users); j >= 0 && i < len(out.Y) {
			f := finding.Finding{Value: finding.Number(k.law.y[i]), Low: finding.Number(k.band.low[j]), High: finding.Number(k.band.high[j])}
			out.Y[i] = quantity.EstimateIn(f, unit).Bracketed()
		}
	}
	return out
}

// beyond reports whether the peak is the law's, and was not seen.
func (k *lawPanel) beyond() bool { return k.peak.Note.Get("beyond") != "" }

// summary says what is known of the peak.
func (k *lawPanel) summary() string {
	if !k.peak.Value.Present() {
		return "no peak seen"
	}
	e := quantity.NewEstimate(k.peak)
	e.Symbol = ""
	if k.beyond() {
		return fmt.Sprintf("by the law, peak at %s users", e.Value)
	}
	return fmt.Sprintf("peak at %s users", e.Bracketed())
}

// drawLaws draws panels side by side in a row that has room for so many; tick is what
// their vertical scales take, which only the first has where they have one in common.
func (d *drawer) drawLaws(c draw.Canvas, panels []*lawPanel, columns int, tick vg.Length, one bool) {
	what := axisText("Throughput", quantity.ScaleOf(1, finding.RequestsPerSecond), false, moreIsBetter)
	side := yWidth(what, lawHeight)
	scales := tick * vg.Length(columns)
	if one {
		scales = tick
	}
	width := (c.Max.X - c.Min.X - side - scales - 6 - lawGap*vg.Length(columns-1)) / vg.Length(columns)
	x := c.Min.X + side
	all := vg.Rectangle{Min: vg.Point{X: x + tick, Y: c.Min.Y + axisBelow}}
	for i, k := range panels {
		if i == 0 || !one {
			x += tick
		}
		data := vg.Rectangle{Min: vg.Point{X: x, Y: c.Min.Y + axisBelow}, Max: vg.Point{X: x + width, Y: c.Min.Y + axisBelow + lawHeight}}
		within(c, &Panel{Data: data, Unit: "users", Curves: func() []Curve { return []Curve{k.curve(data)} }}, func() {
			k.plot.Draw(placed(k.plot, c, data))
		})
		st := d.styles[k.testbed]
		a := annotate(c)
		a.Begin(Of(k.testbed))
		c.DrawGlyph(st.glyph(markRadius), vg.Point{X: x + 2.5, Y: data.Max.Y + 14})
		name, words := fit(bold(letters(letter, st.words, text.XLeft, text.YCenter)), d.name(k.testbed), width-8)
		c.FillText(name, vg.Point{X: x + 8, Y: data.Max.Y + 14}, words)
		peak, words := fit(letters(tickLetter, gray, text.XLeft, text.YCenter), k.summary(), width)
		c.FillText(peak, vg.Point{X: x, Y: data.Max.Y + 6}, words)
		a.End()
		if i == 0 {
			labelY(c, data, what)
		}
		all.Max = data.Max
		x += width + lawGap
	}
	labelX(c, all, "Virtual users")
}
