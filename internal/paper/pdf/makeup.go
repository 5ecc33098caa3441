package pdf

import (
	"cmp"
	"math"
	"slices"
)

// Page make-up: which lines and floats go to which column. Pages are filled one by
// one in every sensible way, and of the ways to come this far the best few are kept
// (a beam search), so that a choice that looks good on one page is dropped where it
// spoils the next.

// Spaces around floats in points.
const (
	floatGap   = 13.0 // between a float and text
	floatFloat = 11.0 // between two floats
	moreGap    = 8.0  // that is added below a float where the text is too short
	noteRule   = 7.0  // above a column's footnotes
)

// Costs, in badness: about a hundred is a page more.
const (
	costPage       = 100.0
	costShort      = 0.05 // of a point's square that a column ends early, beyond its stretch
	costStretch    = 0.8  // of a column whose spaces are stretched by all they have
	mostStretch    = 2.0  // times that is still bearable
	costShrink     = 3.0  // of a column whose spaces are shrunk by all they have
	mostShrink     = 0.3  // share of a space that it may shrink by
	costLate       = 1.0  // of a line between a float's place and the page it is put on
	veryLate       = 80.0 // lines behind that count twice
	costDistant    = 30.0 // of the second page behind, by the square of those after it
	costEarly      = 5.0  // of a float in the column before its place
	costFirstTop   = 40.0 // of a float between the title and the abstract
	costBottom     = 2.5  // of a float at the foot of a column
	costNoText     = 30.0 // of a column without text
	costThinText   = 25.0 // of a column with less than leastText beside floats
	costLonely     = 90.0 // of one whose text looks lost between floats
	costCrowd      = 6.0  // of the third float in a column and each more
	leastText      = 5 * textLead
	beamWidth      = 64
	mostFloatsPage = 6
)

// slot is where on a page a float may stand, in reading order.
type slot int

const (
	spanTop slot = iota
	leftTop
	leftBottom
	rightTop
	rightBottom
	spanBottom
	slots
)

func (s slot) wide() bool { return s == spanTop || s == spanBottom }

// page is a page made up.
type page struct {
	title   *float
	floats  [slots][]*float
	columns [2]column
	height  float64 // of each column with its floats
}

// way is a way to have filled the pages so far.
type way struct {
	prev *way
	page *page
	next int    // piece
	done [2]int // floats placed, of each order
	cost float64
	sort float64 // cost with what is expected to follow
}

type maker struct {
	pieces []piece
	queues [2][]*float // figures, tables
	height float64     // of the page's text
	title  *float
	fills  map[fillKey][]filled
	below  []float64 // height of the pieces from each on
}

// heights are how many lines more than usual pages are tried with where something on them
// is ugly: one that ends with a few lines on a page of their own loses these to the pages
// before it, or gets some of theirs.
var heights = []float64{0, 1, -1, -2}

// makeUp returns the pages, in the height nearest to the usual one that leaves nothing ugly
// or else as little as can be.
func (l *layouter) makeUp() []*page {
	if len(l.pieces)+len(l.floats) == 0 {
		l.problem("the document is empty")
		return nil
	}
	for _, f := range l.floats {
		if f.height > l.pageText {
			l.problem("%s is taller than a page", f.name)
			f.height = l.pageText
		}
	}
	var best []*page
	fewest, usual, before := 0, l.pageText, len(l.problems)
	height, problems := usual, l.problems
	for _, lines := range heights {
		l.pageText, l.problems = usual+lines*textLead, l.problems[:before]
		if lines < 0 && slices.ContainsFunc(l.floats, func(f *float) bool { return f.height > l.pageText }) {
			continue // cut for the usual height
		}
		pages := l.makeUpIn()
		ugly := len(l.problems) + len(l.blemishes(pages))
		if best == nil || ugly < fewest {
			best, fewest, height, problems = pages, ugly, l.pageText, slices.Clone(l.problems)
		}
		if ugly == 0 || pages == nil {
			break
		}
	}
	l.pageText, l.problems = height, problems
	return best
}

