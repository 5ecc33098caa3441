package pdf

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// made is a random article: paragraphs, headings and floats.
func made(rng *rand.Rand) *layouter {
	l := &layouter{pageText: A4.textHeight()}
	if rng.IntN(2) == 0 {
		l.title = &float{name: "title", wide: true, height: 60 + 40*rng.Float64()}
	}
	for range 10 + rng.IntN(40) {
		if rng.IntN(4) == 0 {
			l.add(piece{height: 16, space: 11, stretch: 7, text: "heading"})
			l.keep = true
		}
		n := 1 + rng.IntN(12)
		for i := range n {
			p := piece{height: textLead, stretch: 1}
			if i == 1 || i > 0 && i == n-1 {
				p.penalty = never
			}
			if rng.IntN(60) == 0 {
				p.notes = []text{{lines: make([]textLine, 1+rng.IntN(3)), lead: noteLead}}
			}
			l.add(p)
		}
		if rng.IntN(5) == 0 {
			wide := rng.IntN(3) == 0
			l.floats = append(l.floats, &float{name: fmt.Sprint(len(l.floats)), order: rng.IntN(2), at: len(l.pieces), wide: wide, height: 60 + 240*rng.Float64()})
		}
	}
	return l
}

func TestMakeUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 25 {
		l := made(rng)
		pages := l.makeUp()
		if len(l.problems) > 0 {
			t.Fatal(l.problems)
		}
		checkPages(t, l, pages)
	}
}

// checkPages holds the made-up pages against the rules of the trade.
func checkPages(t *testing.T, l *layouter, pages []*page) {
	t.Helper()
	next := 0
	var last [2]int // place of the float of each order that came last
	seen := map[*float]bool{}
	for n, p := range pages {
		if (p.title != nil) != (n == 0 && l.title != nil) {
			t.Errorf("page %d: title %v", n, p.title)
		}
		end := p.columns[1].to
		total := p.height + stack(p.floats[spanTop]) + stack(p.floats[spanBottom])
		if p.title != nil {
			total += p.title.height
		}
		if total > l.pageText+floatGap+0.1 {
			t.Errorf("page %d is filled to %.1f of %.1f", n, total, l.pageText)
		}
		for s, floats := range p.floats {
			for _, f := range floats {
				if seen[f] {
					t.Errorf("%s is there twice", f.name)
				}
				seen[f] = true
				if f.wide != slot(s).wide() {
					t.Errorf("page %d: %s in slot %d", n, f.name, s)
				}
				if f.at > end {
					t.Errorf("page %d: %s stands before the page of its place", n, f.name)
				}
				if f.at < last[f.order] {
					t.Errorf("page %d: %s is out of order", n, f.name)
				}
				last[f.order] = f.at
			}
		}
		for i, c := range p.columns {
			if c.from != next {
				t.Errorf("page %d: column begins at piece %d, the one before ended at %d", n, c.from, next)
			}
			next = c.to
			h := notesHeight(c.notes)
			for j := c.from; j < c.to; j++ {
				h += l.pieces[j].height
				if j > c.from {
					h += l.pieces[j].above(c.stretch)
				}
			}
			if room := p.height - columnStack(p, i); c.to > c.from && h > room+0.1 {
				t.Errorf("page %d, column %d: %.1f points of text in %.1f", n, i, h, room)
			}
			if c.to < len(l.pieces) && c.to > c.from && l.pieces[c.to].penalty >= never {
				t.Errorf("page %d, column %d ends before %q, which belongs to what is before it", n, i, l.pieces[c.to].text)
			}
		}
	}
	if next != len(l.pieces) {
		t.Errorf("%d of %d pieces are on the pages", next, len(l.pieces))
	}
	if len(seen) != len(l.floats) {
		t.Errorf("%d of %d floats are on the pages", len(seen), len(l.floats))
	}
}

