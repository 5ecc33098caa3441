package latex

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"virtcmp/internal/golden"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/paper/document/documenttest"
)

func written(t testing.TB, d *document.Document) string {
	t.Helper()
	var b bytes.Buffer
	err := Write(&b, d, Options{Author: "A. Author", Figures: "figures", Bibliography: "paper", Hyphenation: []string{"hy-per-vi-sor", `\input`, "na%me"}, Made: []string{"Made by a test,\nfrom nothing"}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func bibliography(t testing.TB, d *document.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteBibliography(&b, d, []string{"Made by a test, for a@b.example"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	d := documenttest.Sample("R&D_1 [50 %]")
	for name, got := range map[string]string{"sample.tex": written(t, d), "sample.bib": bibliography(t, d)} {
		golden.Compare(t, filepath.Join("testdata", name), got)
	}
}

// Lines are of readable length, and none ends the paragraph by being empty where the text
// goes on.
func TestLines(t *testing.T) {
	_, body, _ := strings.Cut(written(t, documenttest.Sample("some data")), `\begin{document}`)
	for line := range strings.Lines(body) {
		if n := utf8.RuneCountInString(line); n > lineLength+1 {
			t.Errorf("%d characters: %s", n, line)
		}
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("trailing space: %q", line)
		}
	}
	for _, tc := range []struct{ text, want string }{
		{"A b. C d.", "A b. C d."},
		{strings.Repeat("word ", 12) + "end. Next one.", strings.Repeat("word ", 12) + "end.\nNext one."},
		{strings.Repeat("word ", 12) + "et al. Next one.", strings.Repeat("word ", 12) + "et al. Next one."},
		{"a  b\\\\\nc", "a b\\\\\nc"},
	} {
		if got := fill(tc.text, ""); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// stands are the commands that escape writes, and the text that they stand for.
var stands = strings.NewReplacer(
	`\textbackslash{}`, `\`, `\{`, "{", `\}`, "}", `\$`, "$", `\&`, "&", `\#`, "#", `\%`, "%", `\_`, "_", `\textasciicircum{}`, "^",
	`\textasciitilde{}`, "~", `\textless{}`, "<", `\textgreater{}`, ">", `\textbar{}`, "|", `\textquotedbl{}`, `"`, `\textquotesingle{}`, "'",
	`\textasciigrave{}`, "`", "~", "\u00a0", `\,`, "\u202f", `\allowbreak{}`, "", "{}", "",
)

var command = regexp.MustCompile(`\\(?:[A-Za-z]+\{\}|[^A-Za-z])`)

func checkText(t *testing.T, s string) {
	t.Helper()
	for _, set := range []func(charset, string) string{charset.text, charset.code} {
		chars := charset{}
		got := set(chars, s)
		if back := stands.Replace(got); back != document.Clean(s) {
			t.Errorf("%q becomes %q, which is %q", s, got, back)
		}
		// Apart from those commands nothing is left that means anything to TeX.
		rest := strings.ReplaceAll(command.ReplaceAllString(got, ""), "{}", "")
		if i := strings.IndexAny(rest, "\\{}$&#%_^\"`'<>|"); i >= 0 {
			t.Errorf("%q becomes %q: %q is bare", s, got, rest[i:])
		}
		for _, r := range got {
			if r > 0xff && !strings.ContainsRune(known, r) && !chars[r] || r < ' ' {
				t.Errorf("%q: %q is not declared", s, r)
			}
		}
		if strings.Contains(got, "--") || strings.Contains(got, ",,") {
			t.Errorf("%q becomes %q, with ligatures", s, got)
		}
	}
	if got := bib(s); strings.Count(got, "{") != strings.Count(got, "}") || strings.Contains(got, `\{`) {
		t.Errorf("%q becomes %q, whose braces BibTeX does not pair", s, got)
	}
	if got := address(s); strings.ContainsAny(strings.NewReplacer(`\%`, "", `\#`, "", `\&`, "", `\_`, "").Replace(got), "\\{}$&#%_^\"`<>|~ ") {
		t.Errorf("address of %q: %q", s, got)
	}
	if got := label(s); strings.Trim(strings.ToLower(got), "abcdefghijklmnopqrstuvwxyz0123456789:.-") != "" {
		t.Errorf("label of %q: %q", s, got)
	}
}

func TestText(t *testing.T) {
	for _, s := range documenttest.Hostile {
		checkText(t, s)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range documenttest.Hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkText(t, s) })
}

// Whatever data hold, the document has the same environments and commands.
func TestHostile(t *testing.T) {
	skeleton := func(place string) string {
		text := written(t, documenttest.Sample(place))
		_, body, _ := strings.Cut(text, `\begin{document}`)
		return strings.Join(regexp.MustCompile(`\\(?:begin|end|section|caption|label|item|ref|cite|footnote|href|includegraphics|input|write|def|catcode)\b`).FindAllString(body, -1), " ")
	}
	want := skeleton("x")
	for _, s := range documenttest.Hostile {
		if document.Clean(s) != "" && strings.TrimSpace(document.Clean(s)) == "" {
			continue // an empty cell is none
		}
		if got := skeleton(s); got != want {
			t.Errorf("%q: %s\nwant %s", s, got, want)
		}
	}
}

func TestEntries(t *testing.T) {
	for _, tc := range []struct {
		reference document.Reference
		want      []string
	}{
		{document.Reference{Key: "k", Authors: "J. D. C. Little", Title: "T", Venue: "J", Details: "9(3), pp. 383–387", Year: "1961"},
			[]string{"@article{k,", "{Little, J. D. C.}", "{{T}}", "volume       = {9}", "number       = {3}", "pages        = {383--387}", "year         = {1961}"}},
		{document.Reference{Key: "k", Authors: "M. G. Xavier, C. A. F. De Rose and D.-M. Popa", Title: "T", Venue: "C", Details: "pp. 1–2"},
			[]string{"@inproceedings{k,", "{Xavier, M. G. and De Rose, C. A. F. and Popa, D.-M.}", "booktitle    = {C}"}},
		{document.Reference{Key: "a b", Authors: "Linux Containers project", Title: "T {x} 50%", URL: "https://x.example/a_b%20c"},
			[]string{"@misc{a-20-b,", "{{Linux Containers project}}", `{{T \textbraceleft{}x\textbraceright{} 50\%}}`, "url          = {https://x.example/a_b%20c}"}},
		{document.Reference{Key: "k", Title: "T", Venue: "V", Details: "Enschede", URL: "javascript:x"}, []string{"@misc{k,", "howpublished = {\\emph{V}, Enschede}"}},
	} {
		got := entry(tc.reference)
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
		if strings.Contains(got, "javascript") {
			t.Errorf("a link in\n%s", got)
		}
	}
}

func TestSign(t *testing.T) {
	signed := Sign([]byte("text\n"))
	if !Unchanged(signed) || !bytes.HasPrefix(signed, []byte("text\n")) {
		t.Errorf("%q", signed)
	}
	for _, changed := range []string{"", "text\n", string(signed) + "more", "more" + string(signed), strings.Replace(string(signed), "text", "next", 1)} {
		if Unchanged([]byte(changed)) {
			t.Errorf("%q passes as unchanged", changed)
		}
	}
}

// The widths of columns follow from their text, and never leave the table.
func TestGrid(t *testing.T) {
	d := documenttest.Sample("x")
	for _, b := range d.Blocks {
		table, ok := b.(*document.Table)
		if !ok {
			continue
		}
		g, sum := newGrid(table), 0.0
		for _, s := range g.shares {
			if s <= 0.02 {
				t.Errorf("%s: shares %v", table.ID, g.shares)
			}
			sum += s
		}
		if sum > 1.0001 {
			t.Errorf("%s: shares add up to %v", table.ID, sum)
		}
	}
	for _, tc := range []struct{ widths, least, want []float64 }{
		{[]float64{5, 10, 20}, []float64{5, 5, 5}, []float64{5, 10, 20}},
		{[]float64{5, 50, 50}, []float64{5, 5, 5}, []float64{5, 27.5, 27.5}},
		{[]float64{5, 50, 50}, []float64{5, 5, 40}, []float64{5, 15, 40}},
		{[]float64{50, 50, 50}, []float64{40, 40, 40}, []float64{20, 20, 20}}, // nothing helps
	} {
		got := slices.Clone(tc.widths)
		shrink(got, tc.least, 60)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%v, at least %v: %v, want %v", tc.widths, tc.least, got, tc.want)
		}
	}
}