// makeUpIn returns the pages in the height that they have.
func (l *layouter) makeUpIn() []*page {
	m := &maker{pieces: l.pieces, height: l.pageText, title: l.title, fills: map[fillKey][]filled{}}
	for _, f := range l.floats {
		m.queues[f.order] = append(m.queues[f.order], f)
	}
	m.below = make([]float64, len(m.pieces)+1)
	for i := len(m.pieces) - 1; i >= 0; i-- {
		m.below[i] = m.below[i+1] + m.pieces[i].height + m.pieces[i].space
	}
	ways := []*way{{}}
	var best *way
	for len(ways) > 0 {
		var next []*way
		for _, w := range ways {
			for _, n := range m.fillPage(w) {
				if m.finished(n) {
					if best == nil || n.cost < best.cost {
						best = n
					}
				} else {
					next = append(next, n)
				}
			}
		}
		ways = prune(next, best)
	}
	if best == nil {
		l.problem("no way to make up the pages")
		return nil
	}
	var pages []*page
	for w := best; w.page != nil; w = w.prev {
		pages = append(pages, w.page)
	}
	slices.Reverse(pages)
	return pages
}

func (m *maker) finished(w *way) bool {
	return w.next == len(m.pieces) && w.done[0] == len(m.queues[0]) && w.done[1] == len(m.queues[1])
}

// prune keeps the best ways; of those that come to the same place, the cheapest.
func prune(ways []*way, best *way) []*way {
	slices.SortStableFunc(ways, func(a, b *way) int { return cmp.Compare(a.sort, b.sort) })
	type place struct {
		next int
		done [2]int
	}
	seen := map[place]bool{}
	var kept []*way
	for _, w := range ways {
		p := place{w.next, w.done}
		if seen[p] || best != nil && w.cost >= best.cost {
			continue
		}
		seen[p] = true
		kept = append(kept, w)
		if len(kept) == beamWidth {
			break
		}
	}
	return kept
}

// fillPage returns the ways to go on from w by a page.
func (m *maker) fillPage(w *way) []*way {
	p := &page{}
	height := m.height
	if w.page == nil && m.title != nil {
		p.title = m.title
		height -= m.title.height
	}
	// No float goes to a page that surely ends before its place.
	end := m.fill(m.fill(w.next, height).to, height).to
	var ways []*way
	var place func(s slot, done [2]int, count int)
	place = func(s slot, done [2]int, count int) {
		if s == slots {
			ways = append(ways, m.finishPage(w, p, done, height)...)
			return
		}
		place(s+1, done, count)
		if count == mostFloatsPage {
			return
		}
		for order, queue := range m.queues {
			if done[order] == len(queue) {
				continue
			}
			f := queue[done[order]]
			if f.wide != s.wide() || f.at > end {
				continue
			}
			before := p.floats[s]
			p.floats[s] = append(before[:len(before):len(before)], f)
			if m.fits(p, height) {
				now := done
				now[order]++
				place(s, now, count+1)
			}
			p.floats[s] = before
		}
	}
	place(0, w.done, 0)
	return ways
}

// fits reports whether the page's floats leave no column less than no room. A column of
// floats alone needs no space to text.
func (m *maker) fits(p *page, height float64) bool {
	body := height - stack(p.floats[spanTop]) - stack(p.floats[spanBottom]) + floatGap
	return body >= columnStack(p, 0) && body >= columnStack(p, 1)
}

// finishPage returns the ways to fill the page's columns around its floats.
func (m *maker) finishPage(w *way, tmpl *page, done [2]int, height float64) []*way {
	body := height - stack(tmpl.floats[spanTop]) - stack(tmpl.floats[spanBottom])
	rooms := [2]float64{body - columnStack(tmpl, 0), body - columnStack(tmpl, 1)}
	var ways []*way
	for i, left := range m.breaks(w.next, rooms[0]) {
		if i > 0 && left.to == w.next {
			continue // text on the right of an empty column would seem to be lost
		}
		for j, right := range m.breaks(left.to, rooms[1]) {
			n := &way{prev: w, next: right.to, done: done}
			height := body
			if m.finished(n) {
				if i+j > 0 {
					continue // the balanced columns are what the best breaks make possible
				}
				height, left, right = m.balance(w.next, tmpl, body)
			}
			if n = m.setPage(n, tmpl, height, left, right); n != nil {
				ways = append(ways, n)
			}
		}
	}
	return ways
}

