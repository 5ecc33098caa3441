package document_test

import (
	"strings"
	"testing"

	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/document/documenttest"
)

func TestReferenceText(t *testing.T) {
	for want, r := range map[string]document.Reference{
		"A. B. On C. <em strong=false D>, pp. 1–2, 2007.":           {Authors: "A. B.", Title: "On C", Venue: "D", Details: "pp. 1–2", Year: "2007"},
		"On C? <link https://x.example x.example>":                  {Title: "On C?", URL: "https://x.example"},
		"On C. <em strong=false D>.":                                {Title: "On C", Venue: "D"},
		"On C. Pages 3. <link http://x.example/ http://x.example/>": {Title: "On C", Details: "Pages 3", URL: "http://x.example/"},
	} {
		if got := strings.ReplaceAll(inlines(r.Text()), "\u00a0", " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLeads(t *testing.T) {
	for url, want := range map[string]bool{
		"https://example.org/": true, "HTTP://example.org": true, "mailto:a@b.example": true,
		"javascript:alert(1)": false, " javascript:x": false, "data:text/html,x": false, "file:///etc/passwd": false, "vbscript:x": false, "x": false, "": false, "https:": false,
	} {
		if got := (&document.Link{URL: url}).Leads(); got != want {
			t.Errorf("%q leads: %v", url, got)
		}
	}
}

// Every piece of text is come by, once and in order.
func TestInlines(t *testing.T) {
	var text strings.Builder
	cites, refs, notes := 0, 0, 0
	for n := range documenttest.Sample("the data").Inlines() {
		switch n := n.(type) {
		case document.Text:
			text.WriteString(string(n))
		case *document.Cite:
			cites++
		case *document.Ref:
			refs++
		case *document.Footnote:
			notes++
		}
	}
	last := -1
	for _, want := range []string{"Title", "B. Writer", "quoted", "First section", "bold", "A note with ", "stress", "Caption of the data", "deeper", "four", "quoted ", "The whole run", "Set-up of", "native Linux", "Xeon E5", "Of [bold]", "Measured", "1,234", "References"} {
		at := strings.Index(text.String()[last+1:], want)
		if at < 0 {
			t.Errorf("no %q behind the others", want)
			continue
		}
		last += at + 1
	}
	if cites != 4 || refs != 5 || notes != 1 {
		t.Errorf("%d citations, %d references, %d notes", cites, refs, notes)
	}
	for range documenttest.Sample("x").Inlines() {
		break // and it can be left
	}
}
