package latex

import (
	"strings"
	"testing"

	"virtcmp/internal/figure"
	"virtcmp/internal/paper/document"
)

// Floats stand before the text that mentions them first, in the order of their numbers.
func TestEarly(t *testing.T) {
	text := func(s string) []document.Inline { return []document.Inline{document.Text(s)} }
	par := func(name string, refs ...string) *document.Paragraph {
		p := &document.Paragraph{Text: text(name)}
		for _, r := range refs {
			p.Text = append(p.Text, &document.Emphasis{Text: []document.Inline{&document.Ref{Target: r}}})
		}
		return p
	}
	long := func(name string) *document.Paragraph { return par(name + strings.Repeat(" word", wideAhead)) }
	section := func(number string) *document.Heading {
		return &document.Heading{Level: 1, Number: number, Text: text("§" + number)}
	}
	narrow := func(id string) *document.Figure {
		return &document.Figure{ID: id, Number: 1, Drawing: &figure.Figure{Width: figure.ColumnWidth}, Caption: text(id)}
	}
	wide := func(id string) *document.Table {
		return &document.Table{ID: id, Number: 1, Wide: true, Caption: text(id)}
	}
	noted := narrow("n")
	noted.Caption = append(noted.Caption, &document.Footnote{})
	for name, tc := range map[string]struct {
		blocks []document.Block
		want   string
	}{
		"mentioned before":         {[]document.Block{section("1"), par("a"), par("b", "fig:f"), par("c"), narrow("f"), par("d")}, "§1 a f b c d"},
		"mentioned later":          {[]document.Block{section("1"), par("a"), narrow("f"), par("b", "fig:f")}, "§1 a f b"},
		"never mentioned":          {[]document.Block{section("1"), par("a"), narrow("f"), par("b")}, "§1 a f b"},
		"in the abstract":          {[]document.Block{section(""), par("a", "fig:f"), section("1"), par("b"), narrow("f")}, "§ a §1 f b"},
		"no sections":              {[]document.Block{par("a", "fig:f"), narrow("f")}, "a f"},
		"in order":                 {[]document.Block{section("1"), par("a", "fig:g"), par("b"), par("c", "fig:f"), narrow("f"), narrow("g")}, "§1 a b f g c"},
		"kinds have each an order": {[]document.Block{section("1"), par("a", "fig:g"), par("b"), &document.Table{Number: 1, Caption: text("t")}, narrow("g")}, "§1 g a b t"},
		"a note in it":             {[]document.Block{section("1"), par("a", "fig:n"), par("b"), noted}, "§1 a b n"},
		"a note in the one before": {[]document.Block{section("1"), par("a", "fig:n", "fig:f"), par("b"), noted, narrow("f")}, "§1 a b n f"},
		"across the page":          {[]document.Block{section("1"), par("a"), long("b"), par("c"), par("d", "tab:w"), wide("w")}, "§1 a w b c d"},
		"across the first page":    {[]document.Block{par("0"), section("1"), par("c"), par("d", "tab:w"), wide("w")}, "0 §1 w c d"},
		"within the text":          {[]document.Block{section("1"), par("a", "tab:"), par("b"), &document.Table{Caption: text("t")}}, "§1 a b t"},
	} {
		var got []string
		for _, b := range early(tc.blocks) {
			name := ""
			switch b := b.(type) {
			case *document.Figure:
				name = document.PlainText(b.Caption)
			case *document.Table:
				name = document.PlainText(b.Caption)
			case *document.Paragraph:
				name = document.PlainText(b.Text)
			case *document.Heading:
				name = document.PlainText(b.Text)
			}
			got = append(got, strings.Fields(name)[0])
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("%s: %s, want %s", name, s, tc.want)
		}
	}
}
