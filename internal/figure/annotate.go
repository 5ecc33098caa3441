package figure

import (
	"cmp"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// An Annotator is a canvas that wants to know what is drawn on it, such as that of the
// web page, whose readers point at things. Other canvases are told nothing.
type Annotator interface {
	// Begin opens a part of the drawing. End closes the one that was opened last.
	Begin(Part)
	End()
	// Mark says what a place of the drawing stands for.
	Mark(Mark)
	// Points draws round dots of that diameter.
	Points(at []vg.Point, diameter vg.Length, c color.Color)
}

// A Part is what a stretch of a drawing is.
type Part interface{ part() }

// Of is what shows that testbed, and would be left out without it.
type Of string

// Layer is a part of a panel that has a place on its x axis.
type Layer int

// Layers of a panel.
const (
	Data      Layer = iota // what can be stretched along x
	Ticks                  // the marks of the x axis
	UserTicks              // those of the number of users, above
)

// Pin is what stands at one x, in the drawing's points, and moves with it unstretched.
type Pin vg.Length

// Panel is a rectangle with curves over a common x.
type Panel struct {
	Data      vg.Rectangle   // within the axes
	Low, High float64        // of x, where Zoom is
	Unit      string         // symbol of x
	Zoom      bool           // x is linear, and worth a closer look
	Ramp      *result.Ramp   // where x is the time of a ramp
	Curves    func() []Curve // what can be asked at any x
}

// Curve is what a reader can ask a panel for at any x.
type Curve struct {
	Testbed string
	Name    string      // of its values: "Request time"
	At      []vg.Length // x on the canvas, ascending
	X       []string    // what x is called there, without the unit
	Y       []string    // the values, with their unit
}

// Reach is how far from a point its value may be told: half the way to the next, as most
// of them lie, and a hair.
func (k Curve) Reach() vg.Length {
	if len(k.At) < 2 {
		return 1
	}
	gaps := make([]vg.Length, len(k.At)-1)
	for i := range gaps {
		gaps[i] = k.At[i+1] - k.At[i]
	}
	slices.Sort(gaps)
	return max(1, 0.55*gaps[len(gaps)/2])
}

func (Of) part()     {}
func (Layer) part()  {}
func (Pin) part()    {}
func (*Panel) part() {}

// Mark is a place of a drawing that stands for a value: the value's place in a table
// too, since the marks of a drawing together are its data.
type Mark struct {
	Area               vg.Rectangle
	Testbed            string // that it is of, or ""
	Table, Row, Column string // Table is "" where one is enough
	Value              string // with its unit
}

// Words say what the mark says.
func (m Mark) Words() string {
	return joined(joined(m.Row, ", ", m.Column), ": ", m.Value)
}

// around is the place of a glyph.
func around(p vg.Point, r vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: p.X - r, Y: p.Y - r}, Max: vg.Point{X: p.X + r, Y: p.Y + r}}
}

// annotatorOf returns the annotator that a canvas is, under whatever is wrapped around it.
func annotatorOf(c vg.Canvas) (Annotator, bool) {
	for {
		switch wrapped := c.(type) {
		case Annotator:
			return wrapped, true
		case draw.Canvas:
			c = wrapped.Canvas
		case *draw.Canvas:
			c = wrapped.Canvas
		default:
			return nil, false
		}
	}
}

// annotate returns the canvas's annotator, or one that listens to nothing.
func annotate(c draw.Canvas) Annotator {
	if a, ok := annotatorOf(c); ok {
		return a
	}
	return silent{}
}

type silent struct{}

func (silent) Begin(Part)                                {}
func (silent) End()                                      {}
func (silent) Mark(Mark)                                 {}
func (silent) Points([]vg.Point, vg.Length, color.Color) {}

// within draws a part. It may be asked for the zero Of, which is no part of its own.
func within(c draw.Canvas, p Part, drawIt func()) {
	if p == Of("") {
		drawIt()
		return
	}
	a := annotate(c)
	a.Begin(p)
	defer a.End()
	drawIt()
}

