package figure

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
)

// series is points along x.
type series struct{ x, y []float64 }

// series returns a series of one run, in units of the scale factor, up to x = until: of
// all codes together where there is one of each too.
func (d *drawer) series(analysis, testbed, name string, run finding.Run, factor, until float64) series {
	var s series
	for _, f := range d.Set.Rows(analysis, testbed, name).Absolute().OfRun(run) {
		if f.X.Present() && f.Value.Present() && float64(f.X) <= until && f.Note.Get("code") == "" {
			s.x, s.y = append(s.x, float64(f.X)), append(s.y, float64(f.Value)/factor)
		}
	}
	return s
}

// anySeries reports whether any testbed has that series.
func (d *drawer) anySeries(analysis, name string) bool {
	return slices.ContainsFunc(d.Set.Testbeds(), func(t string) bool { return len(d.Set.Rows(analysis, t, name)) > 0 })
}

func (s *series) add(x, y float64) { s.x, s.y = append(s.x, x), append(s.y, y) }

func (s series) empty() bool { return len(s.x) == 0 }

// positive drops the points that a logarithmic axis cannot show.
func (s series) positive() series {
	var out series
	for i, y := range s.y {
		if y > 0 {
			out.x, out.y = append(out.x, s.x[i]), append(out.y, y)
		}
	}
	return out
}

// points maps the series onto a canvas.
func (s series) points(x, y func(float64) vg.Length) []vg.Point {
	ps := make([]vg.Point, len(s.x))
	for i := range s.x {
		ps[i] = vg.Point{X: x(s.x[i]), Y: y(s.y[i])}
	}
	return ps
}

// cloud draws every point as a small square, all in one path, or as the annotator has it.
func (s series) cloud(c draw.Canvas, col color.Color, x, y func(float64) vg.Length) {
	const r = 0.45
	if a, ok := annotatorOf(c); ok {
		a.Points(slices.DeleteFunc(s.points(x, y), func(p vg.Point) bool { return !c.Contains(p) }), 2*r, col)
		return
	}
	var path vg.Path
	for _, p := range s.points(x, y) {
		if !c.Contains(p) {
			continue
		}
		path.Move(vg.Point{X: p.X - r, Y: p.Y - r})
		path.Line(vg.Point{X: p.X + r, Y: p.Y - r})
		path.Line(vg.Point{X: p.X + r, Y: p.Y + r})
		path.Line(vg.Point{X: p.X - r, Y: p.Y + r})
		path.Close()
	}
	c.SetColor(col)
	c.Fill(path)
}

// line draws the series as a line, within the canvas.
func (s series) line(c draw.Canvas, st draw.LineStyle, x, y func(float64) vg.Length) {
	c.StrokeLines(st, c.ClipLinesXY(s.points(x, y))...)
}

// next returns the first point from x on, if there is one.
func (s series) next(x float64) (i int, ok bool) {
	i, _ = slices.BinarySearch(s.x, x)
	return i, i < len(s.x)
}

// over returns the series with its values in units of the scale factor.
func (s series) over(factor float64) series {
	out := series{x: s.x, y: make([]float64, len(s.y))}
	for i, y := range s.y {
		out.y[i] = y / factor
	}
	return out
}

// band is an interval along x.
type band struct{ x, low, high []float64 }

func (b *band) add(x, low, high float64) {
	b.x, b.low, b.high = append(b.x, x), append(b.low, low), append(b.high, high)
}

// fill fills the band.
func (b band) fill(c draw.Canvas, col color.Color, x, y func(float64) vg.Length) {
	if len(b.x) < 2 {
		return
	}
	around := series{b.x, b.low}.points(x, y)
	above := series{b.x, b.high}.points(x, y)
	slices.Reverse(above)
	c.FillPolygon(col, append(around, above...))
}
