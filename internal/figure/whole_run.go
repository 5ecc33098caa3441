package figure

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// wholeRun is Figure 6 of 2014: a whole run, with the onsets of swapping and of
// failures marked, and beneath it on the same time axis what was served and swapped.
// Every testbed has its column, so that nothing hides anything.
func wholeRun(d *drawer) *Figure {
	end := d.Set.Duration()
	var columns []*runColumn
	for _, t := range d.Set.Testbeds() {
		if k := d.runColumn(t, end); k != nil {
			columns = append(columns, k)
		}
	}
	if end <= 0 || len(columns) == 0 {
		return nil
	}
	const most = 5 // columns side by side
	bands := (len(columns) + most - 1) / most
	perBand := (len(columns) + bands - 1) / bands
	rows := runRows(columns)
	for i, k := range columns {
		for _, r := range rows {
			k.plots = append(k.plots, r.plot(d, k, end, i%perBand == 0, max(3, 21/perBand)))
		}
	}
	height := runTop + runBottom
	for _, r := range rows {
		height += r.height
	}
	height += runGap * vg.Length(len(rows)-1)
	return &Figure{Width: TextWidth, Height: height * vg.Length(bands), Draw: func(c draw.Canvas) {
		for b := range bands {
			band := c
			band.Max.Y = c.Max.Y - height*vg.Length(b)
			band.Min.Y = band.Max.Y - height
			d.drawRuns(band, columns[b*perBand:min((b+1)*perBand, len(columns))], rows, perBand)
		}
	}}
}

const (
	runTop    vg.Length = 25 // names and users above the panels
	runBottom vg.Length = 21 // the time axis below them
	runGap    vg.Length = 7
	runSide   vg.Length = 10
)

// runColumn is a testbed's run.
type runColumn struct {
	testbed           string
	request, trend    series
	served, failed    series
	swapped           series
	paged             series // in and out per second, beside what is swapped out
	swapUnit          string
	swapOnset, slowAt float64 // NaN: none
	errorOnset        float64
	plots             []*plot.Plot
}

func (d *drawer) runColumn(testbed string, end float64) *runColumn {
	run := d.Set.Representative(testbed)
	k := &runColumn{
		testbed: testbed,
		request: d.series(finding.Latency, testbed, "request", run, 1, end).positive(),
		trend:   d.series(finding.Latency, testbed, "moving_average_30", run, 1, end).positive(),
		served:  d.series(finding.Throughput, testbed, "requests_per_second", run, 1, end),
		failed:  d.series(finding.ErrorOnset, testbed, "failures_per_second", run, 1, end),
	}
	counter := "swap_used"
	if k.swapUnit = finding.Bytes; !d.anySeries(finding.SwapOnset, counter) {
		counter, k.swapUnit = "swap_rate", finding.PagesPerSecond
	} else {
		k.paged = d.series(finding.SwapOnset, testbed, "swap_rate", run, 1, end)
	}
	k.swapped = d.series(finding.SwapOnset, testbed, counter, run, 1, end)
	onset := func(analysis, source string) float64 {
		rows := d.Set.Rows(analysis, testbed, "time").Absolute().OfRun(run)
		if source != "" {
			rows = rows.Labelled("source", source)
		}
		f, ok := rows.First()
		if !ok || !f.Value.Present() {
			return math.NaN()
		}
		return float64(f.Value)
	}
	k.swapOnset, k.slowAt = onset(finding.SwapOnset, "counters"), onset(finding.SwapOnset, "latency")
	k.errorOnset = onset(finding.ErrorOnset, "")
	if k.request.empty() && k.trend.empty() && k.served.empty() {
		return nil
	}
	return k
}

// runRow is a panel in every column, with one scale for all.
type runRow struct {
	title  string
	height vg.Length
	log    bool
	all    span
	unit   quantity.Scale
	draw   func(d *drawer, k *runColumn, factor float64) plotterFunc
	asked  func(k *runColumn) []namedSeries
	last   bool
}

