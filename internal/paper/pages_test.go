package paper

import (
	"testing"
	"time"

	"virtcmp/internal/paper/pdf"
	"virtcmp/templates"
)

// Whatever was measured, the pages are well made up: in every campaign, on both papers.
func TestPages(t *testing.T) {
	for name, all := range everyCampaign(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := hyphenator(templates.Paper)
			if err != nil {
				t.Fatal(err)
			}
			d, err := newView(t, all).document()
			if err != nil {
				t.Fatal(err)
			}
			for format, paper := range map[string]pdf.Paper{"A4": pdf.A4, "letter": pdf.Letter} {
				l, err := pdf.New(d, pdf.Options{Paper: paper, Hyphenator: h, Created: time.Unix(0, 0)})
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