// drawPanel draws the plot. For an annotator the marks of the x axis are a layer of
// their own.
func drawPanel(p *plot.Plot, c draw.Canvas, data vg.Rectangle) {
	if _, ok := annotatorOf(c); !ok {
		p.Draw(placed(p, c, data))
		return
	}
	bare, axis := *p, newPlot()
	axis.X, axis.Y = p.X, p.Y
	axis.HideY()
	bare.X.Tick.Marker, bare.X.Width = plot.ConstantTicks(nil), 0
	within(c, Ticks, func() { axis.Draw(placed(axis, c, data)) })
	bare.Draw(placed(&bare, c, data))
}

// timePanel describes a plot over the time of the run.
func (d *drawer) timePanel(p *plot.Plot, data vg.Rectangle, curves func() []Curve) *Panel {
	pn := &Panel{Data: data, Low: p.X.Min, High: p.X.Max, Unit: "s", Zoom: true, Curves: curves}
	if ramp, ok := d.Set.Ramp(); ok {
		pn.Ramp = &ramp
	}
	return pn
}

// mostAsked is how many values of a curve can be asked for: more than pixels to ask at.
const mostAsked = 1000

// curve describes a series that the plot shows, its values in that unit, within those data.
func (s series) curve(testbed, name, symbol string, p *plot.Plot, data vg.Rectangle) Curve {
	k := Curve{Testbed: testbed, Name: name}
	width := data.Max.X - data.Min.X
	step := max(1, (len(s.x)+mostAsked-1)/mostAsked)
	for i := 0; i < len(s.x); i += step {
		k.At = append(k.At, data.Min.X+width*vg.Length(p.X.Norm(s.x[i])))
		k.X = append(k.X, quantity.Number(s.x[i]))
		k.Y = append(k.Y, joined(quantity.Number(s.y[i]), "\u00a0", symbol))
	}
	return k
}

// Shade is a colour of a scale, Share of the way along it. Canvases that have no scale
// of their own paint the colour.
type Shade struct {
	color.NRGBA
	Share float64
}

// ColorName names the colours that mean something, so that another ground can have
// others in their place: t0 for the first testbed, ink, gray and so on. Of other
// colours it returns "".
func ColorName(c color.NRGBA) string {
	c.A = 0xff
	return colorNames[c]
}

// Color is a colour that has a name, and may be another in letters.
type Color struct {
	Name string
	color.NRGBA
	Words color.NRGBA
}

// Colors are the colours that have a name.
func Colors() []Color {
	var all []Color
	for _, c := range []struct {
		name string
		color.NRGBA
	}{
		{"ink", ink}, {"gray", gray}, {"light-gray", lightGray}, {"ground", white},
		{"hardware", hardware.shade.(color.NRGBA)}, {"own-kernel", ownKernel}, {"shared-kernel", shared}, {"hypervisor", hyper}, {"program", userSpace},
	} {
		all = append(all, Color{c.name, c.NRGBA, c.NRGBA})
	}
	for i, h := range palette {
		all = append(all, Color{TestbedColor(i), h.color, h.words})
	}
	return all
}

// TestbedColor is the name of the colour of the i-th testbed.
func TestbedColor(i int) string { return "t" + quantity.Digits(float64(i%len(palette)), 0) }

var colorNames = func() map[color.NRGBA]string {
	names := map[color.NRGBA]string{{A: 0xff}: "ink"} // plain black is gonum's
	for _, c := range Colors() {
		for _, one := range []color.NRGBA{c.NRGBA, c.Words} {
			names[one] = cmp.Or(names[one], c.Name)
		}
	}
	return names
}()

// Swatch shows how the i-th testbed is drawn: a stretch of its line with its mark.
func Swatch(i int) *Figure {
	const width, height = 16, 8
	return &Figure{ID: "swatch", Width: width, Height: height, Draw: func(c draw.Canvas) {
		st := styleOf(i)
		c.StrokeLine2(st.line(dataLine), 0, height/2, width, height/2)
		c.DrawGlyph(st.glyph(markRadius*1.2), vg.Point{X: width / 2, Y: height / 2})
	}}
}