func TestMakeUpFillsPages(t *testing.T) {
	l := &layouter{pageText: A4.textHeight()}
	for range 4 * 63 * 2 { // just four pages of lines
		l.add(piece{height: textLead})
	}
	pages := l.makeUp()
	if len(pages) != 4 {
		t.Errorf("%d pages", len(pages))
	}
	for n, p := range pages {
		if p.columns[0].to-p.columns[0].from != 63 || p.columns[1].to-p.columns[1].from != 63 {
			t.Errorf("page %d: columns %+v", n, p.columns)
		}
	}
}

func TestLastPageIsBalanced(t *testing.T) {
	l := &layouter{pageText: A4.textHeight()}
	for range 20 {
		l.add(piece{height: textLead})
	}
	p := l.makeUp()[0]
	if n, m := p.columns[0].to-p.columns[0].from, p.columns[1].to-p.columns[1].from; n != 10 || m != 10 {
		t.Errorf("%d and %d lines", n, m)
	}
}

// A few lines too many go to the pages before, which are a line taller for it, and of more
// the pages before give some.
func TestFewLinesTooMany(t *testing.T) {
	for _, tc := range []struct {
		more, pages int
		taller      float64 // in lines
	}{{3, 6, 1}, {12, 6, 1}, {16, 7, -1}, {30, 7, -1}, {60, 7, 0}} {
		l := &layouter{pageText: A4.textHeight()}
		for range 6*63*2 + tc.more {
			l.add(piece{height: textLead})
		}
		pages := l.makeUp()
		if taller := (l.pageText - A4.textHeight()) / textLead; len(pages) != tc.pages || math.Abs(taller-tc.taller) > 0.01 {
			t.Errorf("of %d lines too many there are %d pages, %.1f lines taller, want %d and %.0f", tc.more, len(pages), taller, tc.pages, tc.taller)
		}
		checkPages(t, l, pages)
	}
}

// Text that there are but few lines of is not put between floats.
func TestNoLinesLost(t *testing.T) {
	l := &layouter{pageText: A4.textHeight()}
	for range 300 {
		l.add(piece{height: textLead})
	}
	for _, at := range []int{20, 40, 60, 80} { // of which two leave room for a line
		l.floats = append(l.floats, &float{name: fmt.Sprint(at), at: at, height: (A4.textHeight() - 12 - floatFloat - floatGap) / 2})
	}
	pages := l.makeUp()
	if all := l.blemishes(pages); len(all) > 0 {
		t.Error(all)
	}
	checkPages(t, l, pages)
}

// Columns of the last page that cannot be broken to end alike are set to.
func TestLastPageEndsEvenly(t *testing.T) {
	l := &layouter{pageText: A4.textHeight()}
	for range 17 {
		for i := range 3 {
			p := piece{height: smallLead, space: 2, stretch: 1}
			if i > 0 {
				p.space, p.stretch, p.penalty = 0, 0, never
			}
			l.add(p)
		}
	}
	pages := l.makeUp()
	var ends [2]float64
	for i, c := range pages[0].columns {
		ends[i] = l.textHeight(c)
	}
	if math.Abs(ends[0]-ends[1]) > 0.6*3*smallLead {
		t.Errorf("columns end at %.1f", ends)
	}
}

func TestTooTall(t *testing.T) {
	l := &layouter{pageText: A4.textHeight()}
	l.add(piece{height: textLead})
	l.add(piece{height: 3 * l.pageText, text: "a table in the text"})
	l.floats = []*float{{name: "Figure 1", height: 2 * l.pageText}, {name: "Table 1", order: 1, height: 5 * l.pageText, wide: true}}
	if pages := l.makeUp(); len(pages) == 0 || len(l.problems) == 0 {
		t.Errorf("%d pages, problems %v", len(pages), l.problems)
	}
}

func TestNothing(t *testing.T) {
	l := &layouter{pageText: A4.textHeight()}
	if pages := l.makeUp(); len(pages) > 0 || len(l.problems) != 1 {
		t.Errorf("%d pages of nothing, problems %v", len(pages), l.problems)
	}
}
