package pdf

import (
	"fmt"
	"math"
)

// What makes a page look badly made up.
const (
	mostShort   = 5 * textLead   // points that a column may end early though text follows
	mostUneven  = 2 * textLead   // points that columns of the last page may end apart
	mostDistant = 2              // pages between a float's place and the page it is on
	leastFilled = 0.6            // share of a page that is not the last
	leastLast   = 0.25           // share of a last page
	lostText    = 2.5 * textLead // points of text that look lost beside floats
)

// Blemishes returns what a reader would find ugly in the pages though nothing is wrong:
// columns that end early, or unevenly on the last page, pages with little on them, lines
// left alone between floats, floats far behind their place, and lines or headings parted
// from what they belong to.
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
		used := p.around()
		var ends [2]float64
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
			ends[i] = filled
			if p.lonely(i, l.textHeight(c)) {
				complain("page %d, %s column has %.0f points of text beside floats", n+1, side, l.textHeight(c))
			}
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
		if share := used / l.pageText; !last && share < leastFilled || last && n > 0 && share < leastLast {
			complain("page %d is filled to %.0f %%", n+1, 100*share)
		}
		if apart := math.Abs(ends[0] - ends[1]); last && apart > mostUneven+0.1 {
			complain("page %d, the last: columns end %.0f points apart", n+1, apart)
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
