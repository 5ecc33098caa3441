// Package pdfcanvas draws gonum/plot figures straight onto a gofpdf page: as
// vectors, with text that can be selected.
package pdfcanvas

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"math"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"virtcmp/internal/figure/gstate"
)

// Canvas implements vg.CanvasSizer on a rectangle of the current page. Its document
// must use points as its unit.
type Canvas struct {
	gstate.Stack
	pdf   *gofpdf.Fpdf
	fonts *Fonts
	w, h  vg.Length
}

// New returns a canvas of w×h whose top left corner lies at (x, y), in points from
// the top left of the current page.
func New(pdf *gofpdf.Fpdf, fonts *Fonts, x, y float64, w, h vg.Length) *Canvas {
	c := &Canvas{Stack: gstate.New(x, y, h), pdf: pdf, fonts: fonts, w: w, h: h}
	vg.Initialize(c)
	return c
}

// Size implements vg.CanvasSizer.
func (c *Canvas) Size() (w, h vg.Length) { return c.w, c.h }

// Stroke implements vg.Canvas.
func (c *Canvas) Stroke(p vg.Path) {
	s := c.State()
	if s.LineWidth <= 0 || len(p) == 0 {
		return
	}
	defer c.paint()()
	c.pdf.SetLineWidth(s.LineWidth * s.Scaling())
	c.pdf.SetDashPattern(s.Dashes, s.Offset)
	c.path(p)
	c.pdf.DrawPath("D")
	if len(s.Dashes) > 0 {
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
	m := c.State().Affine
	c.pdf.SetFont(c.fonts.Face(f), "", f.Font.Size.Points()*m.Scaling())
	defer c.paint()()
	x, y := m.Apply(p)
	if angle := -m.Degrees(); angle != 0 {
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
	m := c.State().Affine
	x0, y0 := m.Apply(r.Min)
	x1, y1 := m.Apply(r.Max)
	c.pdf.ImageOptions(name, min(x0, x1), min(y0, y1), math.Abs(x1-x0), math.Abs(y1-y0), false, options, 0, "")
}

// paint sets the document's colours to the canvas's and returns what ends that.
func (c *Canvas) paint() (done func()) {
	r, g, b, a := c.State().Color.RGBA()
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
	m := c.State().Affine
	for i, k := range p {
		x, y := m.Apply(k.Pos)
		switch k.Type {
		case vg.MoveComp:
			c.pdf.MoveTo(x, y)
		case vg.LineComp:
			c.pdf.LineTo(x, y)
		case vg.ArcComp:
			c.arc(k, i == 0)
		case vg.CurveComp:
			x0, y0 := m.Apply(k.Control[0])
			if len(k.Control) == 1 {
				c.pdf.CurveTo(x0, y0, x, y)
				continue
			}
			x1, y1 := m.Apply(k.Control[1])
			c.pdf.CurveBezierCubicTo(x0, y0, x1, y1, x, y)
		case vg.CloseComp:
			c.pdf.ClosePath()
		}
	}
}

// arc draws a circular arc as cubic Béziers of at most a quarter turn each. It
// begins with a line to its start, or where it is a path's first part, there.
func (c *Canvas) arc(k vg.PathComp, first bool) {
	m := c.State().Affine
	at := func(t float64) vg.Point {
		return vg.Point{X: k.Pos.X + k.Radius*vg.Length(math.Cos(t)), Y: k.Pos.Y + k.Radius*vg.Length(math.Sin(t))}
	}
	x, y := m.Apply(at(k.Start))
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
		ax, ay := m.Apply(vg.Point{X: p0.X - reach*vg.Length(math.Sin(t0)), Y: p0.Y + reach*vg.Length(math.Cos(t0))})
		bx, by := m.Apply(vg.Point{X: p1.X + reach*vg.Length(math.Sin(t1)), Y: p1.Y - reach*vg.Length(math.Cos(t1))})
		x, y := m.Apply(p1)
		c.pdf.CurveBezierCubicTo(ax, ay, bx, by, x, y)
	}
}