// runRows are the panels that there are data for.
func runRows(columns []*runColumn) []*runRow {
	rows := []*runRow{
		{title: "Request time", height: 92, log: true, unit: quantity.Scale{Factor: 1, Symbol: "s"}, all: newSpan(), draw: drawRequests, asked: askedRequests},
		{title: "Requests/s", height: 44, unit: quantity.Scale{Factor: 1}, all: newSpan(), draw: drawServed, asked: askedServed},
		{title: "Swap", height: 38, all: newSpan(), draw: drawCounter((*runColumn).swap), asked: askedCounter("Swap", (*runColumn).swap)},
		{title: "Swap traffic", height: 38, unit: quantity.ScaleOf(1, finding.PagesPerSecond), all: newSpan(), draw: drawCounter((*runColumn).traffic), asked: askedCounter("Swap traffic", (*runColumn).traffic)},
	}
	for _, k := range columns {
		rows[0].all.add(k.request.y...)
		rows[0].all.add(k.trend.y...)
		rows[1].all.add(k.served.y...)
		rows[1].all.add(k.failed.y...)
		rows[2].all.add(k.swapped.y...)
		rows[3].all.add(k.paged.y...)
	}
	rows[2].unit = quantity.ScaleOf(rows[2].all.high, columns[0].swapUnit)
	var there []*runRow
	for _, r := range rows {
		if !r.all.empty() {
			r.all.low, r.all.high = r.all.low/r.unit.Factor, r.all.high/r.unit.Factor
			there = append(there, r)
		}
	}
	there[len(there)-1].last = true
	return there
}

// plot returns the panel of one column; the first has the scale for all.
func (r *runRow) plot(d *drawer, k *runColumn, end float64, first bool, marks int) *plot.Plot {
	p := newPlot()
	r.all.apply(&p.Y, r.log)
	if !r.log {
		p.Y.Tick.Marker = linearTicks(3)
	}
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, end, linearTicks(marks)
	p.X.Padding, p.Y.Padding = 0, 2
	if !first {
		p.Y.Tick.Marker = unlabelled{p.Y.Tick.Marker}
	}
	if !r.last {
		p.X.Tick.Marker = unlabelled{p.X.Tick.Marker}
	}
	p.Add(gridLines(false, true), r.draw(d, k, r.unit.Factor))
	return p
}

// curves are what the panel of a column can be asked for.
func (r *runRow) curves(k *runColumn, p *plot.Plot, data vg.Rectangle) []Curve {
	var all []Curve
	for _, a := range r.asked(k) {
		if !a.empty() {
			all = append(all, a.over(r.unit.Factor).curve(k.testbed, a.name, r.unit.Symbol, p, data))
		}
	}
	return all
}

// namedSeries is a series as readers know it.
type namedSeries struct {
	name string
	series
}

func askedRequests(k *runColumn) []namedSeries { return []namedSeries{{trendName, k.trend}} }

func askedServed(k *runColumn) []namedSeries {
	all := []namedSeries{{"Requests/s", k.served}}
	if hasPositive(k.failed) {
		all = append(all, namedSeries{"Failed/s", k.failed})
	}
	return all
}

func askedCounter(name string, of func(*runColumn) series) func(*runColumn) []namedSeries {
	return func(k *runColumn) []namedSeries { return []namedSeries{{name, of(k)}} }
}

// unlabelled keeps marks and drops their labels.
type unlabelled struct{ plot.Ticker }

// Ticks implements plot.Ticker.
func (u unlabelled) Ticks(low, high float64) []plot.Tick {
	ticks := u.Ticker.Ticks(low, high)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = " "
		}
	}
	return ticks
}

func drawRequests(d *drawer, k *runColumn, _ float64) plotterFunc {
	return k.data(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		st := d.styles[k.testbed]
		k.request.cloud(c, st.faint(), x, y)
		k.trend.line(c, draw.LineStyle{Color: st.color, Width: dataLine}, x, y)
	})
}

func drawServed(d *drawer, k *runColumn, _ float64) plotterFunc {
	return k.data(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		k.served.line(c, draw.LineStyle{Color: d.styles[k.testbed].color, Width: dataLine}, x, y)
		if hasPositive(k.failed) {
			k.failed.line(c, draw.LineStyle{Color: ink, Width: 0.8, Dashes: []vg.Length{1.5, 1}}, x, y)
		}
	})
}

func hasPositive(s series) bool { return !s.positive().empty() }

func (k *runColumn) swap() series    { return k.swapped }
func (k *runColumn) traffic() series { return k.paged }

// drawCounter returns what draws one of a run's counters.
func drawCounter(of func(*runColumn) series) func(*drawer, *runColumn, float64) plotterFunc {
	return func(d *drawer, k *runColumn, factor float64) plotterFunc {
		counter := of(k)
		if counter.empty() {
			return func(c draw.Canvas, _ *plot.Plot, _, _ func(float64) vg.Length) {
				c.FillText(letters(tickLetter, gray, text.XCenter, text.YCenter), c.Center(), "no counters")
			}
		}
		return k.data(func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
			counter.over(factor).line(c, draw.LineStyle{Color: d.styles[k.testbed].color, Width: dataLine}, x, y)
		})
	}
}

