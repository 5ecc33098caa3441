package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
)

// costs shows what a testbed costs before it does anything: the time to start and
// the memory of the host.
func costs(d *drawer) *Figure {
	var strips []*strip
	for _, s := range []*strip{
		d.newStrip(finding.Startup, "first_page", "Start to first page", lessIsBetter),
		d.newStrip(finding.Footprint, "testbed", "Host memory of the idle testbed", lessIsBetter),
	} {
		if s != nil {
			strips = append(strips, s)
		}
	}
	if len(strips) == 0 {
		return nil
	}
	const gap = 9
	height := vg.Length(gap * (len(strips) - 1))
	var left, right vg.Length
	for _, s := range strips {
		height += s.height()
		l, r := s.margins(d)
		left, right = max(left, l), max(right, r)
	}
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) {
		for _, s := range strips {
			panel := c
			panel.Min.Y = c.Max.Y - s.height()
			s.draw(d, panel, left, right)
			c.Max.Y = panel.Min.Y - gap
		}
	}}
}
