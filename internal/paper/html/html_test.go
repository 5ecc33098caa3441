package html

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure"
	"virtcmp/internal/golden"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/html/htmltest"
)

// drawing is a figure of two marks and a curve.
func drawing() *figure.Figure {
	return &figure.Figure{ID: "dots", Width: figure.ColumnWidth, Height: 60, Draw: func(c draw.Canvas) {
		a := c.Canvas.(figure.Annotator)
		for i, name := range []string{"LXC", "Xen"} {
			a.Begin(figure.Of(strings.ToLower(name)))
			at := vg.Rectangle{Min: vg.Point{X: vg.Length(i) * 20}, Max: vg.Point{X: vg.Length(i)*20 + 4, Y: 4}}
			a.Mark(figure.Mark{Area: at, Testbed: strings.ToLower(name), Row: name, Column: "mean", Value: "1 s"})
			a.End()
		}
		a.Begin(&figure.Panel{Data: vg.Rectangle{Max: vg.Point{X: 100, Y: 50}}, High: 10, Unit: "s", Zoom: true, Curves: func() []figure.Curve {
			return []figure.Curve{{Testbed: "xen", Name: "Swap", At: []vg.Length{0, 51}, X: []string{"0", "5.1"}, Y: []string{"1 MB", "2 MB"}}}
		}})
		a.End()
	}}
}

func cell(s string) document.Cell {
	return document.Cell{Text: []document.Inline{document.Text(s)}}
}

const small = `A Title &\
of Two Lines
===

Ann and *Bob*

## Abstract {.unnumbered}

What it is about.[^1] See [](fig:dots).

## First {#first}

One [](cite:b,a), then [](cite:b); [](tab:t), [](sec:deep) and [](sec:first).

### Deeper {#deep}

- an item
- another

  of two paragraphs

3. third
4. fourth

> A quotation.
>
> #### With a heading {#odd}

` + "```" + `
$ type "this" <here>
  & that
` + "```" + `

![Dots of **all**.](fig:dots)

![A table.](tab:t)

| Left | Right |
|:-----|------:|
| a    | **1** |

See <https://example.org/?a=1&b=2>, [a page](https://example.org) and [no page](javascript:alert(1)) with ` + "`code/path_name`" + `.

## References {.unnumbered}

![](references)

[^1]: A *note*.
`

