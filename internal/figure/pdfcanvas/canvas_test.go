package pdfcanvas_test

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"virtcmp/internal/figure/pdfcanvas"
)

// page draws on a page of 200×100 points and returns the file, uncompressed.
func page(t *testing.T, draw func(c *pdfcanvas.Canvas)) string {
	t.Helper()
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "pt", Size: gofpdf.SizeType{Wd: 200, Ht: 100}})
	pdf.SetCompression(false)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(time.Unix(0, 0))
	pdf.SetModificationDate(time.Unix(0, 0))
	pdf.AddPage()
	fonts := pdfcanvas.NewFonts(pdf)
	draw(pdfcanvas.New(pdf, fonts, 10, 20, 100, 50))
	var b bytes.Buffer
	if err := fonts.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sans(size vg.Length) font.Face {
	return plot.DefaultTextHandler.Cache().Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

// The canvas's lower left corner is at (10, 70) from the top left of a page 100 high,
// so at (10, 30) in PDF's coordinates, which have y up.
func TestCoordinates(t *testing.T) {
	for _, tc := range []struct {
		name string
		draw func(*pdfcanvas.Canvas)
		want []string
	}{
		{"line", func(c *pdfcanvas.Canvas) {
			c.SetLineWidth(2)
			c.Stroke(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 100, Y: 50}}})
		}, []string{"2.00 w", "10.00 30.00 m", "110.00 80.00 l", "S"}},
		{"translated and scaled", func(c *pdfcanvas.Canvas) {
			c.Translate(vg.Point{X: 10, Y: 5})
			c.Scale(2, 2)
			c.SetLineWidth(1)
			c.Stroke(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 10}}})
		}, []string{"2.00 w", "20.00 35.00 m", "40.00 35.00 l"}},
		{"pushed and popped", func(c *pdfcanvas.Canvas) {
			c.Push()
			c.Translate(vg.Point{X: 50})
			c.SetColor(color.NRGBA{R: 255, A: 255})
			c.Pop()
			c.Fill(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 1}}, {Type: vg.CloseComp}})
		}, []string{"0.000 g", "10.00 30.00 m", "h", "f"}},
		{"rotated", func(c *pdfcanvas.Canvas) {
			c.Rotate(math.Pi / 2)
			c.Stroke(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 40}}})
		}, []string{"10.00 30.00 m", "10.00 70.00 l"}},
		{"dashes", func(c *pdfcanvas.Canvas) {
			c.SetLineDash([]vg.Length{3, 1}, 2)
			c.Stroke(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 40}}})
		}, []string{"[3.00 1.00] 2.00 d", "[] 0.00 d"}},
		{"quarter of a circle", func(c *pdfcanvas.Canvas) {
			c.Stroke(vg.Path{{Type: vg.ArcComp, Pos: vg.Point{}, Radius: 10, Angle: math.Pi / 2}})
		}, []string{"20.00 30.00 m", "20.00000 35.52285 15.52285 40.00000 10.00000 40.00000 c"}},
		{"see-through colour", func(c *pdfcanvas.Canvas) {
			c.SetColor(color.NRGBA{R: 255, G: 128, A: 128})
			c.Fill(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 1}}})
		}, []string{"1.000 0.502 0.000 rg", "/ca 0.502"}},
		{"image", func(c *pdfcanvas.Canvas) {
			c.DrawImage(vg.Rectangle{Min: vg.Point{X: 10, Y: 10}, Max: vg.Point{X: 30, Y: 40}}, image.NewGray(image.Rect(0, 0, 2, 3)))
		}, []string{"q 20.00000 0 0 30.00000 20.00000 40.00000 cm"}},
		{"text", func(c *pdfcanvas.Canvas) { c.FillString(sans(8), vg.Point{X: 5, Y: 5}, "µs") },
			[]string{"8.00 Tf", "15.00 35.00 Td", "(\x00\xb5\x00s) Tj"}},
		{"no width, no line", func(c *pdfcanvas.Canvas) {
			c.SetLineWidth(0)
			c.Stroke(vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp, Pos: vg.Point{X: 3}}})
		}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := page(t, tc.draw)
			rest := got
			for _, want := range tc.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok && !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, content(got))
				} else if ok {
					rest = after
				}
			}
			if tc.want == nil && regexp.MustCompile(`(?m) [ml]$`).MatchString(content(got)) {
				t.Errorf("something was drawn:\n%s", content(got))
			}
		})
	}
}

// content returns the page's drawing operators.
func content(pdf string) string {
	_, after, _ := strings.Cut(pdf, "stream\n")
	before, _, _ := strings.Cut(after, "endstream")
	return before
}

func TestDeterministic(t *testing.T) {
	draw := func(c *pdfcanvas.Canvas) {
		for _, v := range []font.Variant{"Sans", "Serif", "Mono"} {
			f := plot.DefaultTextHandler.Cache().Lookup(font.Font{Typeface: "Liberation", Variant: v}, 7)
			c.FillString(f, vg.Point{}, "one "+string(v))
		}
		c.DrawImage(vg.Rectangle{Max: vg.Point{X: 9, Y: 9}}, image.NewGray(image.Rect(0, 0, 2, 2)))
	}
	if first, second := page(t, draw), page(t, draw); first != second {
		t.Error("two documents of the same drawing differ")
	}
}

func TestHostileText(t *testing.T) {
	got := page(t, func(c *pdfcanvas.Canvas) {
		c.FillString(sans(8), vg.Point{}, "a\x00b\n\U0001F4A9\xff)(\\")
	})
	if !strings.Contains(got, "Tj") {
		t.Error("no text")
	}
}

func TestFontsInFile(t *testing.T) {
	tool, err := exec.LookPath("pdffonts")
	if err != nil {
		t.Skip("needs pdffonts (package poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	file := page(t, func(c *pdfcanvas.Canvas) { c.FillString(sans(8), vg.Point{}, "text") })
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, path).CombinedOutput()
	// embedded, a subset, with a mapping to Unicode
	if err != nil || !regexp.MustCompile(`VIRTCP\+LiberationSans\S*\s.*\syes\s+yes\s+yes\s`).Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
}
