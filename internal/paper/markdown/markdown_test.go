package markdown

import (
	"bytes"
	"html"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	rendered "github.com/yuin/goldmark/renderer/html"

	"virtcmp/internal/figure"
	"virtcmp/internal/golden"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/document/documenttest"
)

func written(t testing.TB, d *document.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d, Options{Figures: "paper-figures", Made: "Made by a test --> of nothing"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	golden.Compare(t, "testdata/sample.md", written(t, documenttest.Sample("R&D_1 [50 %]")))
}

var github = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(rendered.WithUnsafe()))

// page is what a site shows of Markdown.
func page(t testing.TB, source string) string {
	t.Helper()
	var b bytes.Buffer
	if err := github.Convert([]byte(source), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var tag = regexp.MustCompile(`(?s)<!--.*?-->|<(/?)([a-z0-9]+)[^>]*>`)

// words are a page's, without its tags.
func words(page string) string {
	return oneLine(html.UnescapeString(tag.ReplaceAllStringFunc(page, func(t string) string {
		if m := tag.FindStringSubmatch(t); slices.Contains([]string{"a", "em", "strong", "code", "sup"}, m[2]) {
			return ""
		}
		return " "
	})))
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }), " ")
}

// elements are the names of a page's tags, in order.
func elements(page string) string {
	var all []string
	for _, m := range tag.FindAllStringSubmatch(page, -1) {
		all = append(all, m[1]+m[2])
	}
	return strings.Join(all, " ")
}

