package paper

import (
	"testing"

	"virtcmp/internal/paper/pdf"
)

// Whatever was measured, the pages are well made up: in every campaign, on both papers.
func TestPages(t *testing.T) {
	for name := range everyCampaign(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := paperOf(t, name)
			letter := *p.view
			letter.options.Paper = pdf.Letter
			for format, typeset := range map[string]func() (*pdf.Layout, error){
				"A4": p.layout, "letter": (&Paper{Document: p.Document, view: &letter}).typeset,
			} {
				l, err := typeset()
				if err != nil {
					t.Fatal(err)
				}
				for _, problem := range append(l.Problems(), l.Blemishes()...) {
					t.Errorf("%s: %s", format, problem)
				}
			}
		})
	}
}
