// Package pdfcanvas draws gonum/plot figures straight onto a gofpdf page: as
// vectors, with text that can be selected.
package pdfcanvas

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// Canvas implements vg.CanvasSizer on a rectangle of the current page. Its document
// must use points as its unit.
type Canvas struct {
	pdf    *gofpdf.Fpdf
	fonts  *Fonts
	w, h   vg.Length
	states []state
}

// state is what Push saves and Pop restores.
type state struct {
	m         affine
	lineWidth float64
	dashes    []float64
	offset    float64
	color     color.Color
}

// New returns a canvas of w×h whose top left corner lies at (x, y), in points from
// the top left of the current page.
func New(pdf *gofpdf.Fpdf, fonts *Fonts, x, y float64, w, h vg.Length) *Canvas {
	// vg has its origin at the lower left with y up, gofpdf at the upper left with y down.
	c := &Canvas{pdf: pdf, fonts: fonts, w: w, h: h, states: []state{{m: affine{1, 0, 0, -1, x, y + h.Points()}}}}
	vg.Initialize(c)
	return c
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
	defer c.paint()()
	c.pdf.SetLineWidth(s.lineWidth * s.m.scale())
	c.pdf.SetDashPattern(s.dashes, s.offset)
	c.path(p)
	c.pdf.DrawPath("D")
	if len(s.dashes) > 0 {
		c.pdf.SetDashPattern(nil, 0)
	}
}

// Fill implements vg.Canvas.
func (c *Canvas) Fill(p vg.Path) {
	if len(p) == 0 {
		return
	}
	defer c.paint()()
	c.path(p)
	c.pdf.DrawPath("F")
}

// FillString implements vg.Canvas.
func (c *Canvas) FillString(f font.Face, p vg.Point, text string) {
	if f.Font.Size == 0 || text == "" {
		return
	}
	m := c.top().m
	c.pdf.SetFont(c.fonts.Face(f), "", f.Font.Size.Points()*m.scale())
	defer c.paint()()
	x, y := m.apply(p)
	if angle := m.angle(); angle != 0 {
		c.pdf.TransformBegin()
		c.pdf.TransformRotate(angle, x, y)
		defer c.pdf.TransformEnd()
	}
	c.pdf.Text(x, y, Printable(text))
}

// DrawImage implements vg.Canvas.
func (c *Canvas) DrawImage(r vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		c.pdf.SetError(err)
		return
	}
	digest := sha256.Sum256(b.Bytes())
	name := hex.EncodeToString(digest[:])
	options := gofpdf.ImageOptions{ImageType: "png"}
	c.pdf.RegisterImageOptionsReader(name, options, &b)
	m := c.top().m
	x0, y0 := m.apply(r.Min)
	x1, y1 := m.apply(r.Max)
	c.pdf.ImageOptions(name, min(x0, x1), min(y0, y1), math.Abs(x1-x0), math.Abs(y1-y0), false, options, 0, "")
}

// paint sets the document's colours to the canvas's and returns what ends that.
func (c *Canvas) paint() (done func()) {
	r, g, b, a := c.top().color.RGBA()
	if a > 0 { // RGBA is alpha-premultiplied
		r, g, b = r*0xffff/a, g*0xffff/a, b*0xffff/a
	}
	red, green, blue := int(r>>8), int(g>>8), int(b>>8)
	c.pdf.SetDrawColor(red, green, blue)
	c.pdf.SetFillColor(red, green, blue)
	c.pdf.SetTextColor(red, green, blue)
	if a == 0xffff {
		return func() {}
	}
	c.pdf.SetAlpha(float64(a)/0xffff, "Normal")
	return func() { c.pdf.SetAlpha(1, "Normal") }
}

func (c *Canvas) path(p vg.Path) {
	m := c.top().m
	for i, k := range p {
		x, y := m.apply(k.Pos)
		switch k.Type {
		case vg.MoveComp:
			c.pdf.MoveTo(x, y)
		case vg.LineComp:
			c.pdf.LineTo(x, y)
		case vg.ArcComp:
			c.arc(k, i == 0)
		case vg.CurveComp:
			x0, y0 := m.apply(k.Control[0])
			if len(k.Control) == 1 {
				c.pdf.CurveTo(x0, y0, x, y)
				continue
			}
			x1, y1 := m.apply(k.Control[1])
			c.pdf.CurveBezierCubicTo(x0, y0, x1, y1, x, y)
		case vg.CloseComp:
			c.pdf.ClosePath()
		}
	}
}

// arc draws a circular arc as cubic Béziers of at most a quarter turn each. It
// begins with a line to its start, or where it is a path's first part, there.
func (c *Canvas) arc(k vg.PathComp, first bool) {
	m := c.top().m
	at := func(t float64) vg.Point {
		return vg.Point{X: k.Pos.X + k.Radius*vg.Length(math.Cos(t)), Y: k.Pos.Y + k.Radius*vg.Length(math.Sin(t))}
	}
	x, y := m.apply(at(k.Start))
	if first {
		c.pdf.MoveTo(x, y)
	} else {
		c.pdf.LineTo(x, y)
	}
	n := int(math.Ceil(math.Abs(k.Angle) / (math.Pi / 2)))
	if n == 0 {
		return
	}
	step := k.Angle / float64(n)
	reach := k.Radius * vg.Length(4.0/3.0*math.Tan(step/4))
	for i := range n {
		t0, t1 := k.Start+float64(i)*step, k.Start+float64(i+1)*step
		p0, p1 := at(t0), at(t1)
		ax, ay := m.apply(vg.Point{X: p0.X - reach*vg.Length(math.Sin(t0)), Y: p0.Y + reach*vg.Length(math.Cos(t0))})
		bx, by := m.apply(vg.Point{X: p1.X + reach*vg.Length(math.Sin(t1)), Y: p1.Y - reach*vg.Length(math.Cos(t1))})
		x, y := m.apply(p1)
		c.pdf.CurveBezierCubicTo(ax, ay, bx, by, x, y)
	}
}

// affine maps x to a·x + c·y + e and y to b·x + d·y + f.
type affine struct{ a, b, c, d, e, f float64 }

// after returns the mapping that applies n first, then m.
func (m affine) after(n affine) affine {
	return affine{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

func (m affine) apply(p vg.Point) (x, y float64) {
	return m.a*p.X.Points() + m.c*p.Y.Points() + m.e, m.b*p.X.Points() + m.d*p.Y.Points() + m.f
}

// scale is the length that a unit length has after the mapping.
func (m affine) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// angle is the mapping's rotation in degrees, counter-clockwise on the page.
func (m affine) angle() float64 { return -math.Atan2(m.b, m.a) * 180 / math.Pi }
