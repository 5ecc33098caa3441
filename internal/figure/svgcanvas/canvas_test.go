package svgcanvas_test

import (
	"encoding/xml"
	"image"
	"image/color"
	"io"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/svgcanvas"
	"virtcmp/internal/result"
)

// drawn is the markup of what is drawn on a canvas of 100×50 points.
func drawn(t *testing.T, drawIt func(c *svgcanvas.Canvas)) string {
	t.Helper()
	c := svgcanvas.New(100, 50, svgcanvas.Options{ID: "f1", Testbed: func(name string) (int, bool) { return 2, name == "lxc" }})
	drawIt(c)
	d := xml.NewDecoder(strings.NewReader("<svg>" + c.Markup() + "</svg>"))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, c.Markup())
		}
	}
	return strings.ReplaceAll(c.Markup(), "\n", "")
}

func sans(size vg.Length) font.Face {
	return plot.DefaultTextHandler.Cache().Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

func lines(points ...vg.Point) vg.Path {
	var p vg.Path
	for i, at := range points {
		if i == 0 {
			p.Move(at)
		} else {
			p.Line(at)
		}
	}
	return p
}

var (
	ink  = color.NRGBA{0x20, 0x20, 0x20, 0xff}
	blue = color.NRGBA{0x00, 0x72, 0xb2, 0xff} // of the second testbed
)

func TestMarkup(t *testing.T) {
	for _, tc := range []struct {
		name string
		draw func(*svgcanvas.Canvas)
		want string
	}{
		{"y goes down", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			c.SetLineWidth(1.5)
			c.Stroke(lines(vg.Point{X: 10, Y: 50}, vg.Point{X: 10.5, Y: 40}, vg.Point{X: 20.254, Y: 40}, vg.Point{X: 20.254, Y: 0}))
		}, `<path class="s ink" stroke-width="1.5" d="M10 0l.5 10h9.75v40"/>`},
		{"a testbed's colour, see-through", func(c *svgcanvas.Canvas) {
			faint := blue
			faint.A = 0x60
			c.SetColor(faint)
			p := lines(vg.Point{}, vg.Point{X: 5}, vg.Point{X: 5, Y: 5})
			p.Close()
			c.Fill(p)
		}, `<path class="f t1" fill-opacity=".38" d="M0 50h5v-5z"/>`},
		{"a colour without a name", func(c *svgcanvas.Canvas) {
			c.SetColor(color.NRGBA{1, 2, 3, 255})
			c.SetLineWidth(1)
			c.Stroke(lines(vg.Point{}, vg.Point{X: 5}))
		}, `<path stroke-width="1" stroke="#010203" fill="none" d="M0 50h5"/>`},
		{"a shade", func(c *svgcanvas.Canvas) {
			c.SetColor(figure.Shade{NRGBA: blue, Share: 1})
			c.Fill(lines(vg.Point{}, vg.Point{X: 5}))
		}, `<path class="f h31" d="M0 50h5"/>`},
		{"dashes", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			c.SetLineDash([]vg.Length{3, 1.25}, 0)
			c.Stroke(lines(vg.Point{}, vg.Point{X: 5}))
		}, `<path class="s ink" stroke-width="1" stroke-dasharray="3 1.25" d="M0 50h5"/>`},
		{"a circle", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			dc := draw.New(c)
			draw.CircleGlyph{}.DrawGlyph(&dc, draw.GlyphStyle{Radius: 2}, vg.Point{X: 10, Y: 10})
		}, `<path class="f ink" d="M12 40a2 2 0 0 0-4 0 2 2 0 0 0 4 0z"/>`},
		{"a quarter of a circle after a line", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			p := lines(vg.Point{X: 10, Y: 20}, vg.Point{X: 30, Y: 20})
			p.Arc(vg.Point{X: 20, Y: 20}, 10, 0, math.Pi/2)
			c.Stroke(p)
		}, `<path class="s ink" stroke-width="1" d="M10 30h20a10 10 0 0 0-10-10"/>`},
		{"curves", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			p := lines(vg.Point{})
			p.QuadTo(vg.Point{X: 5, Y: 10}, vg.Point{X: 10})
			p.CubeTo(vg.Point{X: 11}, vg.Point{X: 12, Y: 1}, vg.Point{X: 13, Y: 2})
			c.Stroke(p)
		}, `<path class="s ink" stroke-width="1" d="M0 50q5-10 10 0c1 0 2-1 3-2"/>`},
		{"rounding does not add up", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			c.Stroke(lines(vg.Point{}, vg.Point{X: 0.004}, vg.Point{X: 0.008}, vg.Point{X: 0.012}, vg.Point{X: 3}))
		}, `<path class="s ink" stroke-width="1" d="M0 50h0 .01 0 2.99"/>`},
		{"pushed, moved and popped", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			c.Push()
			c.Translate(vg.Point{X: 10, Y: 10})
			c.Scale(2, 2)
			c.Stroke(lines(vg.Point{}, vg.Point{X: 5}))
			c.Pop()
			c.Fill(lines(vg.Point{}, vg.Point{X: 5}))
		}, `<path class="s ink" stroke-width="2" d="M10 40h10"/><path class="f ink" d="M0 50h5"/>`},
		{"text", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			c.FillString(sans(10), vg.Point{X: 5, Y: 5}, "a<b")
		}, `<text class="ink" x="5" y="45" font-size="10" textLength="16.96" lengthAdjust="spacingAndGlyphs">a&lt;b</text>`},
		{"turned text", func(c *svgcanvas.Canvas) {
			c.SetColor(ink)
			c.Rotate(math.Pi / 2)
			c.FillString(sans(10), vg.Point{X: 5, Y: -5}, "a")
		}, `<text class="ink" x="5" y="45" font-size="10" transform="rotate(-90 5 45)">a</text>`},
		{"nothing", func(c *svgcanvas.Canvas) {
			c.FillString(sans(10), vg.Point{}, " ")
			c.FillString(sans(0), vg.Point{}, "x")
			c.SetLineWidth(0)
			c.Stroke(lines(vg.Point{}, vg.Point{X: 5}))
			c.Fill(nil)
			c.Points(nil, 1, ink)
		}, ""},
		{"a testbed's part", func(c *svgcanvas.Canvas) {
			c.Begin(figure.Of("lxc"))
			c.End()
			c.Begin(figure.Of("unknown"))
			c.End()
		}, `<g data-t="2"></g><g></g>`},
		{"a mark", func(c *svgcanvas.Canvas) {
			c.Mark(figure.Mark{Area: vg.Rectangle{Min: vg.Point{X: 1, Y: 2}, Max: vg.Point{X: 4, Y: 6}}, Row: "<LXC>", Column: "run 1", Value: "3 s"})
		}, `<rect class="m" x="1" y="44" width="3" height="4"><title>&lt;LXC&gt;, run 1: 3 s</title></rect>`},
		{"points", func(c *svgcanvas.Canvas) {
			c.Points([]vg.Point{{X: 1, Y: 1}, {X: 2, Y: 3}}, .5, blue)
		}, `<path class="s t1" stroke-width=".5" stroke-linecap="round" d="M1 49h0m1-2h0"/>`},
		{"a panel", func(c *svgcanvas.Canvas) {
			c.Begin(&figure.Panel{Data: vg.Rectangle{Min: vg.Point{X: 10, Y: 10}, Max: vg.Point{X: 90, Y: 40}}, High: 140, Unit: "s", Zoom: true,
				Ramp: &result.Ramp{From: 1, To: 60, Over: 120, End: 140},
				Curves: func() []figure.Curve {
					return []figure.Curve{{Testbed: "lxc", Name: "Time", At: []vg.Length{10, 20.5}, X: []string{"0", "1"}, Y: []string{"2 s", "3 s"}}}
				}})
			c.Begin(figure.Data)
			c.SetColor(ink)
			c.SetLineWidth(1)
			c.Stroke(lines(vg.Point{X: 10, Y: 10}, vg.Point{X: 20, Y: 10}))
			c.End()
			c.Begin(figure.Ticks)
			c.Stroke(lines(vg.Point{X: 10, Y: 10}, vg.Point{X: 20, Y: 10}))
			c.End()
			c.End()
			c.Begin(figure.Pin(30))
			c.End()
		}, `<g class="panel" data-area="10 10 80 30" data-unit="s" data-x="0 140" data-ramp="1 60 120">` +
			`<clipPath id="f1-clip1"><rect x="10" y="10" width="80" height="30"/></clipPath>` +
			`<g class="curve" data-t="2" data-name="Time" data-reach="5.78" data-at="10 20.5" data-y="2 s|3 s"/>` +
			`<g clip-path="url(#f1-clip1)"><g class="data"><path class="s ink v" stroke-width="2" d="M10 40h10"/></g></g>` +
			`<g class="x"><path class="s ink" stroke-width="1" d="M10 40h10"/></g></g><g class="pin" data-at="30"></g>`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := drawn(t, tc.draw); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestImage(t *testing.T) {
	got := drawn(t, func(c *svgcanvas.Canvas) {
		c.DrawImage(vg.Rectangle{Max: vg.Point{X: 9, Y: 9}}, image.NewGray(image.Rect(0, 0, 2, 2)))
	})
	if !strings.Contains(got, `href="data:image/png;base64,`) {
		t.Error(got)
	}
}

func TestHostileText(t *testing.T) {
	got := drawn(t, func(c *svgcanvas.Canvas) {
		hostile := "\"'><script>alert(1)</script>\x00\xff\u202e\u2066|\n"
		c.FillString(sans(8), vg.Point{}, hostile)
		c.Mark(figure.Mark{Row: hostile})
		c.Begin(&figure.Panel{Unit: hostile, Curves: func() []figure.Curve {
			return []figure.Curve{{Name: hostile, At: []vg.Length{1}, X: []string{hostile}, Y: []string{hostile}}}
		}})
		c.End()
	})
	if strings.ContainsAny(got, "\x00\u202e\u2066") || strings.Contains(got, "<script") {
		t.Errorf("%q", got)
	}
	if n := strings.Count(got, "|"); n != 4 { // of texts, but not of lists
		t.Errorf("%d bars in %q", n, got)
	}
}
