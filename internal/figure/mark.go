package figure

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// marks are one a testbed, told apart by their shape alone.
var marks = []draw.GlyphDrawer{
	shape{}, square, up, diamond, hollow(shape{}), hollow(square), hollow(up), hollow(diamond),
	down, cross, hollow(down), cross.turned(math.Pi / 4), right, left, hollow(right), hollow(left),
}

// shape is a mark: a polygon around the middle, or without corners a circle.
type shape struct {
	corners []vg.Point // where the radius is 1
	hollow  bool       // an outline on the ground's colour
}

var (
	square  = polygon(4, 1.2, math.Pi/4)
	diamond = polygon(4, 1.25, 0)
	up      = polygon(3, 1.25, math.Pi/2)
	left    = polygon(3, 1.25, math.Pi)
	down    = polygon(3, 1.25, -math.Pi/2)
	right   = polygon(3, 1.25, 0)
	cross   = func() shape {
		const long, thick = 1.25, 0.36
		return shape{corners: []vg.Point{
			{X: long, Y: -thick}, {X: long, Y: thick}, {X: thick, Y: thick}, {X: thick, Y: long}, {X: -thick, Y: long}, {X: -thick, Y: thick},
			{X: -long, Y: thick}, {X: -long, Y: -thick}, {X: -thick, Y: -thick}, {X: -thick, Y: -long}, {X: thick, Y: -long}, {X: thick, Y: -thick},
		}}
	}()
)

// polygon is regular, with n corners so far from its middle, the first at that angle.
func polygon(n int, far, angle float64) shape {
	var s shape
	for i := range n {
		sin, cos := math.Sincos(angle + 2*math.Pi*float64(i)/float64(n))
		s.corners = append(s.corners, vg.Point{X: vg.Length(far * cos), Y: vg.Length(far * sin)})
	}
	return s
}

func hollow(s shape) shape {
	s.hollow = true
	return s
}

func (s shape) turned(angle float64) shape {
	sin, cos := math.Sincos(angle)
	out := shape{hollow: s.hollow}
	for _, p := range s.corners {
		out.corners = append(out.corners, vg.Point{X: p.X*vg.Length(cos) - p.Y*vg.Length(sin), Y: p.X*vg.Length(sin) + p.Y*vg.Length(cos)})
	}
	return out
}

// outline is the shape around p.
func (s shape) outline(p vg.Point, radius vg.Length) vg.Path {
	var path vg.Path
	if s.corners == nil {
		path.Move(vg.Point{X: p.X + radius, Y: p.Y})
		path.Arc(p, radius, 0, 2*math.Pi)
	}
	for i, c := range s.corners {
		at := p.Add(c.Scale(radius))
		if i == 0 {
			path.Move(at)
		} else {
			path.Line(at)
		}
	}
	path.Close()
	return path
}

// DrawGlyph implements draw.GlyphDrawer.
func (s shape) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, p vg.Point) {
	if !s.hollow {
		c.SetColor(sty.Color)
		c.Fill(s.outline(p, sty.Radius))
		return
	}
	const line = 0.7
	c.SetColor(white)
	c.Fill(s.outline(p, sty.Radius))
	c.SetLineStyle(draw.LineStyle{Color: sty.Color, Width: line})
	c.Stroke(s.outline(p, sty.Radius-line/3))
}
