package latex

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jung-kurt/gofpdf"

	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/document/documenttest"
	"virtcmp/internal/paper/latex/latextest"
)

// compile makes a PDF of the document, with empty figures, and returns its text.
func compile(t *testing.T, d *document.Document) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("paper.tex", written(t, d))
	put("paper.bib", bibliography(t, d))
	for _, b := range d.Blocks {
		if f, ok := b.(*document.Figure); ok {
			put("figures/"+f.ID+".pdf", page(t, f.Drawing.Width.Points(), f.Drawing.Height.Points()))
		}
	}
	return latextest.Compile(t, dir, "paper")
}

// page is an empty page of that size.
func page(t *testing.T, width, height float64) string {
	t.Helper()
	d := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "pt", Size: gofpdf.SizeType{Wd: width, Ht: height}})
	d.AddPage()
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCompile(t *testing.T) {
	flat := strings.Join(strings.Fields(compile(t, documenttest.Sample("R&D_1 [50 %]"))), " ")
	for _, want := range []string{"Set-up of R&D_1 [50 %]", "Figure 1", "Table 2", "Section 2", "[1]", "[1, 2]", "References", "617 [600, 640]"} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q on the pages: %s", want, flat)
		}
	}
}

// What the pages say of hostile text is that text.
func TestCompileHostile(t *testing.T) {
	plain := func(s string) string { // the letters and signs that every font has
		s = strings.NewReplacer("ﬁ", "fi", "ﬂ", "fl", "ﬀ", "ff", "\u00ad", "").Replace(s)
		return regexp.MustCompile(`[^!-~]+`).ReplaceAllString(s, "")
	}
	d := documenttest.Sample("x")
	d.Byline = append(d.Byline, &document.Paragraph{Text: []document.Inline{document.Text(strings.Repeat("A. Somebody, ", 30))}})
	for _, s := range documenttest.Hostile {
		d.Blocks = append(d.Blocks, &document.Heading{Level: 1, Number: "1"}, &document.Paragraph{Text: []document.Inline{
			document.Text("BEGIN" + s + "END and "), document.CodeSpan("BEGIN" + s + "END"), document.Text(". "), &document.Footnote{Number: 1, Text: []document.Inline{document.Text(s)}},
		}}, &document.List{Items: [][]document.Block{{&document.Paragraph{Text: []document.Inline{document.Text(s)}}}}}, &document.Code{Text: s})
	}
	text := plain(compile(t, d))
	for _, s := range documenttest.Hostile {
		if len(s) > 150 || strings.ContainsAny(s, "語ﬁ") { // broken over pages, or letters that no font here has
			continue
		}
		if want := "BEGIN" + plain(document.Clean(s)) + "END"; !strings.Contains(text, want) {
			t.Errorf("%q does not stand there as %q", s, want)
		}
	}
	if strings.Contains(text, "root:x:0") {
		t.Error("a file was read")
	}
}