func smallDocument(t testing.TB, source string) *document.Document {
	t.Helper()
	b := document.NewBuilder(document.Material{
		Figures: map[string]*figure.Figure{"dots": drawing()},
		Tables: map[string]*document.Table{"t": {
			Wide:    true,
			Columns: []document.Column{{}, {Align: document.Right}, {Align: document.Center, Wrap: true}},
			Head: []document.Row{
				{Cells: []document.Cell{{}, {Text: cell("Both").Text, Span: 2}}},
				{Cells: []document.Cell{cell("Quantity"), cell("LXC"), cell("Xen")}},
			},
			Body: []document.Row{
				{Cells: []document.Cell{cell("Group")}},
				{Cells: []document.Cell{cell("Time"), cell("1 s"), cell("2 s")}},
				{Rule: true, Cells: []document.Cell{cell("Same"), {Text: cell("3 s").Text, Span: 2}}},
			},
			Notes: []document.Inline{document.Text("A remark.")},
		}},
		References: map[string]document.Reference{
			"a": {Key: "a", Authors: "A. A", Title: "On & off", Venue: "Venue", Details: "pp. 1–2", Year: "2001"},
			"b": {Key: "b", Title: "Documentation", URL: "https://example.org/doc"},
		},
	})
	b.Add("x.md", []byte(source))
	d, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func options() Options {
	return Options{Author: "Ann & Bob", Generator: "virtcmp 0.1.0", Keywords: "a, b", Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Testbeds: []Testbed{{"lxc", "LXC"}, {"xen", "Xen"}}}
}

func write(t testing.TB, d *document.Document, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The style and the script are looked at by other tests.
var inlined = regexp.MustCompile(`(?s)<(script|style)>.*?</(script|style)>|sha256-[^']*`)

func TestGolden(t *testing.T) {
	page := write(t, smallDocument(t, small), options())
	if _, err := htmltest.Parse(page); err != nil {
		t.Error(err)
	}
	if again := write(t, smallDocument(t, small), options()); !bytes.Equal(page, again) {
		t.Error("the same document gives other bytes")
	}
	got := inlined.ReplaceAll(page, []byte("…"))
	golden.Compare(t, "testdata/small.html", string(got))
}

// The policy allows the style and the script that are there, and nothing else.
func TestPolicy(t *testing.T) {
	page := string(write(t, smallDocument(t, small), options()))
	for _, tag := range []string{"style", "script"} {
		_, after, _ := strings.Cut(page, "<"+tag+">")
		text, _, ok := strings.Cut(after, "</"+tag+">")
		if !ok || !strings.Contains(page, tag+"-src "+digest(text)+";") || strings.Count(page, "<"+tag) != 1 {
			t.Errorf("the %s's digest is not in the policy", tag)
		}
	}
	if n := len(script); n > 16<<10 {
		t.Errorf("the script has %d bytes", n)
	}
	for _, word := range []string{"innerHTML", "insertAdjacentHTML", "eval(", "fetch(", "import(", "document.write", "localStorage", "cookie"} {
		if strings.Contains(script, word) {
			t.Errorf("the script has %s", word)
		}
	}
}

const hostile = `</title></script><script>alert(1)</script><img src=x onerror=alert(2)>"'>` + "\x00\xff\u202e{{.}}${1}"

func TestHostile(t *testing.T) {
	d := smallDocument(t, small)
	bad := document.Text(hostile)
	all := []document.Inline{bad, document.CodeSpan(hostile), &document.Emphasis{Text: []document.Inline{bad}},
		&document.Link{URL: "https://x/" + hostile, Text: []document.Inline{bad}}, &document.Link{URL: "JavaScript:alert(1)", Text: []document.Inline{bad}},
		&document.Link{URL: " javascript:alert(1)", Text: []document.Inline{bad}}, &document.Link{URL: "data:text/html,<script>", Text: []document.Inline{bad}},
		&document.Ref{Target: hostile, Text: []document.Inline{bad}}, &document.Footnote{Number: 7, Text: []document.Inline{bad}},
		&document.Cite{References: []document.Reference{{Key: hostile, Number: 3, Title: hostile}}}}
	d.Title = []document.Inline{bad}
	d.Byline = []*document.Paragraph{{Text: []document.Inline{bad}}}
	d.Blocks = append(d.Blocks,
		&document.Heading{Level: 1, ID: hostile, Number: hostile, Text: []document.Inline{bad}},
		&document.Heading{Level: 9, ID: hostile, Text: []document.Inline{bad}},
		&document.Paragraph{Text: all},
		&document.Code{Text: hostile},
		&document.Figure{ID: hostile, Number: 8, Caption: []document.Inline{bad}, Drawing: drawing()},
		&document.Table{ID: hostile, Number: 9, Caption: []document.Inline{bad}, Columns: make([]document.Column, 1), Body: []document.Row{{Cells: []document.Cell{{Text: []document.Inline{bad}}, {Text: []document.Inline{bad}}}}}},
		&document.Bibliography{References: []document.Reference{{Key: hostile, Number: 3, Authors: hostile, Title: hostile, URL: "javascript:alert(1)"}}})
	o := options()
	o.Author, o.Generator, o.Keywords = hostile, hostile, hostile
	o.Testbeds = []Testbed{{"lxc", hostile}, {hostile, hostile}, {"", strings.Repeat("wide ", 100)}}
	page := write(t, d, o)
	got, err := htmltest.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page, []byte("<script")); n != 1 || got.Elements["img"] != 0 {
		t.Errorf("%d scripts, elements %v", n, got.Elements)
	}
	if bytes.ContainsAny(page, "\x00\u202e") {
		t.Error("control characters on the page")
	}
	if !strings.Contains(got.Text, `<img src=x onerror=alert(2)>"'>`) {
		t.Error("the text is not there as text")
	}
	for _, link := range got.Links {
		if !strings.HasPrefix(link, "https://") {
			t.Errorf("a link to %q", link)
		}
	}
}

// What leads to nothing is no link; what is there twice has ids of its own.
func TestOddDocuments(t *testing.T) {
	heading := func() *document.Heading {
		return &document.Heading{Level: 2, ID: "same", Text: []document.Inline{document.Text("Same")}}
	}
	for name, d := range map[string]*document.Document{
		"empty":            {},
		"no sections":      {Blocks: []document.Block{&document.Paragraph{Text: []document.Inline{&document.Ref{Target: "fig:nix", Text: []document.Inline{document.Text("x")}}}}}},
		"sections alike":   {Blocks: []document.Block{heading(), heading(), &document.Heading{Level: 1, ID: "same"}, heading()}},
		"without a list":   {Blocks: []document.Block{&document.Paragraph{Text: []document.Inline{&document.Cite{References: []document.Reference{{Key: "k", Number: 1}}}}}}},
		"a note in a note": {Blocks: []document.Block{&document.Paragraph{Text: []document.Inline{&document.Footnote{Number: 1, Text: []document.Inline{&document.Footnote{Number: 2}}}}}}},
		"a bare table":     {Blocks: []document.Block{&document.Table{Columns: make([]document.Column, 2), Body: []document.Row{{}, {Cells: []document.Cell{cell("a"), cell("b"), cell("c")}}}}}},
	} {
		if _, err := htmltest.Parse(write(t, d, Options{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Words stand out from what they stand on, light or dark; lines and areas do so enough to
// be seen.
func TestContrast(t *testing.T) {
	for _, dark := range []bool{false, true} {
		ground := parse(lightGround)
		if dark {
			ground = parse(darkGround)
		}
		on := map[string]bool{"hardware": true, "own-kernel": true, "shared-kernel": true, "hypervisor": true, "program": true}
		_, ink := look(figure.Color{Name: "ink"}, dark)
		for _, c := range figure.Colors() {
			if _, ok := lookOf[c.Name]; !ok {
				t.Errorf("%s has no look", c.Name)
			}
			area, words := look(c, dark)
			switch {
			case on[c.Name]:
				if k := figure.Contrast(parse(ink), parse(area)); k < 4.5 {
					t.Errorf("dark %v: ink on %s has a contrast of %.1f", dark, c.Name, k)
				}
			case c.Name == "ground" || c.Name == "light-gray":
			default:
				if k := figure.Contrast(parse(words), ground); k < 4.5 {
					t.Errorf("dark %v: words in %s have a contrast of %.1f", dark, c.Name, k)
				}
				if k := figure.Contrast(parse(area), ground); k < 2 {
					t.Errorf("dark %v: %s has a contrast of %.1f", dark, c.Name, k)
				}
			}
		}
		steps := regexp.MustCompile(`--h(\d+):(#\w+);--h\d+-w:(#\w+);`).FindAllStringSubmatch(properties(dark), -1)
		last := figure.Contrast(parse(steps[0][2]), ground)
		for _, s := range steps {
			if k := figure.Contrast(parse(s[2]), parse(s[3])); k < 4.5 {
				t.Errorf("dark %v: numbers on step %s have a contrast of %.1f", dark, s[1], k)
			}
			if k := figure.Contrast(parse(s[2]), ground); k < last {
				t.Errorf("dark %v: step %s stands out less than the one before", dark, s[1])
			} else {
				last = k
			}
		}
	}
}

func TestSqueeze(t *testing.T) {
	if got := squeeze("\t// no\n\n  a {\n\t b }\n/* no */\nc // d\n"); got != "a {\nb }\nc // d\n" {
		t.Errorf("%q", got)
	}
}
