package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/figure"
	"virtcmp/internal/paper/document"
)

const article = `# A Title of Some Length: For an Article That Says Little

A. Author, B. Author

## Abstract {.unnumbered}

PROSE

## Introduction {#intro}

PROSE As [](cite:k) has it, see [](fig:narrow), [](fig:wide), [](tab:wide) and [](sec:end).[^1]

[^1]: A footnote: PROSE

![A narrow figure. PROSE](fig:narrow)

PROSE

An efficient office: affluent, fluffy, first.

- one PROSE
- two

  and more

3. numbered
4. again

> A quotation. PROSE

### A subsection

PROSE

![A wide figure.](fig:wide)

#### A small heading

PROSE

| left | right | centre |
|:-----|------:|:------:|
| a    | 1.5   | x      |
| b    | 22.25 | y *z*  |

PROSE

![A wide table. PROSE](tab:wide)

` + "```\ncode here | more code >out.txt\n```" + `

## The end {#end}

PROSE PROSE PROSE

## References {.unnumbered}

![](references)
`

// longArticle returns a document that fills a few pages.
func longArticle(t testing.TB) *document.Document {
	t.Helper()
	plotted := func(c draw.Canvas) {
		p := plot.New()
		p.X.Label.Text = "Zeit (µs)"
		p.Add(plotter.NewGrid())
		p.X.Max, p.Y.Max = 1, 1
		p.Draw(c)
	}
	wide := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}, {Align: document.Right}, {Wrap: true}},
		Head: []document.Row{{Cells: []document.Cell{{}, {Text: []document.Inline{document.Text("Spanning")}, Span: 2}}},
			{Cells: []document.Cell{cell("What"), cell("Value"), cell("Note")}}},
		Notes: []document.Inline{document.Text("A note under the table.")}}
	for range 12 {
		wide.Body = append(wide.Body, document.Row{Cells: []document.Cell{cell("quantity"), cell("1,234.5"), cell(strings.Join(strings.Fields(prose), " "))}})
	}
	b := document.NewBuilder(document.Material{
		Figures: map[string]*figure.Figure{
			"narrow": {Width: figure.ColumnWidth, Height: 120, Draw: plotted},
			"wide":   {Width: figure.TextWidth, Height: 150, Draw: plotted},
		},
		Tables:     map[string]*document.Table{"wide": wide},
		References: map[string]document.Reference{"k": {Key: "k", Authors: "D. E. Knuth", Title: "Breaking paragraphs into lines", Venue: "SP&E", Details: "11(11)", Year: "1981", URL: "https://example.org/x"}},
	})
	b.Add("article.md", []byte(strings.ReplaceAll(article, "PROSE", strings.Join(strings.Fields(prose+" "+prose), " "))))
	d, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func cell(s string) document.Cell {
	return document.Cell{Text: []document.Inline{document.Text(s)}}
}

func typeset(t testing.TB, d *document.Document, paper Paper) (*Layout, []byte) {
	t.Helper()
	l, err := New(d, Options{Paper: paper, Hyphenator: testHyphenator(t), Author: "A. Ünthor", Created: time.Date(2025, 5, 12, 9, 0, 0, 0, time.UTC), Creator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := l.Write(&b); err != nil {
		t.Fatal(err)
	}
	return l, b.Bytes()
}

func TestArticle(t *testing.T) {
	for name, paper := range map[string]Paper{"A4": A4, "letter": Letter} {
		l, file := typeset(t, longArticle(t), paper)
		if len(l.Problems()) > 0 {
			t.Errorf("%s: %v", name, l.Problems())
		}
		if n := l.Pages(); n < 3 || n > 7 {
			t.Errorf("%s: %d pages", name, n)
		}
		checkPages(t, l.layouter, l.pages)
		if _, again := typeset(t, longArticle(t), paper); !bytes.Equal(file, again) {
			t.Errorf("%s: the second time the bytes differ", name)
		}
		for _, want := range []string{"/Title", "/Outlines", "/Subtype /Link", "(D:20250512090000)", "/VIRTCP+LiberationSerif-Bold"} {
			if !bytes.Contains(file, []byte(want)) {
				t.Errorf("%s: no %s in the file", name, want)
			}
		}
	}
}

// written returns the path of an article's file and the output of a program on it.
func written(t *testing.T, program string, args ...string) string {
	t.Helper()
	tool, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("needs %s", program)
	}
	_, file := typeset(t, longArticle(t), A4)
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "FILE", path)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestTextCanBeCopied(t *testing.T) {
	got := written(t, "pdftotext", "FILE", "-")
	flat := strings.Join(strings.Fields(got), " ")
	for _, want := range []string{
		"A Title of Some Length: For an Article That Says Little", "1 Introduction", "1.1 A subsection", "2 The end",
		"Figure 1. A narrow figure.", "Table 1. A wide table.", "[1] D. E. Knuth. Breaking paragraphs into lines. SP&E, 11(11), 1981. example.org/x",
		"see Figure 1, Figure 2, Table 1 and Section 2.1", "Zeit (µs)", "code here | more code >out.txt", "3. numbered", "• one",
		"Isolation lets one machine serve many owners.", "A note under the table.", "An efficient office: affluent, fluffy, first.", "A footnote: Isolation lets",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in the text", want)
		}
	}
}

