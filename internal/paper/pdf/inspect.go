package pdf

import "fmt"

// What makes a page look badly made up.
const (
	mostShort   = 5 * textLead // points that a column may end early though text follows
	mostDistant = 3            // pages between a float's place and the page it is on
	leastFilled = 0.6          // share of a page that is not the last
)

// Blemishes returns what a reader would find ugly in the pages though nothing is wrong:
// columns that end early, pages with little on them, floats far behind their place, and
// lines or headings parted from what they belong to.
func (l *Layout) Blemishes() []string { return l.layouter.blemishes(l.pages) }

func (l *layouter) blemishes(pages []*page) []string {
	var all []string
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	ends := make([]int, len(pages)) // piece that follows each page
	for n, p := range pages {
		ends[n] = p.columns[1].to
	}
	pageOf := func(at int) int {
		for n, end := range ends {
			if at < end {
				return n
			}
		}
		return len(pages) - 1
	}
	for n, p := range pages {
		last := n == len(pages)-1
		used := stack(p.floats[spanTop]) + stack(p.floats[spanBottom])
		if p.title != nil {
			used += p.title.height
		}
		for i, c := range p.columns {
			side := []string{"left", "right"}[i]
			if c.from < c.to && c.from > 0 && l.pieces[c.from].penalty >= never {
				complain("page %d, %s column begins with %q, which belongs to what is before it", n+1, side, l.pieces[c.from].text)
			}
			if c.stretch > mostStretch+0.01 {
				complain("page %d, %s column is stretched %.1f times", n+1, side, c.stretch)
			}
			filled := columnStack(p, i) + notesHeight(c.notes) + c.lead + l.textHeight(c)
			used += min(filled, p.height) / 2
			if c.from == c.to { // of floats alone, which need no space to text
				filled -= floatGap
			}
			if len(p.floats[leftBottom+2*slot(i)])+len(p.floats[spanBottom]) > 0 {
				filled += min(moreGap, max(p.height-filled, 0)) // above a float, which may have more
			}
			if filled > p.height+0.1 {
				complain("page %d, %s column runs %.0f points over", n+1, side, filled-p.height)
			}
			if short := p.height - filled; !last && c.to < len(l.pieces) && short > mostShort {
				complain("page %d, %s column ends %.0f points early", n+1, side, short)
			}
		}
		if share := used / l.pageText; !last && share < leastFilled {
			complain("page %d is filled to %.0f %%", n+1, 100*share)
		}
		for _, floats := range p.floats {
			for _, f := range floats {
				if distance := n - pageOf(f.at); distance > mostDistant {
					complain("%s stands %d pages behind its place", f.name, distance)
				}
			}
		}
	}
	return all
}

// textHeight is what the column's pieces take with the spaces between them.
func (l *layouter) textHeight(c column) float64 {
	h := 0.0
	for i := c.from; i < c.to; i++ {
		h += l.pieces[i].height
		if i > c.from {
			h += l.pieces[i].above(c.stretch)
		}
	}
	return h
}
