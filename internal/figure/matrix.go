package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// What readers call aggressors and victims; others by their own names.
var cellNames = map[string]string{
	"cpu": "CPU", "memory": "Memory", "disk": "Disk", "network": "Network", "fork": "Fork",
	"select": "SELECT", "insert": "INSERTs", "http": "Page",
}

func cellName(name string) string {
	if known, ok := cellNames[name]; ok {
		return known
	}
	return oneLine(name)
}

// stressName is an aggressor within a phrase.
func stressName(aggressor string) string {
	if name := cellName(aggressor); strings.ToUpper(name) == name || !strings.EqualFold(name, aggressor) {
		return name
	}
	return oneLine(aggressor)
}

const (
	matrixLine vg.Length = 9.4 // of a testbed
	matrixGap  vg.Length = 3   // between aggressors
	matrixHead vg.Length = 18
	matrixKey  vg.Length = 23
	// leastTop is the slow-down at the dark end of the scale, at least: what is slight looks slight.
	leastTop = 4.0

	scaleName = "Slow-down (log scale)"
)

// isolationMatrix is how much each victim in one guest suffers from each class of stress
// in the other one, as a heat map: a line a testbed under each aggressor, a column a victim.
func isolationMatrix(d *drawer) *Figure {
	aggressors, victims := d.Set.Matrix()
	if len(aggressors) == 0 {
		return nil
	}
	top := leastTop
	testbeds := map[string]bool{}
	for _, t := range d.Set.Testbeds() {
		for _, a := range aggressors {
			for _, v := range victims {
				if f, ok := d.degradation(t, a, v); ok {
					testbeds[t] = true
					top = max(top, float64(f.Value))
				}
			}
		}
	}
	var measured []string
	for _, t := range d.Set.Testbeds() {
		if testbeds[t] {
			measured = append(measured, t)
		}
	}
	if len(measured) == 0 {
		return nil
	}
	group := matrixLine*vg.Length(len(measured)) + matrixGap
	height := matrixHead + group*vg.Length(len(aggressors)) + matrixKey
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) {
		d.drawMatrix(c, measured, aggressors, victims, heat{top})
	}}
}

// degradation is what a cell shows.
func (d *drawer) degradation(testbed, aggressor, victim string) (finding.Finding, bool) {
	f, ok := d.Set.Cell(testbed, "degradation", result.Cell{Aggressor: aggressor, Victim: victim}).Absolute().Overall().First()
	return f, ok && f.Value > 0
}

func (d *drawer) drawMatrix(c draw.Canvas, testbeds, aggressors, victims []string, scale heat) {
	words := letters(letter, ink, text.XLeft, text.YCenter)
	small := letters(tickLetter, gray, text.XCenter, text.YBottom)
	names, classes := vg.Length(0), words.Width("Stress in")
	for _, t := range testbeds {
		names = max(names, words.Width(d.name(t)))
	}
	for _, a := range aggressors {
		classes = max(classes, bold(words).Width(cellName(a)))
	}
	left := c.Min.X + max(classes+names+12, letters(tickLetter, ink, text.XRight, text.YCenter).Width(scaleName)+6)
	width := (c.Max.X - left) / vg.Length(len(victims))
	y := c.Max.Y - matrixHead
	c.FillText(letters(tickLetter, gray, text.XCenter, text.YBottom), vg.Point{X: (left + c.Max.X) / 2, Y: y + 10}, "Victim in the other guest")
	c.FillText(letters(tickLetter, gray, text.XLeft, text.YBottom), vg.Point{X: c.Min.X, Y: y + 10}, "Stress in")
	c.FillText(letters(tickLetter, gray, text.XLeft, text.YBottom), vg.Point{X: c.Min.X, Y: y + 2}, "one guest")
	small.Color = ink
	for i, v := range victims {
		c.FillText(small, vg.Point{X: left + width*(vg.Length(i)+0.5), Y: y + 2}, cellName(v))
	}
	for _, a := range aggressors {
		middle := y - matrixLine*vg.Length(len(testbeds))/2
		c.FillText(bold(words), vg.Point{X: c.Min.X, Y: middle}, cellName(a))
		for _, t := range testbeds {
			at := y - matrixLine/2
			within(c, Of(t), func() {
				words.Color = d.styles[t].words
				c.FillText(words, vg.Point{X: c.Min.X + classes + 6, Y: at}, d.name(t))
				words.Color = ink
				for i, v := range victims {
					x := left + width*vg.Length(i)
					f, ok := d.degradation(t, a, v)
					cell := vg.Rectangle{Min: vg.Point{X: x, Y: y - matrixLine}, Max: vg.Point{X: x + width, Y: y}}
					drawCell(c, cell, f, ok, scale)
					if ok {
						annotate(c).Mark(Mark{Area: cell, Testbed: t, Row: fmt.Sprintf("%s, %s stress", d.name(t), stressName(a)),
							Column: cellName(v), Value: "×\u00a0" + quantity.NewEstimate(f).Bracketed()})
					}
				}
			})
			y -= matrixLine
		}
		y -= matrixGap
	}
	scale.key(c, vg.Rectangle{Min: vg.Point{X: left, Y: c.Min.Y + 9}, Max: vg.Point{X: c.Max.X, Y: c.Min.Y + 15}})
}

