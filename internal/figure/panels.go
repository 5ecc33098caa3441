package figure

import (
	"cmp"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/result"
)

// placed returns the canvas on which the plot's data fill exactly that rectangle, its
// axes lying around it.
func placed(p *plot.Plot, c draw.Canvas, data vg.Rectangle) draw.Canvas {
	c.Rectangle = data
	for range 4 { // how far labels stick out depends a little on the size
		got := p.DataCanvas(c)
		c.Min.X += data.Min.X - got.Min.X
		c.Min.Y += data.Min.Y - got.Min.Y
		c.Max.X += data.Max.X - got.Max.X
		c.Max.Y += data.Max.Y - got.Max.Y
	}
	return c
}

const (
	axisBelow       vg.Length = 21 // what a horizontal axis takes with its label
	usersAxisHeight vg.Length = 11 // what usersAxis takes above the data
)

// tickWidth is what a vertical axis takes without its label.
func tickWidth(a plot.Axis) vg.Length {
	w := vg.Length(0)
	for _, t := range a.Tick.Marker.Ticks(a.Min, a.Max) {
		w = max(w, a.Tick.Label.Width(t.Label))
	}
	return w + a.Tick.Label.Width(" ") + a.Tick.Length + a.Padding + 1
}

// usersAxis draws the number of virtual users along the top of the data, as a second
// scale of the time axis.
func usersAxis(c draw.Canvas, p *plot.Plot, r result.Ramp) {
	label := letters(tickLetter, gray, text.XCenter, text.YBottom)
	line := draw.LineStyle{Color: gray, Width: thinLine}
	y := c.Max.Y
	from, to := float64(r.Users(max(p.X.Min, 0))), float64(r.Users(p.X.Max))
	xOf := func(users float64) vg.Length { return c.X(p.X.Norm(r.Start(users))) }
	within(c, UserTicks, func() { c.StrokeLine2(line, c.Min.X, y, xOf(to), y) })
	words := letters(tickLetter, gray, text.XLeft, text.YBottom)
	step := niceStep((to - from) / float64(max(2, min(7, int((c.Max.X-c.Min.X)/19)))))
	last := math.Floor(to/step) * step
	half := func(u float64) vg.Length { return label.Width(strconv.Itoa(int(u)))/2 + 2 }
	free := c.Min.X // of the word, where it stands on the left
	if behind := xOf(last) + half(last); behind+words.Width("users") < c.Max.X {
		c.FillText(words, vg.Point{X: behind, Y: y + 2}, "users")
	} else {
		c.FillText(words, vg.Point{X: c.Min.X, Y: y + 2}, "users")
		free += words.Width("users")
	}
	within(c, UserTicks, func() {
		for u := step; u <= to; u += step {
			x := xOf(u)
			if u < from || x > c.Max.X+0.1 {
				continue
			}
			c.StrokeLine2(line, x, y, x, y+2)
			if x-half(u) >= free {
				c.FillText(label, vg.Point{X: x, Y: y + 2}, strconv.Itoa(int(u)))
			}
		}
	})
}

// endLabel names a line at its right end.
type endLabel struct {
	text    string
	testbed string
	style   style
	y       vg.Length
}

// inside writes the label among the data, near its line's end at x: right of it or
// above, where the fewest of the points lie.
func (l endLabel) inside(c draw.Canvas, x vg.Length, points []vg.Point) {
	st := letters(letter, l.style.words, text.XLeft, text.YCenter)
	w := st.Width(l.text)
	const pad, step = 1, letter + 2
	at := func(left, middle vg.Length) vg.Rectangle {
		left = min(max(left, c.Min.X+pad), c.Max.X-w-pad)
		middle = min(max(middle, c.Min.Y+letter), c.Max.Y-letter)
		return vg.Rectangle{Min: vg.Point{X: left - pad, Y: middle - letter/2 - pad}, Max: vg.Point{X: left + w + pad, Y: middle + letter/2 + pad}}
	}
	best, least := vg.Rectangle{}, len(points)+1
	for _, box := range []vg.Rectangle{at(x+3, l.y), at(x-w, l.y+step), at(x+3, l.y+step), at(x+3, l.y-step), at(x-w, l.y+2*step), at(x+3, l.y+2*step)} {
		n := 0
		for _, p := range points {
			if p.X > box.Min.X && p.X < box.Max.X && p.Y > box.Min.Y && p.Y < box.Max.Y {
				n++
			}
		}
		if n < least {
			best, least = box, n
		}
	}
	within(c, Of(l.testbed), func() {
		within(c, Pin(x), func() {
			fill(c, color.NRGBA{0xff, 0xff, 0xff, 0xc8}, best)
			c.FillText(st, vg.Point{X: best.Min.X + pad, Y: (best.Min.Y + best.Max.Y) / 2}, l.text)
		})
	})
}

// endLabels writes labels right of x, each beside its line's end or as near to it as
// the others allow, between low and high.
func endLabels(c draw.Canvas, x, low, high vg.Length, labels []endLabel) {
	const apart = letter + 1.5
	slices.SortStableFunc(labels, func(a, b endLabel) int { return cmp.Compare(a.y, b.y) })
	ys := make([]vg.Length, len(labels))
	for i, l := range labels {
		ys[i] = l.y
	}
	spread(ys, apart, low, high)
	for i, l := range labels {
		within(c, Of(l.testbed), func() {
			if d := ys[i] - l.y; d > 2 || d < -2 {
				c.StrokeLine2(draw.LineStyle{Color: l.style.color, Width: thinLine}, x, l.y, x+4, ys[i])
			}
			c.FillText(letters(letter, l.style.words, text.XLeft, text.YCenter), vg.Point{X: x + 5, Y: ys[i]}, l.text)
		})
	}
}

// spread moves ascending positions as little as needed to lie that far apart and
// within the bounds, if there is room.
func spread(ys []vg.Length, apart, low, high vg.Length) {
	for range 50 {
		moved := false
		for i := 1; i < len(ys); i++ {
			if lack := apart - (ys[i] - ys[i-1]); lack > 0.01 {
				ys[i-1] -= lack / 2
				ys[i] += lack / 2
				moved = true
			}
		}
		if len(ys) > 0 {
			if d := low - ys[0]; d > 0 {
				ys[0], moved = low, moved || d > 0.01
			}
			if d := ys[len(ys)-1] - high; d > 0 {
				ys[len(ys)-1], moved = high, moved || d > 0.01
			}
		}
		if !moved {
			return
		}
	}
}

// labelWidth is the room that endLabels need.
func labelWidth(labels []endLabel) vg.Length {
	w := vg.Length(0)
	st := letters(letter, ink, text.XLeft, text.YCenter)
	for _, l := range labels {
		w = max(w, st.Width(l.text))
	}
	return w + 6
}
