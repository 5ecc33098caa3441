// Package svgcanvas draws figures as SVG within a web page. Text stays text, colours that
// mean something are classes for the page's style to fill in, and what a figure tells of
// itself (figure.Annotator) becomes groups, titles and data for the page's script.
package svgcanvas

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/gstate"
)

// Classes of what is drawn:
//
//	s f          a path that is stroked, or filled; text has neither
//	ink t0 ...   its colour, as figure.ColorName has it; h0 to h31 of a figure.Shade
//	v            strokes that keep their width when stretched
//	m            a mark, with its words as title
//	panel        data-area="x y width height"; where it can be zoomed, data-x="low high",
//	             data-unit and data-ramp="users then users over seconds"
//	data x u     layers of a panel; pin stands at data-at
//	curve        data-name, and at each of data-at a value in data-y, of x in data-x, to be
//	             told as far away as data-reach
//
// What belongs to a testbed alone is a group with its place as data-t.

// ShadeSteps is how many steps a scale of figure.Shade has.
const ShadeSteps = 32

// onScreen is how many pixels a point is about, for strokes that are not scaled with
// the drawing.
const onScreen = 2

// Options are what a drawing does not say itself.
type Options struct {
	ID      string                        // begins the ids within
	Testbed func(name string) (int, bool) // a testbed's place
}

// Canvas implements vg.CanvasSizer and figure.Annotator.
type Canvas struct {
	Marks  []figure.Mark // what was marked, in order
	Panels []*figure.Panel

	gstate.Stack
	w, h    vg.Length
	options Options
	out     bytes.Buffer
	parts   []part // that are open
	panel   *figure.Panel
	clips   int
	layer   int // how many layers of data are open
}

// New returns an empty canvas.
func New(w, h vg.Length, o Options) *Canvas {
	c := &Canvas{Stack: gstate.New(0, 0, h), w: w, h: h, options: o}
	vg.Initialize(c)
	return c
}

// Draw draws a figure.
func Draw(f *figure.Figure, o Options) *Canvas {
	c := New(f.Width, f.Height, o)
	f.Draw(drawCanvas(c))
	return c
}

// Markup is what was drawn, without the svg element around it.
func (c *Canvas) Markup() string { return c.out.String() }

// ViewBox is the attribute of that element.
func (c *Canvas) ViewBox() string {
	return "0 0 " + number(c.w.Points()) + " " + number(c.h.Points())
}

func (c *Canvas) mapping() mapping { return mapping{c.State().Affine} }

// Size implements vg.CanvasSizer.
func (c *Canvas) Size() (w, h vg.Length) { return c.w, c.h }

// Stroke implements vg.Canvas.
func (c *Canvas) Stroke(p vg.Path) {
	s := c.State()
	if s.LineWidth <= 0 || len(p) == 0 {
		return
	}
	c.path("s", c.strokes(s.LineWidth*s.Scaling(), s.Dashes), c.mapping().path(p))
}

// strokes are the attributes of a stroke's width and dashes.
func (c *Canvas) strokes(width float64, dashes []float64) string {
	scale := 1.0
	if c.layer > 0 {
		scale = onScreen
	}
	a := attribute("stroke-width", number(width*scale))
	if len(dashes) > 0 {
		var all []string
		for _, d := range dashes {
			all = append(all, number(d*scale))
		}
		a += attribute("stroke-dasharray", strings.Join(all, " "))
	}
	return a
}

// Fill implements vg.Canvas.
func (c *Canvas) Fill(p vg.Path) {
	if len(p) == 0 {
		return
	}
	c.path("f", "", c.mapping().path(p))
}