// drawCell fills a cell and writes its number, in bold where the interval leaves out 1.
func drawCell(c draw.Canvas, r vg.Rectangle, f finding.Finding, measured bool, scale heat) {
	st := letters(letter, gray, text.XCenter, text.YCenter)
	at := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
	if !measured {
		c.FillText(st, at, "–")
		return
	}
	v := float64(f.Value)
	const between = 0.5 // white lines
	fill(c, scale.shade(v), vg.Rectangle{Min: vg.Point{X: r.Min.X + between, Y: r.Min.Y + between}, Max: vg.Point{X: r.Max.X - between, Y: r.Max.Y - between}})
	st.Color = Shade{scale.ink(v), scale.share(v)}
	if verdict := result.Judge(f); verdict == result.More || verdict == result.Less {
		st = bold(st)
	}
	c.FillText(st, at, quantity.NewEstimate(f).Value)
}

func fill(c draw.Canvas, col color.Color, r vg.Rectangle) {
	c.FillPolygon(col, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
}

// heat is a scale of slow-downs from 1, or none, to top: ever darker steps of one blue,
// alike for the colour blind and in grey. It is logarithmic.
type heat struct{ top float64 }

// share is where on the scale a slow-down is, from 0 to 1.
func (h heat) share(v float64) float64 {
	return max(0, min(1, math.Log(v)/math.Log(h.top)))
}

func (h heat) color(v float64) color.NRGBA {
	light, dark := [3]float64{0xf2, 0xf6, 0xfb}, [3]float64{0x08, 0x30, 0x6b}
	s := h.share(v)
	mix := func(i int) uint8 { return uint8(math.Round(light[i] + (dark[i]-light[i])*s)) }
	return color.NRGBA{mix(0), mix(1), mix(2), 0xff}
}

func (h heat) shade(v float64) Shade { return Shade{h.color(v), h.share(v)} }

// ink is the colour of a number that can be read there.
func (h heat) ink(v float64) color.NRGBA { return Readable(h.color(v)) }

// key draws the scale.
func (h heat) key(c draw.Canvas, r vg.Rectangle) {
	const steps = 60
	step := (r.Max.X - r.Min.X) / steps
	for i := range steps {
		x := r.Min.X + step*vg.Length(i)
		fill(c, h.shade(math.Pow(h.top, (float64(i)+0.5)/steps)), vg.Rectangle{Min: vg.Point{X: x, Y: r.Min.Y}, Max: vg.Point{X: min(x+step*1.1, r.Max.X), Y: r.Max.Y}})
	}
	st := letters(tickLetter, ink, text.XCenter, text.YTop)
	free := r.Min.X - 100
	for decade := 1.0; decade <= h.top; decade *= 10 {
		for _, v := range []float64{1, 2, 5} {
			v *= decade
			label := quantity.Digits(v, 0)
			x := r.Min.X + (r.Max.X-r.Min.X)*vg.Length(h.share(v))
			x = max(r.Min.X+st.Width(label)/2, min(x, r.Max.X-st.Width(label)/2))
			if v > h.top || x-st.Width(label)/2 < free {
				continue
			}
			c.FillText(st, vg.Point{X: x, Y: r.Min.Y - 1.5}, label)
			free = x + st.Width(label)/2 + 3
		}
	}
	c.FillText(letters(tickLetter, ink, text.XRight, text.YCenter), vg.Point{X: r.Min.X - 4, Y: (r.Min.Y + r.Max.Y) / 2}, scaleName)
}
