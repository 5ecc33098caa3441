package figure

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// style is how a testbed is drawn: by colour, by dashes and by the shape of its marks,
// so that any one of them is enough to tell it.
type style struct {
	hue
	dashes []vg.Length
	mark   draw.GlyphDrawer
}

// hue is a colour in lines and areas, and in letters, which must stand out more.
type hue struct{ color, words color.NRGBA }

// palette is Okabe and Ito's (Color Universal Design, 2008), told apart by the colour
// blind, ordered so that neighbours differ in lightness too.
var palette = []hue{
	{color.NRGBA{0x30, 0x30, 0x30, 0xff}, color.NRGBA{0x30, 0x30, 0x30, 0xff}}, // the baseline
	{color.NRGBA{0x00, 0x72, 0xb2, 0xff}, color.NRGBA{0x00, 0x67, 0xa3, 0xff}},
	{color.NRGBA{0xd5, 0x5e, 0x00, 0xff}, color.NRGBA{0xb0, 0x4a, 0x00, 0xff}},
	{color.NRGBA{0x00, 0x9e, 0x73, 0xff}, color.NRGBA{0x00, 0x75, 0x5a, 0xff}},
	{color.NRGBA{0xcc, 0x79, 0xa7, 0xff}, color.NRGBA{0xa2, 0x41, 0x7b, 0xff}},
	{color.NRGBA{0x56, 0xb4, 0xe9, 0xff}, color.NRGBA{0x1f, 0x72, 0xa6, 0xff}},
	{color.NRGBA{0xe6, 0x9f, 0x00, 0xff}, color.NRGBA{0x8a, 0x5f, 0x00, 0xff}},
}

var dashes = [][]vg.Length{nil, {5, 1.6}, {1.6, 1.3}, {6, 1.5, 1.5, 1.5}, {3, 1.2}, {8, 2}, {1, 2}}

// styleOf is that of the i-th testbed. Beyond the palette colours come again, with other
// dashes and, until there is none left, a mark of its own.
func styleOf(i int) style {
	return style{hue: palette[i%len(palette)], dashes: dashes[(i+i/len(palette))%len(dashes)], mark: marks[i%len(marks)]}
}

func (s style) line(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: s.color, Width: width, Dashes: s.dashes}
}

func (s style) glyph(radius vg.Length) draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.color, Radius: radius, Shape: s.mark}
}

// faint is the testbed's colour where a lot of it is drawn.
func (s style) faint() color.NRGBA {
	c := s.color
	c.A = 0x60
	return c
}

// faintest is the testbed's colour where areas of it lie over each other.
func (s style) faintest() color.NRGBA {
	c := s.color
	c.A = 0x30
	return c
}

var (
	ink       = color.NRGBA{0x20, 0x20, 0x20, 0xff}
	gray      = color.NRGBA{0x70, 0x70, 0x70, 0xff}
	lightGray = color.NRGBA{0xd8, 0xd8, 0xd8, 0xff}
	white     = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// Sizes of a figure's parts.
const (
	letter         vg.Length = 7 // of labels
	tickLetter     vg.Length = 6.5
	smallestLetter vg.Length = 5
	thinLine       vg.Length = 0.4
	axisLine       vg.Length = 0.5
	dataLine       vg.Length = 1.1
	markRadius     vg.Length = 2.2
	runRadius      vg.Length = 1.5 // of a single run's dot
)

// letters is how text of that size is set.
func letters(size vg.Length, col color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{
		Color: col, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler,
	}
}

func bold(s text.Style) text.Style {
	s.Font.Weight = xfont.WeightBold
	return s
}

// newPlot returns an empty plot in the shared style.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Width = ink, axisLine
		a.Padding = 3
		a.Label.TextStyle = letters(letter, ink, text.XCenter, text.YBottom)
		a.Label.Padding = 1.5
		a.Tick.Label = letters(tickLetter, ink, text.XCenter, text.YCenter)
		a.Tick.Color, a.Tick.Width, a.Tick.Length = ink, thinLine, 2.5
	}
	p.X.Tick.Label.YAlign = text.YTop
	p.Y.Tick.Label.XAlign = text.XRight
	p.Y.Label.TextStyle.YAlign = text.YBottom
	return p
}
