package document_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"virtcmp/internal/figure"
	"virtcmp/internal/paper/document"
)

func material() document.Material {
	return document.Material{
		Figures: map[string]*figure.Figure{"throughput": {}, "onset": {}},
		Tables:  map[string]*document.Table{"setup": {Wide: true}},
		References: map[string]document.Reference{
			"a": {Key: "a", Title: "On A"}, "b": {Key: "b", Title: "On B"}, "c": {Key: "c", Title: "On C"},
		},
	}
}

// outline writes a tree on lines, for goldens.
func outline(d *document.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n", inlines(d.Title))
	for _, p := range d.Byline {
		fmt.Fprintf(&b, "byline: %s\n", inlines(p.Text))
	}
	blocks(&b, "", d.Blocks)
	return b.String()
}

func blocks(b *strings.Builder, indent string, all []document.Block) {
	for _, n := range all {
		switch n := n.(type) {
		case *document.Heading:
			fmt.Fprintf(b, "%sheading %d (%s) #%s: %s\n", indent, n.Level, n.Number, n.ID, inlines(n.Text))
		case *document.Paragraph:
			fmt.Fprintf(b, "%sparagraph: %s\n", indent, inlines(n.Text))
		case *document.List:
			fmt.Fprintf(b, "%slist ordered=%v start=%d\n", indent, n.Ordered, n.Start)
			for _, item := range n.Items {
				fmt.Fprintf(b, "%s- item\n", indent)
				blocks(b, indent+"  ", item)
			}
		case *document.Quote:
			fmt.Fprintf(b, "%squote\n", indent)
			blocks(b, indent+"  ", n.Blocks)
		case *document.Code:
			fmt.Fprintf(b, "%scode: %q\n", indent, n.Text)
		case *document.Figure:
			fmt.Fprintf(b, "%sfigure %d %s: %s\n", indent, n.Number, n.ID, inlines(n.Caption))
		case *document.Table:
			fmt.Fprintf(b, "%stable %d %s wide=%v: %s\n", indent, n.Number, n.ID, n.Wide, inlines(n.Caption))
			for _, row := range append(n.Head, n.Body...) {
				for _, c := range row.Cells {
					fmt.Fprintf(b, "%s  | %s", indent, inlines(c.Text))
				}
				b.WriteByte('\n')
			}
		case *document.Bibliography:
			fmt.Fprintf(b, "%sbibliography:", indent)
			for _, r := range n.References {
				fmt.Fprintf(b, " [%d] %s", r.Number, r.Title)
			}
			b.WriteByte('\n')
		}
	}
}

func inlines(all []document.Inline) string {
	var b strings.Builder
	for _, n := range all {
		switch n := n.(type) {
		case document.Text:
			b.WriteString(string(n))
		case document.CodeSpan:
			fmt.Fprintf(&b, "<code %s>", string(n))
		case *document.Emphasis:
			fmt.Fprintf(&b, "<em strong=%v %s>", n.Strong, inlines(n.Text))
		case *document.Link:
			fmt.Fprintf(&b, "<link %s %s>", n.URL, inlines(n.Text))
		case *document.Ref:
			fmt.Fprintf(&b, "<ref %s %s>", n.Target, inlines(n.Text))
		case *document.Cite:
			b.WriteString("<cite")
			for _, r := range n.References {
				fmt.Fprintf(&b, " %d", r.Number)
			}
			b.WriteString(">")
		case *document.Footnote:
			fmt.Fprintf(&b, "<note %d %s>", n.Number, inlines(n.Text))
		case document.Break:
			b.WriteString("<br>")
		}
	}
	return b.String()
}

const sample = `# The *Title*

A. Author

## Abstract {.unnumbered}

It's "quoted" -- so.

## First {#first}

Text with ` + "`code`" + `, **bold**, [](cite:b) and [](cite:a,b), see [](fig:throughput),
[](tab:setup), [](sec:second) and [there](sec:first).[^n]

[^n]: A note with *stress*.

![Caption [](cite:c).](fig:throughput)

- one
- two

  more

3. three

> quoted

    code here

### Sub

## Second {#second}

![Set-up](tab:setup)

| a | b |
|---|--:|
| 1 | 2 |

## References {.unnumbered}

![](references)
`