func TestFonts(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(written(t, "pdffonts", "FILE")), "\n")[2:]
	if len(rows) < 4 {
		t.Errorf("%d fonts", len(rows))
	}
	embedded := regexp.MustCompile(`^VIRTCP\+\S+\s.*\syes\s+yes\s+yes\s`)
	for _, row := range rows {
		if !embedded.MatchString(row) {
			t.Errorf("not an embedded subset with its characters' meaning: %s", row)
		}
	}
}

func TestNoRaster(t *testing.T) {
	if rows := strings.Split(strings.TrimSpace(written(t, "pdfimages", "-list", "FILE")), "\n"); len(rows) > 2 {
		t.Errorf("images: %v", rows)
	}
}

func TestSound(t *testing.T) { written(t, "qpdf", "--check", "FILE") }

// A citation without a bibliography leads somewhere all the same.
func TestLinkWithoutTarget(t *testing.T) {
	b := document.NewBuilder(document.Material{References: map[string]document.Reference{"k": {Key: "k"}}})
	b.Add("x.md", []byte("# T\n\n## A\n\nSee [](cite:k).\n"))
	d, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	_, file := typeset(t, d, A4)
	if dests := regexp.MustCompile(`/Dest \[(\d+) 0 R`).FindAllSubmatch(file, -1); len(dests) == 0 {
		t.Error("no link in the file")
	} else {
		for _, m := range dests {
			if string(m[1]) != "3" { // the first page's object
				t.Errorf("a link leads to object %s", m[1])
			}
		}
	}
}

