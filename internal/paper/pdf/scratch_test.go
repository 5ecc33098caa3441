package pdf

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure"
	"virtcmp/internal/paper/document"
)

func fig(wide bool, h float64) *figure.Figure {
	f := &figure.Figure{Width: figure.ColumnWidth, Height: figure.ColumnWidth * 0.6, Draw: func(c draw.Canvas) { p := plot.New(); p.X.Label.Text = "X"; p.Draw(c) }}
	if wide {
		f.Width = figure.TextWidth
	}

	return f
}

func TestScratch(t *testing.T) {
	hf, err := os.Open("../../../templates/paper/hyphen.tex")
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHyphenator(hf)
	if err != nil {
		t.Fatal(err)
	}
	_ = strings.Repeat
	m := document.Material{Figures: map[string]*figure.Figure{}, References: map[string]document.Reference{"k": {Key: "k", Authors: "D. E. Knuth and M. F. Plass", Title: "Breaking paragraphs into lines", Venue: "Software: Practice and Experience", Details: "11(11), pp. 1119–1184", Year: "1981"}}}
	for i := range 8 {
		m.Figures[fmt.Sprint("f", i)] = fig(i%3 == 2, 0)
	}
	raw, err := os.ReadFile("/tmp/report-scratch/lorem.md")
	if err != nil {
		t.Skip(err)
	}
	b := document.NewBuilder(m)
	b.Add("lorem.md", raw)
	d, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	t0 := time.Now()
	l, err := New(d, Options{Hyphenator: h, Created: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(t0), l.Pages(), l.Problems())
	f, _ := os.Create("/tmp/report-scratch/lorem.pdf")
	if err := l.Write(f); err != nil {
		t.Fatal(err)
	}
	f.Close()
	t.Log(time.Since(t0))
}
