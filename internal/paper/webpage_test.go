package paper

import (
	"bytes"
	"strings"
	"testing"

	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/html/htmltest"
	"virtcmp/internal/result/resulttest"
)

func webpage(t testing.TB, p *Paper) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The page of every campaign is sound and has all the words of its document.
func TestWebpage(t *testing.T) {
	for _, tc := range campaigns {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := paperOf(t, tc.name)
			page := webpage(t, p)
			got, err := htmltest.Parse(page)
			if err != nil {
				t.Fatal(err)
			}
			plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
			text := plain(got.Text)
			for _, b := range p.Document.Blocks {
				var words []document.Inline
				switch b := b.(type) {
				case *document.Heading:
					words = b.Text
				case *document.Figure:
					words = b.Caption
				case *document.Table:
					words = b.Caption
					for _, r := range b.Body {
						for _, c := range r.Cells {
							if !strings.Contains(text, plain(document.PlainText(withoutCites(c.Text)))) {
								t.Errorf("%s: no %q on the page", b.ID, document.PlainText(c.Text))
							}
						}
					}
				}
				if !strings.Contains(text, plain(document.PlainText(withoutCites(words)))) {
					t.Errorf("no %q on the page", document.PlainText(words))
				}
			}
			if want := len(p.Figures); got.Elements["figure"] != want {
				t.Errorf("%d figures, want %d", got.Elements["figure"], want)
			}
		})
	}
}

// withoutCites is text up to its first citation, of which PlainText says nothing.
func withoutCites(text []document.Inline) []document.Inline {
	for i, n := range text {
		if _, ok := n.(*document.Cite); ok {
			return text[:i]
		}
	}
	return text
}

// A page is no burden, and the same findings give the same bytes.
func TestWebpageSize(t *testing.T) {
	c := resulttest.Seven()
	c.Matrix = true
	page := webpage(t, newPaper(t, c.Findings(), options()))
	t.Logf("%d testbeds: %d kB", len(c.Testbeds), len(page)/1000)
	if len(page) > 1_500_000 {
		t.Errorf("%d bytes", len(page))
	}
	if again := webpage(t, newPaper(t, c.Findings(), options())); !bytes.Equal(page, again) {
		t.Error("the same findings give other bytes")
	}
}

// BenchmarkWebpage is a page from a document.
func BenchmarkWebpage(b *testing.B) {
	p := newPaper(b, resulttest.First().Findings(), options())
	for b.Loop() {
		webpage(b, p)
	}
}