func TestProperties(t *testing.T) {
	got := written(t, "pdfinfo", "FILE")
	for _, want := range []string{"A Title of Some Length", "A. Ünthor", "2025"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTableFits(t *testing.T) {
	l := testLayouter(t)
	long := strings.Join(strings.Fields(prose), " ")
	for name, tbl := range map[string]*document.Table{
		"narrow":         {Columns: make([]document.Column, 2), Body: []document.Row{{Cells: []document.Cell{cell("a"), cell("b")}}}},
		"wrapped":        {Columns: []document.Column{{}, {Wrap: true}}, Body: []document.Row{{Cells: []document.Cell{cell("a"), cell(long)}}}},
		"unwrappable":    {Columns: make([]document.Column, 2), Body: []document.Row{{Cells: []document.Cell{cell(long), cell(long)}}}},
		"many columns":   {Columns: make([]document.Column, 12), Body: []document.Row{{Cells: []document.Cell{cell(long), cell("b"), cell(long), cell("d"), cell("e"), cell("f"), cell("g"), cell("h"), cell("i"), cell("j"), cell("k"), cell("l")}}}},
		"wide head":      {Columns: make([]document.Column, 3), Head: []document.Row{{Cells: []document.Cell{{Text: cell(long).Text, Span: 3}}}}, Body: []document.Row{{Cells: []document.Cell{cell("a"), cell("b"), cell("c")}}}},
		"too many cells": {Columns: make([]document.Column, 1), Body: []document.Row{{Cells: []document.Cell{cell("a"), cell("lost")}}}},
	} {
		l.problems = nil
		for _, width := range []float64{columnWidth, textWidth} {
			g := l.grid(tbl, width)
			if total := g.over(0, len(g.widths)); total > width+0.1 {
				t.Errorf("%s: %.1f wide in %.1f", name, total, width)
			}
			for _, r := range g.rows {
				for _, c := range r.cells {
					if c.text.width() > c.width+0.1 {
						t.Errorf("%s: a cell of %.1f holds a line of %.1f", name, c.width, c.text.width())
					}
				}
			}
		}
		if len(l.problems) > 0 {
			t.Errorf("%s: %v", name, l.problems)
		}
	}
}

// What a column is as wide as stays on one line.
func TestWidestCellIsNotBroken(t *testing.T) {
	l := testLayouter(t)
	for _, words := range []string{"User-Mode Linux", "AV-To We", "para-virtualisation", "1,234 [1,200, 1,300]", "Ta/Te–Ya"} {
		g := l.grid(&document.Table{Columns: []document.Column{{Wrap: true}, {Wrap: true}},
			Head: []document.Row{{Cells: []document.Cell{cell(words), cell("b")}}}, Body: []document.Row{{Cells: []document.Cell{cell("a"), cell(words)}}}}, columnWidth)
		for _, r := range g.rows {
			for _, c := range r.cells {
				if len(c.text.lines) != 1 {
					t.Errorf("%q is broken: %s", words, wordsOf(c.text))
				}
			}
		}
	}
}

// A table longer than a page is continued on the next, under its head.
func TestLongTable(t *testing.T) {
	l := testLayouter(t)
	tbl := &document.Table{Number: 1, ID: "x", Caption: []document.Inline{document.Text("Long.")}, Columns: make([]document.Column, 2),
		Head: []document.Row{{Cells: []document.Cell{cell("head"), cell("head")}}}}
	for range 150 {
		tbl.Body = append(tbl.Body, document.Row{Cells: []document.Cell{cell("a"), cell("b")}})
	}
	l.add(piece{height: textLead})
	l.table(tbl)
	if len(l.floats) != 3 {
		t.Errorf("%d parts", len(l.floats))
	}
	for _, f := range l.floats {
		if f.height > l.pageText {
			t.Errorf("a part is %.1f high, the page %.1f", f.height, l.pageText)
		}
	}
	checkPages(t, l, l.makeUp())
}

// Every page has its number at its foot.
func TestPageNumbers(t *testing.T) {
	pages := strings.Split(strings.TrimRight(written(t, "pdftotext", "FILE", "-"), "\f"), "\f")
	for i, page := range pages {
		lines := strings.Split(strings.TrimSpace(page), "\n")
		if last := lines[len(lines)-1]; last != strconv.Itoa(i+1) {
			t.Errorf("page %d ends with %q", i+1, last)
		}
	}
}

// Words of a cell stay whole as long as the table has room elsewhere.
func TestCellsBreakBetweenWords(t *testing.T) {
	l := testLayouter(t)
	tbl := &document.Table{Columns: []document.Column{{Wrap: true}}, Head: []document.Row{{Cells: []document.Cell{cell("Criterion")}}},
		Body: []document.Row{{Cells: []document.Cell{cell("Cluster configuration")}}, {Cells: []document.Cell{cell("Requests")}}}}
	for range 7 {
		tbl.Columns = append(tbl.Columns, document.Column{Wrap: true})
		tbl.Head[0].Cells = append(tbl.Head[0].Cells, cell("User-Mode Linux"))
		tbl.Body[0].Cells = append(tbl.Body[0].Cells, cell("restart policies; rescheduling in swarm mode"))
		tbl.Body[1].Cells = append(tbl.Body[1].Cells, document.Cell{Text: []document.Inline{document.Text("2,483"), document.Break{}, document.Text("[1,837,\u00a03,357]")}})
	}
	for _, r := range l.grid(tbl, textWidth).rows {
		for _, c := range r.cells {
			for _, ln := range c.text.lines[:len(c.text.lines)-1] {
				if words := ln.plain(); strings.HasSuffix(words, "-") && words != "User-" || strings.HasSuffix(words, ",") {
					t.Errorf("a word or an interval is broken: %q", wordsOf(c.text))
				}
			}
		}
	}
}

// A cell over several columns that may break stays on one line where the table has room.
func TestSpanTakesWhatIsSpare(t *testing.T) {
	l := testLayouter(t)
	wide := cell("Intel(R) Xeon(R) Processor @ 2.60GHz, and much the same again")
	wide.Span = 2
	tbl := &document.Table{Columns: []document.Column{{Wrap: true}, {Wrap: true}, {Wrap: true}},
		Body: []document.Row{{Cells: []document.Cell{cell("a"), cell("b"), cell("c")}}, {Cells: []document.Cell{cell("Processor"), wide}}}}
	if g := l.grid(tbl, textWidth); len(g.rows[1].cells[1].text.lines) != 1 {
		t.Errorf("broken in %v: %s", g.widths, wordsOf(g.rows[1].cells[1].text))
	}
	if g := l.grid(tbl, 120); g.over(0, 3) > 120.1 {
		t.Errorf("%v wide", g.over(0, 3))
	}
}
