// Package gstate is the graphics state of canvases whose pages have their origin at the
// upper left, with y down: what Push saves and Pop restores.
package gstate

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// State is how things are drawn at the moment. Lengths are in points.
type State struct {
	Affine
	LineWidth float64
	Dashes    []float64
	Offset    float64 // of the dashes
	Color     color.Color
}

// Stack is the states of a canvas. Embedded, it implements the methods of vg.Canvas that
// change them.
type Stack struct{ states []State }

// New returns the stack of a canvas as high as h whose top left corner lies at (x, y).
func New(x, y float64, h vg.Length) Stack {
	// vg has its origin at the lower left, with y up.
	return Stack{[]State{{Affine: Affine{1, 0, 0, -1, x, y + h.Points()}}}}
}

// State returns the current one.
func (s *Stack) State() *State { return &s.states[len(s.states)-1] }

// Push implements vg.Canvas.
func (s *Stack) Push() { s.states = append(s.states, *s.State()) }

// Pop implements vg.Canvas.
func (s *Stack) Pop() { s.states = s.states[:len(s.states)-1] }

// SetLineWidth implements vg.Canvas.
func (s *Stack) SetLineWidth(w vg.Length) { s.State().LineWidth = w.Points() }

// SetLineDash implements vg.Canvas.
func (s *Stack) SetLineDash(dashes []vg.Length, offset vg.Length) {
	now := s.State()
	now.Dashes = make([]float64, len(dashes))
	for i, d := range dashes {
		now.Dashes[i] = d.Points()
	}
	now.Offset = offset.Points()
}

// SetColor implements vg.Canvas.
func (s *Stack) SetColor(c color.Color) {
	if c == nil {
		c = color.Black
	}
	s.State().Color = c
}

// Rotate implements vg.Canvas.
func (s *Stack) Rotate(radians float64) {
	sin, cos := math.Sincos(radians)
	s.transform(Affine{cos, sin, -sin, cos, 0, 0})
}

// Translate implements vg.Canvas.
func (s *Stack) Translate(p vg.Point) { s.transform(Affine{1, 0, 0, 1, p.X.Points(), p.Y.Points()}) }

// Scale implements vg.Canvas.
func (s *Stack) Scale(x, y float64) { s.transform(Affine{x, 0, 0, y, 0, 0}) }

func (s *Stack) transform(n Affine) { s.State().Affine = s.State().Affine.after(n) }

// Affine maps x to a·x + c·y + e and y to b·x + d·y + f.
type Affine struct{ a, b, c, d, e, f float64 }

// after returns the mapping that applies n first, then m.
func (m Affine) after(n Affine) Affine {
	return Affine{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// Apply maps a point.
func (m Affine) Apply(p vg.Point) (x, y float64) {
	return m.a*p.X.Points() + m.c*p.Y.Points() + m.e, m.b*p.X.Points() + m.d*p.Y.Points() + m.f
}

// Scaling is the length that a unit length has after the mapping.
func (m Affine) Scaling() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// Degrees is the mapping's rotation, clockwise on the page.
func (m Affine) Degrees() float64 { return math.Atan2(m.b, m.a) * 180 / math.Pi }

// Mirrors reports whether what turns one way turns the other after the mapping.
func (m Affine) Mirrors() bool { return m.a*m.d-m.b*m.c < 0 }
