package pdf

import (
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"virtcmp/internal/paper/document"
)

func testHyphenator(t testing.TB) *Hyphenator {
	t.Helper()
	f, err := os.Open("../../../templates/paper/hyphen.tex")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, err := NewHyphenator(f)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func testLayouter(t testing.TB) *layouter {
	t.Helper()
	f, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	return &layouter{faces: f, hyph: testHyphenator(t), pageText: A4.textHeight()}
}

func TestHyphenation(t *testing.T) {
	h := testHyphenator(t)
	h.Except("con-tain-er", "kernel")
	for word, want := range map[string]string{
		"hyphenation": "hy-phen-ation", "concatenation": "con-cate-na-tion", "table": "ta-ble", "project": "project", // the last two are Knuth's exceptions
		"container": "con-tainer", "Container": "Con-tainer", "kernel": "kernel", "the": "the", "a": "a", "": "",
		"overflow": "over-flow", strings.Repeat("ab", 40): strings.Repeat("ab", 40),
	} {
		if got := strings.Join(h.parts(word), "-"); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func wordsOf(t text) string {
	var all []string
	for _, ln := range t.lines {
		all = append(all, ln.plain())
	}
	return strings.Join(all, "\n")
}

// joined undoes the line breaks: a hyphen that the source did not have goes.
func joined(t text) string {
	s := ""
	for _, ln := range t.lines {
		line := strings.TrimRight(ln.plain(), " ")
		if s != "" && !strings.HasSuffix(s, "-") {
			s += " "
		}
		s = strings.TrimSuffix(s, "-") + line
	}
	return s
}

const prose = `Isolation lets one machine serve many owners. A container gives each of them a private view of one shared kernel; a
virtual machine gives each a kernel of its own. The price is paid in processor time, in memory and in the time it takes to
start. What it buys is that a neighbour's trouble stays with the neighbour. Both sides of the bargain move with every
generation of kernels and processors, so comparisons age quickly, and few can be repeated.`

func TestJustified(t *testing.T) {
	l := testLayouter(t)
	source := strings.Join(strings.Fields(prose), " ")
	for _, width := range []float64{columnWidth, 120, 400} {
		got := l.breakText([]document.Inline{document.Text(source)}, look{size: textSize}, textLead, measure{width: width}, 0)
		for i, ln := range got.lines {
			if i < len(got.lines)-1 && math.Abs(ln.width-width) > 0.05 {
				t.Errorf("width %v: line %q is %.2f wide", width, ln.plain(), ln.width)
			}
			if i == len(got.lines)-1 && ln.width > width+0.05 {
				t.Errorf("width %v: last line is %.2f wide", width, ln.width)
			}
		}
		if g := joined(got); g != source {
			t.Errorf("width %v: words were lost:\n%s\nwant\n%s", width, g, source)
		}
	}
	if len(l.problems) > 0 {
		t.Error(l.problems)
	}
}

// No total of demerits is less than that of the breaks found: against every way to
// break a short paragraph.
func TestTotalFitIsBest(t *testing.T) {
	l := testLayouter(t)
	rng := rand.New(rand.NewPCG(5, 6))
	vocabulary := strings.Fields(prose)
	for range 30 {
		s := &setter{faces: l.faces, hyph: nil, width: 100}
		var some []string
		for range 12 {
			some = append(some, vocabulary[rng.IntN(len(vocabulary))])
		}
		s.inlines([]document.Inline{document.Text(strings.Join(some, " "))}, look{size: textSize})
		s.items = append(s.items, item{kind: penalty, penalty: never}, item{kind: glue, stretch: fil}, item{kind: penalty, penalty: forced})
		m := measure{width: 100}
		lines := totalFit(s.items, m, never, 10, true)
		if lines == nil {
			continue
		}
		found := cost(s.items, lines, m, 10)
		best := math.Inf(1)
		everyWay(s.items, nil, 0, func(ways []line) { best = min(best, cost(s.items, ways, m, 10)) })
		if found > best*(1+1e-9) {
			t.Errorf("%q: %v demerits, and %v would do", some, found, best)
		}
	}
}

// everyWay visits every way to end lines at glue, and at the end.
func everyWay(items []item, lines []line, from int, visit func([]line)) {
	for i := from; i < len(items); i++ {
		if items[i].kind == glue && i > from && items[i-1].kind == box {
			everyWay(items, append(lines[:len(lines):len(lines)], line{from: from, to: i}), i+1, visit)
		}
	}
	visit(append(lines[:len(lines):len(lines)], line{from: from, to: len(items) - 1}))
}

// cost is what the breaks cost by the rules that totalFit follows, written anew.
func cost(items []item, lines []line, m measure, emergency float64) float64 {
	total, class := 0.0, 1
	for _, ln := range lines {
		w, stretch, shrink := 0.0, m.ragged+emergency, 0.0
		for _, it := range items[ln.from:ln.to] {
			if it.kind != penalty {
				w, stretch, shrink = w+it.width, stretch+it.stretch, shrink+it.shrink
			}
		}
		ratio := (m.width - w) / stretch
		if w > m.width {
			if shrink == 0 {
				return math.Inf(1)
			}
			ratio = (m.width - w) / shrink
		}
		if ratio < -1 {
			return math.Inf(1)
		}
		bad := min(100*math.Pow(math.Abs(ratio), 3), never)
		if 100*math.Pow(math.Abs(ratio), 3) > never {
			return math.Inf(1)
		}
		total += (linePenalty + bad) * (linePenalty + bad)
		if c := fitness(ratio); abs(c-class) > 1 {
			total += looseNextTight
		}
		class = fitness(ratio)
	}
	return total
}

func TestUnbreakable(t *testing.T) {
	l := testLayouter(t)
	for name, in := range map[string][]document.Inline{
		"a word wider than the line": {document.Text("see " + strings.Repeat("Donaudampfschiff", 30) + " there")},
		"digits":                     {document.Text(strings.Repeat("0123456789", 40))},
		"a digest":                   {document.Text("is "), document.CodeSpan(strings.Repeat("9f86d081", 8)), document.Text(" of it")},
		"a path":                     {document.CodeSpan("/" + strings.Repeat("directory/", 30))},
		"a URL":                      {&document.Link{URL: "x", Text: []document.Inline{document.Text("https://example.org/" + strings.Repeat("a-b_c/", 30))}}},
		"tied words":                 {document.Text(strings.Repeat("tied\u00a0", 60) + "end")},
		"no-break citation":          {document.Text("x"), &document.Cite{References: make([]document.Reference, 40)}},
		"wide glyphs":                {document.Text(strings.Repeat("W", 200))},
	} {
		l.problems = nil
		got := l.breakText(in, look{size: textSize}, textLead, measure{width: columnWidth}, 0)
		for _, ln := range got.lines {
			if ln.width > columnWidth+0.05 {
				t.Errorf("%s: line %.1f wide: %q", name, ln.width, ln.plain())
			}
		}
		if len(l.problems) > 0 {
			t.Errorf("%s: %v", name, l.problems)
		}
	}
}

func TestTies(t *testing.T) {
	l := testLayouter(t)
	rng := rand.New(rand.NewPCG(8, 9))
	for range 100 {
		var b strings.Builder
		for range 40 {
			b.WriteString(strings.Repeat("x", 1+rng.IntN(9)) + " ")
			if rng.IntN(4) == 0 {
				b.WriteString("17.2\u00a0ms ")
			}
		}
		got := l.breakText([]document.Inline{document.Text(b.String())}, look{size: textSize}, textLead, measure{width: 140}, 0)
		for _, ln := range got.lines {
			if strings.HasPrefix(strings.TrimSpace(ln.plain()), "ms") {
				t.Fatalf("a number and its unit were parted:\n%s", wordsOf(got))
			}
		}
	}
}

func TestLooks(t *testing.T) {
	l := testLayouter(t)
	in := []document.Inline{
		document.Text("plain "), &document.Emphasis{Text: []document.Inline{document.Text("italic "), &document.Emphasis{Strong: true, Text: []document.Inline{document.Text("both")}}}},
		document.Text(" "), document.CodeSpan("code"), &document.Ref{Target: "fig:x", Text: []document.Inline{document.Text("Figure\u00a03")}},
		&document.Footnote{Number: 7, Text: []document.Inline{document.Text("note")}}, document.Break{}, document.Text("next"),
	}
	got := l.breakText(in, look{size: textSize}, textLead, measure{width: 400}, 0)
	if len(got.lines) != 2 || len(got.lines[0].notes) != 1 {
		t.Fatalf("%d lines, notes %v", len(got.lines), got.lines[0].notes)
	}
	byText := map[string]style{}
	for _, r := range got.lines[0].runs {
		byText[r.text] = r.style
	}
	for text, want := range map[string]*face{"plain": l.faces.regular, "italic": l.faces.italic, "both": l.faces.boldItalic, "code": l.faces.mono, "7": l.faces.regular} {
		if byText[text].face != want {
			t.Errorf("%q is set in %v", text, byText[text].face)
		}
	}
	if byText["Figure"].link != "#fig:x" || byText["7"].rise <= 0 || byText["code"].size >= textSize {
		t.Errorf("%+v", byText)
	}
}

func TestKerning(t *testing.T) {
	f, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	apart := f.regular.glyph('A').advance + f.regular.glyph('V').advance
	if w := f.regular.width("AV"); w >= apart {
		t.Errorf("AV is %v wide, its letters %v", w, apart)
	}
	if got := f.regular.supported("a\u00adb\u4e2d\x01\U0001F4A9\u200b"); got != "ab\ufffd\ufffd\ufffd" && got != "ab???" {
		t.Errorf("%q", got)
	}
}

func FuzzBreakText(f *testing.F) {
	for _, s := range []string{prose, "", " ", "\u00a0\u00a0", strings.Repeat("m", 500), "a\u00a0b c-d–e/f", "\x00\xff\U0001F4A9", "--- ++ −−", "https://x.y/z?a=b&c"} {
		f.Add(s, 80.0)
	}
	l := testLayouter(f)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if len(s) > 2000 || !(width > 20 && width < 600) {
			return
		}
		l.problems = nil
		for _, in := range []document.Inline{document.Text(s), document.CodeSpan(s), &document.Emphasis{Strong: true, Text: []document.Inline{document.Text(s)}}} {
			for _, ragged := range []float64{0, width} {
				got := l.breakText([]document.Inline{in}, look{size: textSize}, textLead, measure{width: width, ragged: ragged}, 0)
				for _, ln := range got.lines {
					if ln.width > width+0.1 {
						t.Fatalf("width %v: %q is %v wide", width, ln.plain(), ln.width)
					}
				}
			}
		}
		if len(l.problems) > 0 {
			t.Fatal(l.problems)
		}
	})
}
