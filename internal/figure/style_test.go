package figure

import (
	"fmt"
	"image/color"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// inked draws in black and returns where that leaves ink, on a fine grid.
func inked(width, height vg.Length, drawIt func(draw.Canvas)) (ink []bool, total int) {
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	drawIt(draw.New(c))
	img := c.Image()
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			dark := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
			ink = append(ink, dark)
			if dark {
				total++
			}
		}
	}
	return ink, total
}

// Of sixteen testbeds any two differ in more than their hue: whoever sees no colours at
// all, and no shades of grey either, can tell them by their marks, and those of one colour by
// their lines too.
func TestStyles(t *testing.T) {
	const most = 16
	var pictures [most][]bool
	for i := range pictures {
		st := styleOf(i)
		st.color = ink
		var total int
		pictures[i], total = inked(10, 10, func(c draw.Canvas) { c.DrawGlyph(st.glyph(markRadius), vg.Point{X: 5, Y: 5}) })
		if total < 40 {
			t.Errorf("the mark of testbed %d is %d pixels", i, total)
		}
		for j := range i {
			differ := 0
			for k := range pictures[i] {
				if pictures[i][k] != pictures[j][k] {
					differ++
				}
			}
			if differ < 25 {
				t.Errorf("the marks of testbeds %d and %d differ by %d pixels", j, i, differ)
			}
			a, b := styleOf(i), styleOf(j)
			if a.color == b.color && fmt.Sprint(a.dashes) == fmt.Sprint(b.dashes) {
				t.Errorf("testbeds %d and %d have the same line", j, i)
			}
		}
		if k := Contrast(styleOf(i).words, white); k < 4.5 {
			t.Errorf("letters of testbed %d have a contrast of %.1f", i, k)
		}
		c := styleOf(i).color
		if gray := 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B); gray > 185 {
			t.Errorf("testbed %d is too light to be seen on white", i)
		}
	}
}
