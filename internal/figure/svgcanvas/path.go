package svgcanvas

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure/gstate"
)

func drawCanvas(c *Canvas) draw.Canvas { return draw.New(c) }

// hundredths of a unit are what coordinates are rounded to.
type hundredths int

// String writes it as short as can be: "-.5".
func (n hundredths) String() string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	whole, fraction := strconv.Itoa(int(n/100)), strconv.Itoa(int(n%100 + 100))[1:]
	fraction = strings.TrimRight(fraction, "0")
	switch {
	case fraction == "":
		if whole == "0" {
			return "0"
		}
		return sign + whole
	case whole == "0":
		whole = ""
	}
	return sign + whole + "." + fraction
}

// writer writes path data with relative coordinates, none of which drifts: each is the
// difference of rounded ones.
type writer struct {
	strings.Builder
	x, y           hundredths // now
	startX, startY hundredths // of the subpath
	last           byte       // command
}

// put writes a command with its numbers, leaving out a letter that is understood.
func (w *writer) put(command byte, numbers ...hundredths) {
	understood := command == w.last && command != 'm' && command != 'z' || command == 'l' && w.last == 'm'
	if !understood {
		w.WriteByte(command)
	}
	for i, n := range numbers {
		if n >= 0 && (i > 0 || understood) {
			w.WriteByte(' ')
		}
		w.WriteString(n.String())
	}
	w.last = command
}

func (w *writer) move(x, y hundredths) {
	if w.Len() == 0 {
		w.put('M', x, y)
	} else {
		w.put('m', x-w.x, y-w.y)
	}
	w.x, w.y, w.startX, w.startY = x, y, x, y
}

func (w *writer) line(x, y hundredths) {
	switch dx, dy := x-w.x, y-w.y; {
	case dy == 0:
		w.put('h', dx)
	case dx == 0:
		w.put('v', dy)
	default:
		w.put('l', dx, dy)
	}
	w.x, w.y = x, y
}

func (w *writer) close() {
	w.put('z')
	w.x, w.y = w.startX, w.startY
}

// mapping is from a figure's coordinates to the drawing's.
type mapping struct{ gstate.Affine }

func (m mapping) round(p vg.Point) (x, y hundredths) {
	fx, fy := m.Apply(p)
	return hundredths(math.Round(fx * 100)), hundredths(math.Round(fy * 100))
}

// angle is the rotation in degrees, clockwise as SVG counts them.
func (m mapping) angle() float64 { return math.Round(m.Degrees()*100) / 100 }

// path writes a path's data.
func (m mapping) path(p vg.Path) string {
	var w writer
	for i, k := range p {
		x, y := m.round(k.Pos)
		switch k.Type {
		case vg.MoveComp:
			if i+1 < len(p) && p[i+1].Type == vg.ArcComp {
				continue // the arc says where it begins
			}
			w.move(x, y)
		case vg.LineComp:
			w.line(x, y)
		case vg.ArcComp:
			m.arc(&w, k, i == 0 || p[i-1].Type == vg.MoveComp)
		case vg.CurveComp:
			numbers := make([]hundredths, 0, 6)
			for _, c := range append(k.Control, k.Pos) {
				cx, cy := m.round(c)
				numbers = append(numbers, cx-w.x, cy-w.y)
			}
			w.put(map[int]byte{4: 'q', 6: 'c'}[len(numbers)], numbers...)
			w.x, w.y = x, y
		case vg.CloseComp:
			w.close()
		}
	}
	return w.String()
}

// arc writes a circular arc in parts of at most half a turn.
func (m mapping) arc(w *writer, k vg.PathComp, moves bool) {
	at := func(t float64) (x, y hundredths) {
		return m.round(vg.Point{X: k.Pos.X + k.Radius*vg.Length(math.Cos(t)), Y: k.Pos.Y + k.Radius*vg.Length(math.Sin(t))})
	}
	if x, y := at(k.Start); moves {
		w.move(x, y)
	} else if x != w.x || y != w.y {
		w.line(x, y)
	}
	n := max(1, int(math.Ceil(math.Abs(k.Angle)/math.Pi-1e-9)))
	radius := hundredths(math.Round(k.Radius.Points() * m.Scaling() * 100))
	sweep := hundredths(0)
	if (k.Angle > 0) != m.Mirrors() {
		sweep = 100
	}
	for i := range n {
		x, y := at(k.Start + k.Angle*float64(i+1)/float64(n))
		w.put('a', radius, radius, 0, 0, sweep, x-w.x, y-w.y)
		w.x, w.y = x, y
	}
}
