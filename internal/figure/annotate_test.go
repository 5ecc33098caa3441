package figure

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/result/resulttest"
)

// listener is a canvas that notes down what it is told.
type listener struct {
	*labelRecorder
	open   []Part
	closed int
	marks  []Mark
	panels []*Panel
	parts  map[string]int
	dots   int
	colors map[color.Color]bool
}

func (l *listener) Begin(p Part) {
	l.open = append(l.open, p)
	l.parts[fmt.Sprintf("%T", p)]++
	if pn, ok := p.(*Panel); ok {
		l.panels = append(l.panels, pn)
	}
}
func (l *listener) End()                   { l.open, l.closed = l.open[:len(l.open)-1], l.closed+1 }
func (l *listener) Mark(m Mark)            { l.marks = append(l.marks, m) }
func (l *listener) SetColor(c color.Color) { l.colors[c] = true }
func (l *listener) Points(at []vg.Point, _ vg.Length, c color.Color) {
	l.dots += len(at)
	l.colors[c] = true
}

func listen(f *Figure) *listener {
	l := &listener{labelRecorder: newRecorder(f), parts: map[string]int{}, colors: map[color.Color]bool{}}
	f.Draw(draw.New(l))
	return l
}

// What figures tell an annotator holds together, whatever they show.
func TestAnnotations(t *testing.T) {
	for name, c := range campaigns() {
		for _, f := range figuresOf(c) {
			l := listen(f)
			where := fmt.Sprintf("%s, %s: ", name, f.ID)
			if len(l.open) > 0 {
				t.Errorf("%s%d parts are left open", where, len(l.open))
			}
			for _, m := range l.marks {
				if m.Area.Min.X < -1 || m.Area.Max.X > f.Width+1 || m.Area.Min.Y < -1 || m.Area.Max.Y > f.Height+1 || m.Area.Size().X <= 0 {
					t.Errorf("%s%q is at %v", where, m.Words(), m.Area)
				}
				if m.Value == "" || m.Row == "" || m.Column == "" || strings.Contains(m.Value, "NaN") {
					t.Errorf("%sa mark says %q", where, m.Words())
				}
			}
			for _, p := range l.panels {
				for _, k := range p.Curves() {
					if len(k.At) == 0 || len(k.At) != len(k.X) || len(k.At) != len(k.Y) || !slices.IsSorted(k.At) || len(k.At) > mostAsked {
						t.Errorf("%s%s of %s: %d, %d and %d values", where, k.Name, k.Testbed, len(k.At), len(k.X), len(k.Y))
					}
					if first, last := k.At[0], k.At[len(k.At)-1]; first < p.Data.Min.X-0.1 || last > p.Data.Max.X+0.1 {
						t.Errorf("%s%s of %s from %v to %v, the panel is %v", where, k.Name, k.Testbed, first, last, p.Data)
					}
				}
			}
			for c := range l.colors {
				if _, ok := c.(Shade); ok {
					continue
				}
				if n := color.NRGBAModel.Convert(c).(color.NRGBA); ColorName(n) == "" {
					t.Errorf("%s%v has no name, so that a dark page cannot show it otherwise", where, n)
				}
			}
		}
	}
}

// What is drawn of a testbed, and what the marks say, of the first campaign.
func TestMarks(t *testing.T) {
	for _, f := range figuresOf(resulttest.First()) {
		l := listen(f)
		var words []string
		for _, m := range l.marks {
			words = append(words, m.Words())
		}
		has := func(beginning string) {
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, beginning) }) {
				t.Errorf("%s: no mark says %q; they say %q", f.ID, beginning, words)
			}
		}
		switch f.ID {
		case "throughput":
			has("LXC, run 3: 1")
			has("native Linux, mean: 14,")
			if len(words) != 3*6 {
				t.Errorf("%d marks", len(words))
			}
		case "insert":
			has("User-Mode Linux, alone, run 1: ")
			has("LXC, 1 stressor, mean: ")
			has("LXC, 4 stressors, run 5: ")
		case "ratios":
			has("Successful requests, LXC: 0.9")
		case "request-time":
			if l.dots < 1000 || len(l.panels) != 1 || len(l.panels[0].Curves()) != 3 || l.panels[0].Ramp == nil {
				t.Errorf("%d dots, %d panels", l.dots, len(l.panels))
			}
		case "whole-run":
			if len(l.panels) < 9 || l.parts["figure.Pin"] != 5 {
				t.Errorf("%d panels, parts %v", len(l.panels), l.parts)
			}
		}
	}
}

// A canvas that is no annotator is drawn on as if there were none.
func TestSilence(t *testing.T) {
	var _ vg.Canvas = (*labelRecorder)(nil)
	if _, ok := annotatorOf(draw.New(newRecorder(&Figure{Width: 1, Height: 1}))); ok {
		t.Error("a plain canvas passes for an annotator")
	}
	l := &listener{labelRecorder: newRecorder(&Figure{Width: 1, Height: 1}), parts: map[string]int{}, colors: map[color.Color]bool{}}
	wrapped := draw.Canvas{Canvas: draw.New(l)}
	if a, ok := annotatorOf(&wrapped); !ok || a != Annotator(l) {
		t.Error("an annotator is not found under its wrapping")
	}
}

func TestColorNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Colors() {
		if seen[c.Name] {
			t.Errorf("%s is there twice", c.Name)
		}
		seen[c.Name] = true
		faint := c.NRGBA
		faint.A = 0x60
		if ColorName(faint) != c.Name {
			t.Errorf("%v is called %q, not %q", c.NRGBA, ColorName(faint), c.Name)
		}
	}
	if ColorName(color.NRGBA{1, 2, 3, 255}) != "" {
		t.Error("any colour has a name")
	}
}

// The marks of the matrix tell who suffered what from whom.
func TestMatrixMarks(t *testing.T) {
	for _, f := range figuresOf(campaigns()["isolation"]) {
		if f.ID != "isolation" {
			continue
		}
		var words []string
		for _, m := range listen(f).marks {
			before, _, _ := strings.Cut(m.Words(), " [")
			words = append(words, before)
		}
		if len(words) != 3*5*3 || !strings.HasPrefix(words[0], "native Linux, CPU stress, SELECT: ×\u00a0") || !strings.HasPrefix(words[len(words)-1], "User-Mode Linux, fork stress, Page: ×\u00a0") {
			t.Errorf("%q", words)
		}
	}
}
