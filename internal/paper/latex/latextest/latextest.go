// Package latextest makes PDFs of LaTeX in tests, where it is installed.
package latextest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// mostOverfull is how far a line may stand out, in points, without anybody seeing it.
const mostOverfull = 5

// Compile makes name.pdf of name.tex in the directory, as its readers would, and returns
// its text. What LaTeX complains of is an error. Where there is no LaTeX the test is skipped.
func Compile(t *testing.T, dir, name string) string {
	t.Helper()
	for _, tool := range []string{"pdflatex", "bibtex", "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s (packages texlive-latex-recommended, texlive-fonts-recommended, poppler-utils)", tool)
		}
	}
	pdflatex := []string{"pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name}
	for _, args := range [][]string{pdflatex, {"bibtex", name}, pdflatex, pdflatex} {
		c := exec.Command(args[0], args[1:]...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, out[max(0, len(out)-1500):])
		}
	}
	log, err := os.ReadFile(filepath.Join(dir, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range complaint.FindAll(log, -1) {
		t.Errorf("%s", bad)
	}
	for _, m := range overfull.FindAllSubmatch(log, -1) {
		if points, err := strconv.ParseFloat(string(m[1]), 64); err != nil || points > mostOverfull {
			t.Errorf("%s", m[0])
		}
	}
	out, err := exec.Command("pdftotext", "-nopgbrk", filepath.Join(dir, name+".pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var (
	complaint = regexp.MustCompile(`(?m)^(?:LaTeX Warning: .*(?:undefined|multiply|too large).*|.*Unicode character.*|LaTeX Font Warning: .*shape.*)$`)
	overfull  = regexp.MustCompile(`(?m)^Overfull \\hbox \(([\d.]+)pt too wide\).*$`)
)
