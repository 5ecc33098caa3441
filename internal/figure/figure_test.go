package figure

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/result"
	"virtcmp/internal/result/resulttest"
)

// campaigns are the comparisons that figures must cope with.
func campaigns() map[string]resulttest.Campaign {
	first := resulttest.First()
	with := func(change func(*resulttest.Campaign)) resulttest.Campaign {
		c := first
		c.Testbeds = slices.Clone(first.Testbeds)
		change(&c)
		return c
	}
	return map[string]resulttest.Campaign{
		"three": first,
		"one":   with(func(c *resulttest.Campaign) { c.Testbeds, c.Baseline = c.Testbeds[1:2], "" }),
		"two":   with(func(c *resulttest.Campaign) { c.Testbeds = c.Testbeds[1:]; c.Baseline = "uml" }),
		"five": with(func(c *resulttest.Campaign) {
			c.Testbeds = append(c.Testbeds, resulttest.Docker, resulttest.Xen)
		}),
		"seven": with(func(c *resulttest.Campaign) {
			kvm, second := resulttest.Docker, resulttest.LXC
			kvm.Name, second.Name = "kvm", "lxc-2"
			c.Testbeds = append(c.Testbeds, resulttest.Docker, resulttest.Xen, kvm, second)
		}),
		"ten": with(func(c *resulttest.Campaign) {
			c.Testbeds = resulttest.Seven().Testbeds
			for _, t := range c.Testbeds[:3] {
				t.Name, t.TimedOut = "second "+t.Name, 0.2
				c.Testbeds = append(c.Testbeds, t)
			}
		}),
		"timed out": with(func(c *resulttest.Campaign) {
			c.Testbeds[2].TimedOut, c.Open = 0.4, true
		}),
		"isolation": with(func(c *resulttest.Campaign) { c.Matrix = true }),
		"isolation of seven": with(func(c *resulttest.Campaign) {
			kvm, second := resulttest.Docker, resulttest.LXC
			kvm.Name, second.Name = "kvm", "lxc-2"
			c.Testbeds, c.Matrix, c.Runs = append(c.Testbeds, resulttest.Docker, resulttest.Xen, kvm, second), true, 2
		}),
		"isolation of one": with(func(c *resulttest.Campaign) { c.Testbeds, c.Baseline, c.Matrix = c.Testbeds[2:], "", true }),
		"one run":          with(func(c *resulttest.Campaign) { c.Runs = 1 }),
		"no SQL":           with(func(c *resulttest.Campaign) { c.Without = []string{finding.Select, finding.Isolation} }),
		"no onsets": with(func(c *resulttest.Campaign) {
			for i := range c.Testbeds {
				c.Testbeds[i].SwapUsers, c.Testbeds[i].ErrorUsers = 0, 0
			}
		}),
		"no counters": with(func(c *resulttest.Campaign) { c.Without = []string{finding.SwapOnset, finding.ErrorOnset} }),
		"fails before it swaps, and stops": with(func(c *resulttest.Campaign) {
			c.Testbeds[2].ErrorUsers, c.Testbeds[2].SwapUsers, c.Testbeds[2].Until = 21, 30, 63
		}),
		"onsets at the very start": with(func(c *resulttest.Campaign) {
			for i := range c.Testbeds {
				c.Testbeds[i].ErrorUsers, c.Testbeds[i].SwapUsers = 3, 2
			}
		}),
		"onsets at the very end": with(func(c *resulttest.Campaign) {
			for i := range c.Testbeds {
				c.Testbeds[i].ErrorUsers, c.Testbeds[i].SwapUsers = 59, 58
			}
		}),
		"no facts":    with(func(c *resulttest.Campaign) { c.Without = []string{finding.Environment} }),
		"open loop":   with(func(c *resulttest.Campaign) { c.Open = true }),
		"no capacity": with(func(c *resulttest.Campaign) { c.Without = []string{finding.Capacity} }),
	}
}

// made-up relations, where the campaign has both testbeds.
func relations(c resulttest.Campaign) []Relation {
	has := func(name string) bool {
		return slices.ContainsFunc(c.Testbeds, func(t resulttest.Testbed) bool { return t.Name == name })
	}
	if !has("lxc") || !has("uml") {
		return nil
	}
	of := func(title string, more bool, then, now float64) Relation {
		r := Relation{Title: title, More: more, Then: then, Container: "lxc", Para: "uml", Now: finding.Finding{Value: finding.Number(now), Low: finding.None, High: finding.None, Unit: finding.Ratio}}
		if c.Runs > 2 {
			r.Now.Low, r.Now.High = r.Now.Value*0.9, r.Now.Value*1.1
		}
		return r
	}
	return []Relation{of("Successful requests", true, 4.06, 3.8), of("Users at swap onset", true, 1.07, 1.17), of("INSERTs under stress", false, 20.9, 0.9)}
}