// data draws what belongs to the column's testbed and to its times.
func (k *runColumn) data(drawIt plotterFunc) plotterFunc {
	return func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
		within(c, Data, func() { within(c, Of(k.testbed), func() { drawIt(c, p, x, y) }) })
	}
}

// drawRuns draws columns side by side, the scales at the left of the first.
func (d *drawer) drawRuns(c draw.Canvas, columns []*runColumn, rows []*runRow, room int) {
	side := vg.Length(0)
	for i, r := range rows {
		side = max(side, yWidth(r.label(), r.height)+tickWidth(columns[0].plots[i].Y))
	}
	width := (c.Max.X - c.Min.X - side - 7 - runSide*vg.Length(room-1)) / vg.Length(room)
	for j, k := range columns {
		left := c.Min.X + side + vg.Length(j)*(width+runSide)
		top := c.Max.Y - runTop
		whole := vg.Rectangle{Min: vg.Point{X: left}, Max: vg.Point{X: left + width, Y: top}}
		for i, r := range rows {
			p := k.plots[i]
			data := vg.Rectangle{Min: vg.Point{X: left, Y: top - r.height}, Max: vg.Point{X: left + width, Y: top}}
			within(c, d.timePanel(p, data, func() []Curve { return r.curves(k, p, data) }), func() {
				drawPanel(p, c, data)
				if j == 0 {
					labelY(c, data, r.label())
				}
				if i == 0 {
					area := c
					area.Rectangle = data
					if ramp, ok := d.Set.Ramp(); ok {
						usersAxis(area, p, ramp)
					}
					d.columnTitle(c, k, data)
				}
			})
			whole.Min.Y = top - r.height
			top -= r.height + runGap
		}
		labelX(c, whole, "Time since the start (s)")
		area := c
		area.Rectangle = whole
		d.onsets(area, k, columns[j].plots[0])
	}
}

func (r *runRow) label() string { return axisText(r.title, r.unit, r.log, "") }

// columnTitle writes the testbed's name, with its mark, above its column.
func (d *drawer) columnTitle(c draw.Canvas, k *runColumn, data vg.Rectangle) {
	st := d.styles[k.testbed]
	y := data.Max.Y + 17
	within(c, Of(k.testbed), func() {
		c.DrawGlyph(st.glyph(markRadius), vg.Point{X: data.Min.X + 2.5, Y: y})
		c.FillText(bold(letters(letter, st.words, text.XLeft, text.YCenter)), vg.Point{X: data.Min.X + 8, Y: y}, d.name(k.testbed))
	})
}

// onsets marks where a regime begins, through all panels of a column. The name of the
// first stands left of its line, that of the second right of it, so that they keep out
// of each other's way.
func (d *drawer) onsets(c draw.Canvas, k *runColumn, p *plot.Plot) {
	type mark struct {
		at     float64
		words  string
		dashes []vg.Length
	}
	var marks []mark
	if !math.IsNaN(k.swapOnset) {
		marks = append(marks, mark{k.swapOnset, "swap", []vg.Length{4, 1.5}})
	} else if !math.IsNaN(k.slowAt) {
		marks = append(marks, mark{k.slowAt, "slower", []vg.Length{4, 1.5}})
	}
	if !math.IsNaN(k.errorOnset) {
		marks = append(marks, mark{k.errorOnset, "errors", []vg.Length{1, 1.2}})
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	st := letters(tickLetter, ink, text.XLeft, text.YTop)
	y := c.Max.Y - 1
	for i, m := range marks {
		const aside = 1.5
		x := c.X(p.X.Norm(m.at))
		width := st.Width(m.words)
		left := x - width - aside
		if i > 0 && x+aside+width <= c.Max.X || left < c.Min.X {
			left = x + aside
		}
		if i > 0 && left < x { // no room on the right: below the other
			y -= letter
		}
		within(c, Of(k.testbed), func() {
			within(c, Pin(x), func() {
				c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.7, Dashes: m.dashes}, x, c.Min.Y, x, c.Max.Y)
				c.FillText(st, vg.Point{X: left, Y: y}, m.words)
			})
		})
		if i == 0 && left > x { // no room on the left: the next goes below
			y -= letter
		}
	}
}
