package paper

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/latex/latextest"
	"virtcmp/internal/result/resulttest"
)

// put writes files below a directory.
func put(t testing.TB, dir string, files []File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, contents(t, f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func contents(t testing.TB, f File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b.Bytes()
}

// numbers are all that stand in a text, with their decimals.
func numbers(text string) map[string]int {
	all := map[string]int{}
	for _, n := range regexp.MustCompile(`\d[\d,]*(?:\.\d+)?`).FindAllString(text, -1) {
		all[strings.TrimRight(n, ",")]++
	}
	return all
}

// Every form has the numbers of the document, but for those of figures and tables, which
// LaTeX gives.
func TestFormsSayTheSame(t *testing.T) {
	p := newPaper(t, resulttest.First().Findings(), options())
	want := map[string]int{}
	for n := range p.Document.Inlines() {
		switch n := n.(type) {
		case document.Text:
			for number, times := range numbers(string(n)) {
				want[number] += times
			}
		case *document.Ref:
			for number, times := range numbers(document.PlainText(n.Text)) {
				want[number] -= times
			}
		}
	}
	maps.DeleteFunc(want, func(_ string, times int) bool { return times == 0 })
	if len(want) < 200 {
		t.Errorf("only %d numbers in the document", len(want))
	}
	for name, files := range map[string][]File{"paper.tex": p.LaTeX("paper", "figures"), "paper.md": p.Markdown("paper", "paper-figures")} {
		if first := contents(t, files[0]); strings.HasSuffix(files[0].Name, ".svg") && (!bytes.Contains(first, []byte(">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>")) || !bytes.HasSuffix(bytes.TrimSpace(first), []byte("</svg>"))) {
			t.Errorf("%s is not on white: %.300s", files[0].Name, first)
		}
		main := files[len(files)-1]
		if main.Name != name {
			t.Errorf("the last file is %s, want %s: it should be there only if all it refers to is", main.Name, name)
		}
		source := string(contents(t, main))
		got := numbers(source)
		for n := range want {
			if got[n] == 0 {
				t.Errorf("%s: no %s", name, n)
			}
		}
		for _, f := range files[:len(files)-1] {
			if base := strings.TrimSuffix(f.Name, filepath.Ext(f.Name)); !strings.Contains(source, base) {
				t.Errorf("%s does not mention %s", name, f.Name)
			}
		}
		if again := string(contents(t, slices.Clone(files)[len(files)-1])); again != source {
			t.Errorf("%s differs the second time", name)
		}
	}
}

// What goes on in LaTeX compiles without complaint, whatever the campaign, and says the same.
func TestLaTeXCompiles(t *testing.T) {
	matrix := resulttest.Seven()
	matrix.Matrix = true
	for name, findings := range map[string][]finding.Finding{"three": resulttest.First().Findings(), "seven": nested("xen", matrix.Findings()), "hostile": withHostile(hostile[0])} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPaper(t, findings, options())
			dir := t.TempDir()
			put(t, dir, p.LaTeX("paper", "figures"))
			pages := latextest.Compile(t, dir, "paper")
			if name != "three" {
				return
			}
			got := numbers(pages)
			var lost []string
			for n := range p.Document.Inlines() {
				text, ok := n.(document.Text)
				if !ok {
					continue
				}
				for n := range numbers(string(text)) {
					if got[n] == 0 {
						lost = append(lost, n)
					}
				}
			}
			slices.Sort(lost)
			if lost = slices.Compact(lost); len(lost) > 0 {
				t.Errorf("not on the pages: %q", lost)
			}
		})
	}
}