func figuresOf(c resulttest.Campaign) []*Figure {
	names := map[string]string{"uml": "User-Mode Linux", "native": "native Linux", "lxc": "LXC"}
	return All(Input{Set: result.New(c.Findings()), Relations: relations(c), Name: func(t string) string {
		if n, ok := names[t]; ok {
			return n
		}
		return t
	}})
}

func ids(all []*Figure) []string {
	var names []string
	for _, f := range all {
		names = append(names, f.ID)
	}
	return names
}

func TestWhichFigures(t *testing.T) {
	all := []string{"architecture", "published", "testbeds", "ratios", "throughput", "capacity", "open-distribution", "request-time", "distribution", "whole-run", "select", "insert", "isolation", "costs"}
	but := func(all []string, drop ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(drop, id) })
	}
	everything := but(all, "isolation", "open-distribution")
	for name, want := range map[string][]string{
		"three": everything, "one": but(everything, "ratios", "published"), "five": everything, "one run": everything,
		"isolation": but(all, "open-distribution"), "open loop": but(all, "isolation"), "no SQL": but(everything, "select", "insert"), "no onsets": everything, "no counters": everything,
		"no facts": but(everything, "testbeds"), "no capacity": but(everything, "capacity"),
	} {
		if got := ids(figuresOf(campaigns()[name])); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := ids(All(Input{Set: result.New(nil), Name: func(t string) string { return t }})); !slices.Equal(got, []string{"architecture"}) {
		t.Errorf("no findings: %v", got)
	}
}

// label is a text on a figure and the box it takes.
type label struct {
	text                string
	size                float64
	left, right, bottom float64
	top                 float64
}

// labelRecorder is a canvas that keeps texts and forgets the rest.
type labelRecorder struct {
	w, h   vg.Length
	states []matrix
	labels []label
	bad    []string // coordinates that are no numbers
}

type matrix struct{ a, b, c, d, e, f float64 }

func newRecorder(f *Figure) *labelRecorder {
	return &labelRecorder{w: f.Width, h: f.Height, states: []matrix{{a: 1, d: 1}}}
}

func (r *labelRecorder) top() *matrix                        { return &r.states[len(r.states)-1] }
func (r *labelRecorder) Size() (vg.Length, vg.Length)        { return r.w, r.h }
func (r *labelRecorder) SetLineWidth(vg.Length)              {}
func (r *labelRecorder) SetLineDash([]vg.Length, vg.Length)  {}
func (r *labelRecorder) SetColor(color.Color)                {}
func (r *labelRecorder) Push()                               { r.states = append(r.states, *r.top()) }
func (r *labelRecorder) Pop()                                { r.states = r.states[:len(r.states)-1] }
func (r *labelRecorder) Fill(p vg.Path)                      { r.check(p) }
func (r *labelRecorder) Stroke(p vg.Path)                    { r.check(p) }
func (r *labelRecorder) DrawImage(vg.Rectangle, image.Image) {}
func (r *labelRecorder) Scale(float64, float64)              { panic("figures are not scaled") }
func (r *labelRecorder) Translate(p vg.Point) {
	m := r.top()
	m.e += m.a*float64(p.X) + m.c*float64(p.Y)
	m.f += m.b*float64(p.X) + m.d*float64(p.Y)
}
func (r *labelRecorder) Rotate(t float64) {
	m, s, c := r.top(), math.Sin(t), math.Cos(t)
	*m = matrix{m.a*c + m.c*s, m.b*c + m.d*s, m.c*c - m.a*s, m.d*c - m.b*s, m.e, m.f}
}

func (r *labelRecorder) check(p vg.Path) {
	for _, c := range p {
		for _, v := range []vg.Length{c.Pos.X, c.Pos.Y} {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) || math.Abs(float64(v)) > 5000 {
				r.bad = append(r.bad, fmt.Sprint(c.Pos))
			}
		}
	}
}

func (r *labelRecorder) FillString(f font.Face, p vg.Point, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	m := r.top()
	size, w := float64(f.Font.Size), float64(f.Width(text))
	l := label{text: text, size: size, left: math.Inf(1), right: math.Inf(-1), bottom: math.Inf(1), top: math.Inf(-1)}
	// What letters cover: no more than their height above the line, a little below it.
	for _, corner := range [][2]float64{{0, -0.12 * size}, {w, -0.12 * size}, {0, 0.7 * size}, {w, 0.7 * size}} {
		x, y := float64(p.X)+corner[0], float64(p.Y)+corner[1]
		px, py := m.a*x+m.c*y+m.e, m.b*x+m.d*y+m.f
		l.left, l.right = min(l.left, px), max(l.right, px)
		l.bottom, l.top = min(l.bottom, py), max(l.top, py)
	}
	r.labels = append(r.labels, l)
}

