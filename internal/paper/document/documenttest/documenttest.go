// Package documenttest has documents for the tests of what writes them.
package documenttest

import (
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure"
	"virtcmp/internal/paper/document"
)

// sample has every kind of block and of text.
const sample = `The *Title* \
of Two Lines
===

A. Author and B. Writer

*University of Somewhere*

## Abstract {.unnumbered}

It's "quoted" -- so. PLACE.

## First section {#first}

Text with ` + "`code/of-a/long_path.csv`" + `, **bold**, *italics with* [a link](https://example.org/a_b?c=d&e=100%25#f), λ*N* / (1 + σ),
10⁻³ ≤ 5 µs − 2&nbsp;μs. Works [](cite:b) and [](cite:a,b), see [](fig:throughput), [](tab:setup), [](sec:second), [](sec:loose)
and [there](sec:first).[^n] A second sentence stands here, so that a line has to be broken after it. And [this](javascript:alert) is no link.

[^n]: A note with *stress* & 50 %.

![Caption of PLACE [](cite:c), with **bold** and *slanted* words.](fig:throughput)

- one
- two

  more

  1. deep
  2. deeper

3. [three]
4. four

> quoted *words*

    code here --x 'y' \z{}
      indented

### Part {#loose .unnumbered}

![The whole run](fig:whole)

## Second {#second}

![Set-up of PLACE](tab:setup)

![Ratios](tab:ratios)

| a | PLACE |
|---|--:|
| 1 | 2 |

## References {.unnumbered}

![](references)
`

// Sample returns a document that has every kind of block and of text, with these words at
// the places where data stand.
func Sample(place string) *document.Document {
	blank := func(draw.Canvas) {}
	cell := func(text ...document.Inline) document.Cell { return document.Cell{Text: text} }
	words := func(s string) document.Cell {
		if s == "" {
			return document.Cell{}
		}
		return cell(document.Text(s))
	}
	b := document.NewBuilder(document.Material{
		Figures: map[string]*figure.Figure{
			"throughput": {ID: "throughput", Width: figure.ColumnWidth, Height: 100, Draw: blank},
			"whole":      {ID: "whole", Width: figure.TextWidth, Height: 100, Draw: blank},
		},
		Tables: map[string]*document.Table{
			"setup": {
				Wide:    true,
				Columns: []document.Column{{Wrap: true}, {Wrap: true}, {Wrap: true}, {Wrap: true}},
				Head:    []document.Row{{Cells: []document.Cell{{}, words("native Linux"), words(place), words("2014")}}},
				Body: []document.Row{
					{Cells: []document.Cell{cell(&document.Emphasis{Text: []document.Inline{document.Text("Host")}})}},
					{Cells: []document.Cell{words("Processor"), {Text: words("Intel(R) Xeon(R) Processor @ 2.60GHz, of which nobody knows more than this very long name that fills lines").Text, Span: 2}, words("Xeon E5")}},
					{Cells: []document.Cell{words("Memory"), cell(&document.Emphasis{Strong: true, Text: []document.Inline{document.Text("8.3 GB")}}), words("–"), {}}, Rule: true},
				},
				Notes: []document.Inline{document.Text("Of [bold] values note "), &document.Emphasis{Text: []document.Inline{document.Text("a")}}, document.Text("."), &document.Cite{References: []document.Reference{{Key: "c"}}}},
			},
			"ratios": {
				Columns: []document.Column{{}, {Align: document.Right, Wrap: true}, {Align: document.Right, Wrap: true}},
				Head: []document.Row{
					{Cells: []document.Cell{{}, {Text: words("Measured").Text, Span: 2}}},
					{Cells: []document.Cell{words("Quantity"), words("LXC"), words("Xen")}},
				},
				Body: []document.Row{{Cells: []document.Cell{words("Requests"), words("1,234"),
					cell(document.Text("617 [600, 640]"), document.Break{}, document.Text("[× 0.5]"))}}},
			},
		},
		References: map[string]document.Reference{
			"a": {Key: "a", Authors: "A. Author, B.-C. de Writer and D. Third", Title: "On A: L = λW", Venue: "Journal of A", Details: "9(3), pp. 383–387", Year: "1961"},
			"b": {Key: "b", Authors: "Linux Containers project", Title: "LXC & more", URL: "https://example.org/lxc_~x/"},
			"c": {Key: "c", Authors: "E. Fourth", Title: "What Is C?", Venue: "Conference on C", Details: "Ottawa, pp. 1–9", Year: "2007"},
		},
	})
	b.Add("sample.md", []byte(strings.ReplaceAll(sample, "PLACE", document.Escape(place))))
	d, err := b.Document()
	if err != nil {
		panic(err)
	}
	return d
}

// Hostile are strings that no form of the paper may take for anything but text.
var Hostile = []string{
	`\input{/etc/passwd} \write18{id} $x_1^2$ % comment`, `^^5cinput ^^M ~ # & _ { } "quotes" 'single' `, "`ticks`", `\end{document} \\[1cm] [opt] *`,
	`*a* _b_ **c** [d](e) ![f](g) <script>alert(1)</script> &amp; &#65; | ~~x~~`, "# heading", "1. list", "- item", "+ item", "> quote", "    code", "```", "| a | b |",
	"http://example.org/x www.example.org a@b.example :smile: @user #12 $x$", "a\nb\r\n\n# c", "[^1]: note", "[a]: http://x", "--- === ***", "a--b ---- ,,x,, <<y>> ?` !`",
	"日本語 العربية \U0001F4A9 \xff \u202e bidi", "ﬁ é Ł ő ß œ € “x” ‘y’ … λ σ κ μ µ − × ± ≤ ⁻³ ₂", "trailing\\", "}", "{", "%", "\\", "$", "@article{x,", `"`,
	strings.Repeat("endless", 60), strings.Repeat("many words ", 60), "\x00\x01\u2028\u0085",
}
