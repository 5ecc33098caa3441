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

	w, h    vg.Length
	options Options
	out     bytes.Buffer
	states  []state
	parts   []part // that are open
	panel   *figure.Panel
	clips   int
	layer   int // how many layers of data are open
}

// state is what Push saves and Pop restores.
type state struct {
	m         affine
	lineWidth float64
	dashes    []float64
	offset    float64
	color     color.Color
}

// New returns an empty canvas.
func New(w, h vg.Length, o Options) *Canvas {
	// vg has its origin at the lower left with y up, SVG at the upper left with y down.
	c := &Canvas{w: w, h: h, options: o, states: []state{{m: affine{1, 0, 0, -1, 0, h.Points()}}}}
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

func (c *Canvas) top() *state { return &c.states[len(c.states)-1] }

// Size implements vg.CanvasSizer.
func (c *Canvas) Size() (w, h vg.Length) { return c.w, c.h }

// SetLineWidth implements vg.Canvas.
func (c *Canvas) SetLineWidth(w vg.Length) { c.top().lineWidth = w.Points() }

// SetLineDash implements vg.Canvas.
func (c *Canvas) SetLineDash(dashes []vg.Length, offset vg.Length) {
	s := c.top()
	s.dashes = make([]float64, len(dashes))
	for i, d := range dashes {
		s.dashes[i] = d.Points()
	}
	s.offset = offset.Points()
}

// SetColor implements vg.Canvas.
func (c *Canvas) SetColor(col color.Color) {
	if col == nil {
		col = color.Black
	}
	c.top().color = col
}

// Rotate implements vg.Canvas.
func (c *Canvas) Rotate(radians float64) {
	sin, cos := math.Sincos(radians)
	c.transform(affine{cos, sin, -sin, cos, 0, 0})
}

// Translate implements vg.Canvas.
func (c *Canvas) Translate(p vg.Point) {
	c.transform(affine{1, 0, 0, 1, p.X.Points(), p.Y.Points()})
}

// Scale implements vg.Canvas.
func (c *Canvas) Scale(x, y float64) { c.transform(affine{x, 0, 0, y, 0, 0}) }

func (c *Canvas) transform(n affine) { c.top().m = c.top().m.after(n) }

// Push implements vg.Canvas.
func (c *Canvas) Push() { c.states = append(c.states, *c.top()) }

// Pop implements vg.Canvas.
func (c *Canvas) Pop() { c.states = c.states[:len(c.states)-1] }

// Stroke implements vg.Canvas.
func (c *Canvas) Stroke(p vg.Path) {
	s := c.top()
	if s.lineWidth <= 0 || len(p) == 0 {
		return
	}
	c.path("s", c.strokes(s.lineWidth*s.m.scale(), s.dashes), s.m.path(p))
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
	c.path("f", "", c.top().m.path(p))
}

// path writes a path; kind is s or f.
func (c *Canvas) path(kind, attributes, d string) {
	name, literal, opacity := describe(c.top().color)
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
	m := c.top().m
	x, y := m.apply(p)
	name, literal, opacity := describe(c.top().color)
	a := attribute("x", number(x)) + attribute("y", number(y)) + attribute("font-size", number(f.Font.Size.Points()*m.scale()))
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
		a += attribute("textLength", number(f.Width(text).Points()*m.scale())) + attribute("lengthAdjust", "spacingAndGlyphs")
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
	x0, y0 := c.top().m.apply(r.Min)
	x1, y1 := c.top().m.apply(r.Max)
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