// All words of the document are on the page, and references lead somewhere.
func TestRoundTrip(t *testing.T) {
	d := documenttest.Sample("R&D_1 [50 %]")
	shown := page(t, written(t, d))
	text := words(shown)
	for n := range d.Inlines() {
		if n, ok := n.(document.Text); ok && !strings.Contains(text, oneLine(string(n))) {
			t.Errorf("no %q on the page: %s", n, text)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(shown, -1) {
		if n := strings.Count(shown, `id="`+m[1]+`"`); n != 1 {
			t.Errorf("#%s is there %d times", m[1], n)
		}
	}
	for _, want := range []string{"<table>", `<img src="paper-figures/throughput.svg" alt="Caption of R&amp;D_1 [50 %]`, "<blockquote>", "<ol start=\"3\">", "<pre><code>code here --x 'y' \\z{}\n  indented",
		`<a href="https://example.org/a_b?c=d&amp;e=100%25#f">a`, "<strong>bold</strong>", "<strong>8.3 GB</strong>", "Figure\u00a01. Caption", "fn:1"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in %s", want, shown)
		}
	}
	if strings.Contains(shown, "javascript") {
		t.Error("a link that must not lead anywhere")
	}
}

// frames are the places where text can stand.
var frames = map[string]func(text ...document.Inline) document.Block{
	"paragraph": func(text ...document.Inline) document.Block { return &document.Paragraph{Text: text} },
	"heading":   func(text ...document.Inline) document.Block { return &document.Heading{Level: 1, Text: text} },
	"item": func(text ...document.Inline) document.Block {
		return &document.List{Items: [][]document.Block{{&document.Paragraph{Text: text}}}}
	},
	"quote": func(text ...document.Inline) document.Block {
		return &document.Quote{Blocks: []document.Block{&document.Paragraph{Text: text}}}
	},
	"caption": func(text ...document.Inline) document.Block {
		return &document.Table{Number: 1, Caption: text, Columns: []document.Column{{}}, Head: []document.Row{{Cells: []document.Cell{{}}}}}
	},
	"alternative": func(text ...document.Inline) document.Block {
		return &document.Figure{ID: "f", Number: 1, Caption: text, Drawing: &figure.Figure{ID: "f"}}
	},
	"cell": func(text ...document.Inline) document.Block {
		return &document.Table{Columns: []document.Column{{}, {}}, Head: []document.Row{{Cells: []document.Cell{{Text: text}, {}}}}, Body: []document.Row{{Cells: []document.Cell{{}, {Text: text}}}}}
	},
	"emphasis": func(text ...document.Inline) document.Block {
		return &document.Paragraph{Text: []document.Inline{document.Text("a"), &document.Emphasis{Text: text}, document.Text("b "), &document.Emphasis{Strong: true, Text: text}, document.Text(" c")}}
	},
	"link": func(text ...document.Inline) document.Block {
		return &document.Paragraph{Text: []document.Inline{document.Text("see!"), &document.Link{URL: "https://x.example/(a)_[b]", Text: text}}}
	},
	"lines": func(text ...document.Inline) document.Block {
		return &document.Paragraph{Text: append(append(slices.Clone(text), document.Break{}), text...)}
	},
}

func checkInert(t *testing.T, s string) {
	t.Helper()
	if oneLine(document.Clean(s)) == "" {
		return // an empty paragraph is none
	}
	for name, frame := range frames {
		show := func(s string) string {
			return page(t, written(t, &document.Document{Blocks: []document.Block{frame(document.Text(s)), frame(document.Text("A " + s + " B")), frame(document.Text("x" + s + "y"))}}))
		}
		const place = "PLACE"
		frameOf, got := show(place), show(s)
		want := oneLine(strings.ReplaceAll(words(frameOf), place, document.Clean(s)))
		if words(got) != want {
			t.Errorf("%s: %q is shown as %q, want %q", name, s, words(got), want)
		}
		if name != "emphasis" && elements(got) != elements(frameOf) {
			t.Errorf("%s: %q makes %s, want %s", name, s, elements(got), elements(frameOf))
		}
		if strings.Contains(got, "<script") {
			t.Errorf("%s: %q gets through", name, s)
		}
	}
	// Code may hold anything but line ends.
	if got, want := words(page(t, written(t, &document.Document{Blocks: []document.Block{&document.Paragraph{Text: []document.Inline{document.Text("a "), document.CodeSpan(s), document.Text(" b")}}}}))), oneLine("a "+document.Clean(s)+" b"); got != want {
		t.Errorf("code: %q is shown as %q, want %q", s, got, want)
	}
	if got, want := words(page(t, written(t, &document.Document{Blocks: []document.Block{&document.Code{Text: "a\n" + s + "\nb"}}}))), oneLine("a "+document.Clean(s)+" b"); got != want {
		t.Errorf("passage: %q is shown as %q, want %q", s, got, want)
	}
}

func TestInert(t *testing.T) {
	for _, s := range documenttest.Hostile {
		checkInert(t, s)
	}
}

func FuzzInert(f *testing.F) {
	for _, s := range documenttest.Hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 200 {
			checkInert(t, s)
		}
	})
}

// What readers of the source see often stays as it is.
func TestReadable(t *testing.T) {
	for s, want := range map[string]string{
		"17.2 [16.9, 17.5] ms": "17.2 [16.9, 17.5] ms", "×\u00a01.42 [1.31,\u00a01.53]": "×\u00a01.42 [1.31,\u00a01.53]", "sha256:5f70 - 6.18.5 (50 %)": "sha256:5f70 - 6.18.5 (50 %)",
		"[16.9, 17.5](x)": `\[16.9, 17.5\](x)`, "[^1]": `\[^1\]`, "a_b*": `a\_b\*`,
	} {
		if got := text(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Any mixture of what means something to Markdown is inert.
func TestInertMixtures(t *testing.T) {
	pieces := strings.Split("\\ ` * _ [ ] < > | ~ $ # & ! @ : . / - + = ( ) { } ^ ' \" 1. a www. http:// amp; x@y.z ** `` ]( [^1] <b> – é 9", " ")
	pieces = append(pieces, " ", " ", "\n", "\t")
	rng := rand.New(rand.NewPCG(5, 6))
	for range mixtures {
		var s string
		for range 1 + rng.IntN(8) {
			s += pieces[rng.IntN(len(pieces))]
		}
		checkInert(t, s)
	}
}

const mixtures = 300