// path writes a path; kind is s or f.
func (c *Canvas) path(kind, attributes, d string) {
	name, literal, opacity := describe(c.State().Color)
	property := map[string]string{"s": "stroke", "f": "fill"}[kind]
	classes := []string{kind}
	if name != "" {
		classes = append(classes, name)
	} else {
		classes[0] = "" // the class would have a say in the colour
		attributes += attribute(property, literal)
		if kind == "s" {
			attributes += attribute("fill", "none")
		}
	}
	if kind == "s" && c.layer > 0 {
		classes = append(classes, "v")
	}
	if opacity < 1 {
		attributes += attribute(property+"-opacity", number(opacity))
	}
	class := strings.TrimSpace(strings.Join(classes, " "))
	if class != "" {
		class = attribute("class", class)
	}
	c.out.WriteString("<path" + class + attributes + attribute("d", d) + "/>\n")
}

// FillString implements vg.Canvas.
func (c *Canvas) FillString(f font.Face, p vg.Point, text string) {
	if f.Font.Size == 0 || strings.TrimSpace(text) == "" {
		return
	}
	m := c.mapping()
	x, y := m.Apply(p)
	name, literal, opacity := describe(c.State().Color)
	a := attribute("x", number(x)) + attribute("y", number(y)) + attribute("font-size", number(f.Font.Size.Points()*m.Scaling()))
	if name != "" {
		a = attribute("class", name) + a
	} else {
		a += attribute("fill", literal)
	}
	if opacity < 1 {
		a += attribute("fill-opacity", number(opacity))
	}
	if f.Font.Weight >= xfont.WeightBold {
		a += attribute("font-weight", "700")
	}
	if f.Font.Style == xfont.StyleItalic {
		a += attribute("font-style", "italic")
	}
	if angle := m.angle(); angle != 0 {
		a += attribute("transform", fmt.Sprintf("rotate(%s %s %s)", number(angle), number(x), number(y)))
	}
	if len(text) > 1 { // in another font it must not be longer
		a += attribute("textLength", number(f.Width(text).Points()*m.Scaling())) + attribute("lengthAdjust", "spacingAndGlyphs")
	}
	c.out.WriteString("<text" + a + ">" + Escape(text) + "</text>\n")
}

// DrawImage implements vg.Canvas.
func (c *Canvas) DrawImage(r vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return // not reached: writing to memory does not fail, and figures have no images of no size
	}
	c.out.WriteString("<image" + c.area(r) + attribute("preserveAspectRatio", "none") +
		attribute("href", "data:image/png;base64,"+base64.StdEncoding.EncodeToString(b.Bytes())) + "/>\n")
}

// area are the attributes of an upright rectangle.
func (c *Canvas) area(r vg.Rectangle) string {
	x, y, w, h := c.box(r)
	return attribute("x", x) + attribute("y", y) + attribute("width", w) + attribute("height", h)
}

func (c *Canvas) box(r vg.Rectangle) (x, y, w, h string) {
	x0, y0 := c.State().Apply(r.Min)
	x1, y1 := c.State().Apply(r.Max)
	return number(min(x0, x1)), number(min(y0, y1)), number(math.Abs(x1 - x0)), number(math.Abs(y1 - y0))
}

// describe returns a colour's class, or as CSS has it where it has none, and its opacity.
func describe(c color.Color) (class, literal string, opacity float64) {
	if s, ok := c.(figure.Shade); ok {
		return "h" + strconv.Itoa(min(int(s.Share*ShadeSteps), ShadeSteps-1)), "", 1
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return figure.ColorName(n), fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B), float64(n.A) / 0xff
}

func attribute(name, value string) string { return " " + name + `="` + value + `"` }

// number writes a coordinate to two decimals.
func number(v float64) string { return hundredths(math.Round(v * 100)).String() }

// Escape returns text for an XML document, within an element or a quoted attribute.
// Characters that XML has no place for, or that would turn round the text around them,
// are replaced.
func Escape(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\u061c':
			return '\ufffd'
		case r >= 0x7f && r <= 0x9f: // control characters that XML lets pass
			return '\ufffd'
		}
		return r
	}, text)
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // writing to memory does not fail
	}
	return b.String()
}