func TestLabels(t *testing.T) {
	for name, c := range campaigns() {
		for _, f := range figuresOf(c) {
			r := newRecorder(f)
			f.Draw(draw.New(r))
			if len(r.bad) > 0 {
				t.Errorf("%s, %s: drawn at %v", name, f.ID, r.bad[:min(5, len(r.bad))])
			}
			for i, a := range r.labels {
				const slack, readable = 1.5, 4.5
				if a.size < readable {
					t.Errorf("%s, %s: %q is %v points high", name, f.ID, a.text, a.size)
				}
				if a.left < -slack || a.right > float64(f.Width)+slack || a.bottom < -slack || a.top > float64(f.Height)+slack {
					t.Errorf("%s, %s: %q leaves the figure: x %.1f to %.1f of %v, y %.1f to %.1f of %v", name, f.ID, a.text, a.left, a.right, f.Width, a.bottom, a.top, f.Height)
				}
				for _, b := range r.labels[i+1:] {
					dx := min(a.right, b.right) - max(a.left, b.left)
					dy := min(a.top, b.top) - max(a.bottom, b.bottom)
					if dx > 0.3 && dy > 0.3 {
						t.Errorf("%s, %s: %q and %q overlap by %.1f × %.1f points", name, f.ID, a.text, b.text, dx, dy)
					}
				}
			}
		}
	}
}

