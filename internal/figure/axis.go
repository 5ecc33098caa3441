package figure

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/quantity"
)

// linearTicks marks round values, about so many.
type linearTicks int

// Ticks implements plot.Ticker.
func (most linearTicks) Ticks(low, high float64) []plot.Tick {
	step := niceStep((high - low) / float64(most))
	places := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var ticks []plot.Tick
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: quantity.Digits(i*step, places)})
	}
	return ticks
}

// niceStep returns the least of 1, 2, 5 times a power of ten that is not below v.
func niceStep(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logTicks marks powers of ten, and where there are few of them 2 and 5 times those.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(low, high float64) []plot.Tick {
	decades := math.Log10(high / low)
	var ticks []plot.Tick
	for power := math.Floor(math.Log10(low)); power <= math.Ceil(math.Log10(high)); power++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow(10, power)
			if v < low*(1-1e-9) || v > high*(1+1e-9) {
				continue
			}
			label := ""
			if m == 1 || decades < 2.2 && (m == 2 || m == 5) || decades < 0.7 && (m == 3 || m == 7) {
				label = quantity.Digits(v, max(0, -int(math.Floor(math.Log10(v)+1e-9))))
			}
			ticks = append(ticks, plot.Tick{Value: v, Label: label})
		}
	}
	return ticks
}

// span is the range of values of an axis.
type span struct{ low, high float64 }

func newSpan() span { return span{math.Inf(1), math.Inf(-1)} }

func (s *span) add(values ...float64) {
	for _, v := range values {
		if !math.IsNaN(v) {
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
}

func (s span) empty() bool { return s.low > s.high }

// log reports whether a linear axis would hide the small values: where the largest is
// more than so many times the smallest.
func (s span) log(times float64) bool { return s.low > 0 && s.high/s.low > times }

// apply sets up the axis for the span: from zero, or logarithmic.
func (s span) apply(a *plot.Axis, log bool) {
	if log {
		a.Min, a.Max = s.low/1.18, s.high*1.18
		a.Scale, a.Tick.Marker = plot.LogScale{}, logTicks{}
		return
	}
	a.Min, a.Max = min(s.low, 0), s.high*1.04
	if a.Max <= a.Min {
		a.Max = a.Min + 1
	}
	a.Tick.Marker = linearTicks(5)
}

// axisText is an axis label: "Time (ms, log scale; less is better)".
func axisText(what string, unit quantity.Scale, log bool, hint string) string {
	in := unit.Symbol
	if log {
		in = joined(in, ", ", "log scale")
	}
	in = joined(in, "; ", hint)
	if in == "" {
		return what
	}
	return what + " (" + in + ")"
}

func joined(a, with, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + with + b
}

// The paper of 2014 has such a hint under each figure.
const (
	moreIsBetter = "more is better"
	lessIsBetter = "less is better"
)

// gridLines are faint lines at an axis's marks, behind everything else.
func gridLines(vertical, horizontal bool) *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical, g.Horizontal = draw.LineStyle{}, draw.LineStyle{}
	line := draw.LineStyle{Color: lightGray, Width: thinLine}
	if vertical {
		g.Vertical = line
	}
	if horizontal {
		g.Horizontal = line
	}
	return g
}

// labelX writes the label of the horizontal axis along the canvas's foot, below the
// middle of the data as far as there is room.
func labelX(c draw.Canvas, data vg.Rectangle, words string) {
	st := fitted(letters(letter, ink, text.XCenter, text.YBottom), words, c.Max.X-c.Min.X)
	half := st.Width(words) / 2
	x := min(max((data.Min.X+data.Max.X)/2, c.Min.X+half), c.Max.X-half)
	c.FillText(st, vg.Point{X: x, Y: c.Min.Y + 1.3}, words)
}

// labelY writes the label of the vertical axis along the canvas's left, on two lines
// where it is longer than the data are high.
func labelY(c draw.Canvas, data vg.Rectangle, words string) {
	lines := yLines(words, data.Max.Y-data.Min.Y)
	st := letters(letter, ink, text.XCenter, text.YTop)
	st.Rotation = math.Pi / 2
	for i, line := range lines {
		st := fitted(st, line, data.Max.Y-data.Min.Y+14)
		c.FillText(st, vg.Point{X: c.Min.X + vg.Length(i)*lineHeight, Y: (data.Min.Y + data.Max.Y) / 2}, line)
	}
}

const lineHeight = letter * 1.18

// yLines cuts a vertical label where it is too long.
func yLines(words string, room vg.Length) []string {
	st := letters(letter, ink, text.XCenter, text.YTop)
	if before, after, ok := strings.Cut(words, " ("); ok && st.Width(words) > room {
		return []string{before, "(" + after}
	}
	return []string{words}
}

// yWidth is what labelY needs.
func yWidth(words string, room vg.Length) vg.Length {
	return vg.Length(len(yLines(words, room)))*lineHeight + 2.5
}

// fitted returns the style in a size at which the words fit, if any that can be read does.
func fitted(st text.Style, words string, room vg.Length) text.Style {
	for st.Width(words) > room && st.Font.Size > smallestLetter {
		st.Font.Size -= 0.25
	}
	return st
}

// fit is fitted, and cuts the words where no size will do.
func fit(st text.Style, words string, room vg.Length) (text.Style, string) {
	st = fitted(st, words, room)
	if st.Width(words) <= room {
		return st, words
	}
	r := []rune(words)
	for len(r) > 0 && st.Width(string(r)+"…") > room {
		r = r[:len(r)-1]
	}
	return st, string(r) + "…"
}

// plotterFunc is a function that draws data.
type plotterFunc func(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length)

// Plot implements plot.Plotter.
func (f plotterFunc) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	f(c, p, x, y)
}