// setPage sets the page's columns to its height and judges it, or returns nil if it
// cannot be.
func (m *maker) setPage(n *way, tmpl *page, height float64, left, right filled) *way {
	w, p := n.prev, *tmpl
	p.height = height
	n.page, n.cost = &p, w.cost+costPage
	if n.next == w.next && countFloats(&p) == 0 {
		return nil // nothing gained: what is next does not fit a page
	}
	for _, floats := range p.floats {
		for _, f := range floats {
			if f.at > n.next {
				return nil // on the page before its place
			}
		}
	}
	for i, f := range []filled{left, right} {
		from := w.next
		if i == 1 {
			from = left.to
		}
		short := p.height - columnStack(&p, i) - f.natural - notesHeight(f.notes)
		c := column{from: from, to: f.to, notes: f.notes}
		last := m.finished(n)
		if short < 0 || f.to < len(m.pieces) || last {
			c.stretch = f.setTo(short)
		}
		if top := p.floats[leftTop+2*slot(i)]; len(top) > 0 && short > 0 && f.to < len(m.pieces) {
			c.lead = min(max(short-c.stretch*f.stretch, 0), moreGap)
		}
		p.columns[i] = c
		floats := len(p.floats[leftTop+2*slot(i)]) + len(p.floats[leftBottom+2*slot(i)])
		switch {
		case f.to == from && !last:
			n.cost += costNoText + costShort*short*short/4
		case f.natural < leastText && floats > 0 && !last:
			n.cost += costThinText
		case !last:
			n.cost += f.cost
		}
		if p.lonely(i, f.natural) {
			n.cost += costLonely
		}
		n.cost += costCrowd * float64(max(floats-2, 0))
	}
	if p.spans() > 0 && p.height < leastText && p.columns[0].to > p.columns[0].from && !m.finished(n) {
		n.cost += costThinText
	}
	m.floatCosts(n, w.next)
	if m.finished(n) {
		if filled := p.height + p.around(); w.page == nil || filled >= leastLast*m.height {
			n.cost -= costPage * (1 - filled/m.height) * 0.9
		} else {
			n.cost += costPage
		}
	}
	n.sort = n.cost + costPage*m.remaining(n)/(2*m.height)
	return n
}

// lonely reports whether text of that height looks lost in a column: between floats, or
// between one and the end of the page.
func (p *page) lonely(i int, text float64) bool {
	return text > 0 && text < lostText && columnStack(p, i)+stack(p.floats[spanTop])+stack(p.floats[spanBottom]) > 0
}

// around is what stands above and below the page's columns.
func (p *page) around() float64 {
	h := stack(p.floats[spanTop]) + stack(p.floats[spanBottom])
	if p.title != nil {
		h += p.title.height
	}
	return h
}

func (p *page) spans() int { return len(p.floats[spanTop]) + len(p.floats[spanBottom]) }

func countFloats(p *page) int {
	n := 0
	for _, f := range p.floats {
		n += len(f)
	}
	return n
}

// floatCosts judges where the page's floats stand.
func (m *maker) floatCosts(n *way, first int) {
	p := n.page
	for s, floats := range p.floats {
		for _, f := range floats {
			if s := slot(s); s == leftBottom || s == rightBottom || s == spanBottom {
				n.cost += costBottom
			}
			if p.title != nil && (slot(s) == leftTop || slot(s) == spanTop) {
				n.cost += costFirstTop
			}
			if f.at < first {
				n.cost += lateness(first-f.at) + costDistant*math.Pow(float64(n.pagesAfter(f.at)-1), 2)
			}
			if left := slot(s) == leftTop || slot(s) == leftBottom; left && f.at > p.columns[0].to {
				n.cost += costEarly
			}
		}
	}
}

// pagesAfter is how many pages after that of the piece the last page is.
func (w *way) pagesAfter(piece int) int {
	pages := 0
	for ; w.prev != nil && w.prev.next > piece; w = w.prev {
		pages++
	}
	return pages
}

// lateness is the cost of a float so many lines behind its place: of one far behind, more
// than of several that are near.
func lateness(lines int) float64 {
	return costLate * float64(lines) * (1 + float64(lines)/veryLate)
}

// remaining is the height of what is still to be placed, in columns.
func (m *maker) remaining(n *way) float64 {
	h := m.below[n.next]
	for order, queue := range m.queues {
		for _, f := range queue[n.done[order]:] {
			h += f.height + floatGap
			if f.wide {
				h += f.height + floatGap
			}
			if f.at < n.next { // already late
				h += lateness(n.next-f.at) * 2 * m.height / costPage
			}
		}
	}
	return h
}