// What a reader must find written on the figures of the first campaign.
func TestWords(t *testing.T) {
	want := map[string][]string{
		"throughput":   {"native Linux", "LXC", "User-Mode Linux", "Successful requests in 140\u00a0s (more is better)"},
		"request-time": {"Request time", "(s, log scale; less is better)", "Time since the start of the run (s)", "User-Mode Linux", "users"},
		"whole-run":    {"swap", "errors", "60", "users", "Requests/s", "Swap (MB)", "Request time (s, log scale)", "Time since the start (s)"},
		"select":       {"Median time of one SELECT (µs, log scale; less is better)"},
		"insert":       {"CPU stressors beside the client", "0", "1", "2", "4", "(s, log scale; less is better)"},
		"ratios":       {"Ratio to native Linux (log scale)", "more is better", "less is better", "Users at swap onset", "INSERTs under stress"},
		"costs":        {"Start to first page (s; less is better)", "Cold start to first page (s; less is better)", "Size of the image (MB; less is better)", "Host memory of the idle testbed (MB; less is better)"},
		"architecture": {"Container", "Para-virtualisation", "Full virtualisation", "Hypervisor"},
		"published":    {"Successful requests", "more is better", "less is better", "2014: LXC to Xen", "here: LXC to User-Mode Linux", "4.06"},
		"testbeds":     {"Host", "Application guest", "Database guest", "WordPress", "MariaDB", "1 to 60", "requests", "SQL", "time and outcome of every request", "counters of the guests: swap and processor time"},
		"capacity":     {"LXC", "Virtual users", "Throughput", "(requests/s; more is better)", "peak at 28.8\u00a0[27.8,\u00a029.8] users", "by the law, peak at 36.9 users"},
		"distribution": {"50\u00a0%", "90\u00a0%", "99\u00a0%", "99.9\u00a0%", "1 in", "1,000", "Share of the requests that were as quick or quicker", "(s, log scale; less is better)"},
	}
	for _, f := range figuresOf(resulttest.First()) {
		r := newRecorder(f)
		f.Draw(draw.New(r))
		var texts []string
		for _, l := range r.labels {
			texts = append(texts, l.text)
		}
		for _, w := range want[f.ID] {
			if !slices.Contains(texts, w) {
				t.Errorf("%s: no %q in %q", f.ID, w, texts)
			}
		}
		delete(want, f.ID)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// Where the slower requests of a testbed timed out its distribution says so, and only there.
func TestCutDistribution(t *testing.T) {
	for name, cut := range map[string]bool{"timed out": true, "three": false, "open loop": false} {
		for _, f := range figuresOf(campaigns()[name]) {
			words := map[string]string{"distribution": "timed out from here", "open-distribution": "unanswered from here"}[f.ID]
			if words == "" {
				continue
			}
			l := listen(f)
			if got := slices.ContainsFunc(l.labels, func(l label) bool { return l.text == words }); got != cut {
				t.Errorf("%s, %s: said that requests timed out: %v", name, f.ID, got)
			}
			for _, k := range l.panels[0].Curves() {
				for i, y := range k.Y {
					if strings.Contains(y, words) != (cut && k.Testbed == "uml" && i+1 == len(k.Y)) {
						t.Errorf("%s, %s: %s at %s %%: %s", name, f.ID, k.Testbed, k.X[i], y)
					}
				}
			}
		}
	}
}

// Every cell of the matrix has its number, and the more of it the darker it is.
func TestMatrix(t *testing.T) {
	all := figuresOf(campaigns()["isolation"])
	f := all[slices.IndexFunc(all, func(f *Figure) bool { return f.ID == "isolation" })]
	r := newRecorder(f)
	f.Draw(draw.New(r))
	numbers := 0
	var texts []string
	for _, l := range r.labels {
		texts = append(texts, l.text)
		if strings.Trim(l.text, "0123456789.") == "" && strings.Contains(l.text, ".") {
			numbers++
		}
	}
	if numbers != 3*5*3 {
		t.Errorf("%d numbers in %q", numbers, texts)
	}
	for _, want := range []string{"Memory", "Network", "Page", "SELECT", "User-Mode Linux", "Slow-down (log scale)", "10"} {
		if !slices.Contains(texts, want) {
			t.Errorf("no %q in %q", want, texts)
		}
	}
	gray := func(c color.NRGBA) float64 { return 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B) }
	scale := heat{11}
	for v := 1.0; v < 11; v *= 1.1 {
		if gray(scale.color(v)) <= gray(scale.color(v*1.1)) {
			t.Errorf("%.2f is not lighter than %.2f", v, v*1.1)
		}
		if k := Contrast(scale.color(v), scale.ink(v)); k < 4.5 {
			t.Errorf("the number %.2f has a contrast of %.1f to its cell", v, k)
		}
	}
}

func TestWrite(t *testing.T) {
	write := func(f *Figure, ending string) []byte {
		var b bytes.Buffer
		if err := f.Write(&b, ending, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, f := range figuresOf(resulttest.First()) {
		for _, ext := range Endings {
			name := f.ID + "." + ext
			a := write(f, ext)
			if !bytes.Equal(a, write(f, ext)) {
				t.Errorf("%s differs the second time", name)
			}
			switch ext {
			case "pdf":
				if !bytes.HasPrefix(a, []byte("%PDF-")) {
					t.Errorf("%s is no PDF", name)
				}
			case "svg":
				if !bytes.Contains(a, []byte("</svg>")) || bytes.Contains(a, []byte("NaN")) {
					t.Errorf("%s is no good SVG", name)
				}
			case "png":
				img, err := png.Decode(bytes.NewReader(a))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if w := img.Bounds().Dx(); math.Abs(float64(w)-f.Width.Dots(dotsPerInch)) > 1 || blank(img) {
					t.Errorf("%s: %v, blank: %v", name, img.Bounds(), blank(img))
				}
			}
		}
	}
	if err := figuresOf(resulttest.First())[0].Write(&bytes.Buffer{}, "gif", time.Unix(0, 0)); err == nil {
		t.Error("an unknown form passes")
	}
}

func blank(img image.Image) bool {
	first := img.At(0, 0)
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

func TestHostileNames(t *testing.T) {
	s := result.New(campaigns()["isolation"].Findings())
	for _, name := range []string{"", "<script>alert(1)</script>&\"'", "a\nb\tc", strings.Repeat("wide ", 40), "日本語\U0001F4A9", "\xff\x00"} {
		for _, f := range All(Input{Set: s, Name: func(string) string { return name }}) {
			var svg bytes.Buffer
			if err := f.writeSVG(&svg, time.Unix(0, 0)); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(svg.String(), "<script") {
				t.Errorf("%s: markup from a name in the SVG", f.ID)
			}
			r := newRecorder(f)
			f.Draw(draw.New(r))
			for _, l := range r.labels {
				if l.right > float64(f.Width)+2 || l.left < -2 {
					t.Errorf("%s: %q leaves the figure (%.1f to %.1f)", f.ID, l.text, l.left, l.right)
				}
				if strings.ContainsAny(l.text, "\n\t\x00") {
					t.Errorf("%s: control characters in %q", f.ID, l.text)
				}
			}
		}
	}
}

// Figures, text and analysis agree on which way is better.
func TestPreferences(t *testing.T) {
	for _, q := range Quantities {
		want := finding.LessIsBetter
		if q.More {
			want = finding.MoreIsBetter
		}
		if got := finding.PreferenceFor(q.Analysis, q.Name); got != want {
			t.Errorf("%s: preference %v, want %v", q.ID, got, want)
		}
	}
}
