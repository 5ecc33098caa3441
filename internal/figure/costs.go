package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
)

// Cost is something that a testbed takes before it serves anybody.
type Cost struct {
	ID             string // of its quantity
	Title          string
	Analysis, Name string
}

// Costs are what the figure of that name shows, where it was measured.
var Costs = []Cost{
	{"startup", "Start to first page", finding.Startup, "first_page"},
	{"first-page-cold", "Cold start to first page", finding.Operation, "first_page_cold"},
	{"memory", "Host memory of the idle testbed", finding.Footprint, "testbed"},
	{"image-size", "Size of the image", finding.Startup, "image_size"},
}

const (
	costGap = 9
	// tallest is how high the strips may stand above each other; more stand side by side.
	tallest vg.Length = 250
)

// costs shows what a testbed costs before it does anything.
func costs(d *drawer) *Figure {
	var strips []*strip
	for _, k := range Costs {
		if s := d.newStrip(k.Analysis, k.Name, k.Title, lessIsBetter); s != nil {
			strips = append(strips, s)
		}
	}
	if len(strips) == 0 {
		return nil
	}
	if stripsHeight(strips) <= tallest || len(strips) < 3 {
		return &Figure{Width: ColumnWidth, Height: stripsHeight(strips), Draw: func(c draw.Canvas) { d.drawStrips(c, strips) }}
	}
	half := (len(strips) + 1) / 2
	return &Figure{Width: TextWidth, Height: max(stripsHeight(strips[:half]), stripsHeight(strips[half:])), Draw: func(c draw.Canvas) {
		left, right := c, c
		left.Max.X, right.Min.X = c.Min.X+ColumnWidth, c.Max.X-ColumnWidth
		d.drawStrips(left, strips[:half])
		d.drawStrips(right, strips[half:])
	}}
}

// stripsHeight is the height of strips above each other.
func stripsHeight(strips []*strip) vg.Length {
	height := vg.Length(costGap * (len(strips) - 1))
	for _, s := range strips {
		height += s.height()
	}
	return height
}

// drawStrips draws strips above each other, their data below each other.
func (d *drawer) drawStrips(c draw.Canvas, strips []*strip) {
	var left, right vg.Length
	for _, s := range strips {
		l, r := s.margins(d)
		left, right = max(left, l), max(right, r)
	}
	for _, s := range strips {
		panel := c
		panel.Min.Y = c.Max.Y - s.height()
		s.draw(d, panel, left, right)
		c.Max.Y = panel.Min.Y - costGap
	}
}