const want = `title: The <em strong=false Title>
byline: A. Author
heading 1 () #abstract: Abstract
paragraph: It’s “quoted” – so.
heading 1 (1) #first: First
paragraph: Text with <code code>, <em strong=true bold>, <cite 1> and <cite 1 2>, see <ref fig:throughput Figure 1>, <ref tab:setup Table 1>, <ref sec:second Section 2> and <ref sec:first there>.<note 1 A note with <em strong=false stress>.>
figure 1 throughput: Caption <cite 3>.
list ordered=false start=0
- item
  paragraph: one
- item
  paragraph: two
  paragraph: more
list ordered=true start=3
- item
  paragraph: three
quote
  paragraph: quoted
code: "code here"
heading 2 (1.1) #sub: Sub
heading 1 (2) #second: Second
table 1 setup wide=true: Set-up
table 0  wide=false: 
  | a  | b
  | 1  | 2
heading 1 () #references: References
bibliography: [1] On B [2] On A [3] On C
`

func TestTree(t *testing.T) {
	b := document.NewBuilder(material())
	b.Add("sample.md", []byte(sample))
	d, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(outline(d), "\u00a0", " "); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFilesShareNumbers(t *testing.T) {
	b := document.NewBuilder(material())
	b.Add("a.md", []byte("# T\n\n## A\n\n[](cite:a)[](sec:b)\n\n![](fig:throughput)\n"))
	b.Add("b.md", []byte("## B {#b}\n\n[](cite:b)[](fig:onset)\n\n![](fig:onset)\n"))
	d, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(outline(d), "\u00a0", " ")
	for _, want := range []string{"<cite 1><ref sec:b Section 2>", "heading 1 (2) #b", "<cite 2><ref fig:onset Figure 2>", "figure 2 onset"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"a\n\nb\n[](fig:nix)":              `x.md: reference to "fig:nix"`,
		"a\n\n![c](fig:nix)":               `x.md:3: no figure "nix"; there are onset, throughput`,
		"![c](tab:nix)":                    `x.md:1: no table "nix"; there are setup`,
		"a [](cite:nix)":                   `x.md:1: citation of "nix"`,
		"# T\n\n# U":                       `x.md:3: a second title`,
		"![c](http://x/y.png)":             `x.md:1: image "http://x/y.png"`,
		"a <b>":                            `x.md:1: RawHTML cannot be set`,
		"<table>\n</table>":                `HTMLBlock cannot be set`,
		"![](fig:onset)\n\n![](fig:onset)": `"fig:onset" is there twice`,
		"a\n\n---\n":                       `ThematicBreak cannot be set`,
	} {
		b := document.NewBuilder(material())
		b.Add("x.md", []byte(text))
		if _, err := b.Document(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

var hostile = []string{
	"*a* _b_ `c` [d](e) ![f](fig:g) <script>alert(1)</script> &amp; \\ # 1. - + > | ~ $ {}",
	"# heading", "1. list", "- list", "    code", "```\nfence", "| a | b |\n|---|---|", "<!-- c -->", "[^1]: note", "a\n\nb", "a\u2028b", "'quoted' -- ...", "trailing\\",
	"http://example.org/ a@b.c", "---", "===", "&nbsp;&#65;", "\x00\x01", "{{.}}", "{#id .class}", "[](cite:a)", "**", "ﬁ 日本 \U0001F4A9 \xff",
}

// Text from data is nothing but that text, wherever it stands.
func TestEscape(t *testing.T) {
	for _, s := range hostile {
		checkEscape(t, s)
	}
}

func checkEscape(t *testing.T, s string) {
	t.Helper()
	words := strings.Join(strings.FieldsFunc(string([]rune(s)), func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029'
	}), " ")
	for _, frame := range []string{"%s", "a %s b", "## %s {#id}", "- %s", "[%s](http://x)", "![%s](fig:onset)", "*%s*", "| a |\n|---|\n| %s |"} {
		b := document.NewBuilder(material())
		b.Add("x.md", []byte(fmt.Sprintf(frame, document.Escape(s))))
		d, err := b.Document()
		if err != nil {
			t.Fatalf("%q in %q: %v", s, frame, err)
		}
		c := document.NewBuilder(material())
		c.Add("x.md", []byte(fmt.Sprintf(frame, "PLACE")))
		e, err := c.Document()
		if err != nil {
			t.Fatal(err)
		}
		if words == "" {
			continue // an empty paragraph is none
		}
		got, want := outline(d), strings.ReplaceAll(outline(e), "PLACE", words)
		if got != want {
			t.Errorf("%q in %q: got\n%s\nwant\n%s", s, frame, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 200 {
			checkEscape(t, s)
		}
	})
}

func TestPlainText(t *testing.T) {
	b := document.NewBuilder(material())
	b.Add("x.md", []byte("# A *b* `c` [d](http://x)\n"))
	d, err := b.Document()
	if got := document.PlainText(d.Title); err != nil || got != "A b c d" {
		t.Errorf("%q, %v", got, err)
	}
	if !reflect.DeepEqual(d.Title[0], document.Text("A ")) {
		t.Errorf("%#v", d.Title)
	}
}
