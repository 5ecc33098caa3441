package pdf

import (
	"cmp"
	"math"
	"slices"
)

// Demerits, as in plain TeX.
const (
	linePenalty    = 10.0
	doubleHyphen   = 10000.0 // two hyphenated lines in a row
	finalHyphen    = 5000.0  // the line before the last is hyphenated
	looseNextTight = 10000.0 // lines in a row that are set very differently
)

// measure is how a paragraph's lines are set.
type measure struct {
	width  float64
	ragged float64 // stretch that each line may leave open at its right; 0: justified
}

// line is a range of items, from the first after the previous line's break up to
// the break itself, and how its glue is set.
type line struct {
	from, to int     // items; items[to] is the break
	ratio    float64 // of the stretch, or below 0 of the shrink
	overfull float64 // points beyond the width
}

// breakLines breaks the items where the lines come out best in total: Knuth and
// Plass, Breaking Paragraphs into Lines, Software: Practice and Experience 11, 1981.
// It tries without hyphens, then with, then with more stretch than looks good. Where
// even that fails it breaks what was meant to hold together, so the items that the
// lines refer to are returned with them.
func breakLines(items []item, m measure) ([]item, []line) {
	lines := bestLines(items, m)
	if slices.ContainsFunc(lines, func(l line) bool { return l.overfull > 0 }) {
		items = loosened(items)
		lines = bestLines(items, m)
	}
	return items, lines
}

// loosened returns the items with breaks at ties and between boxes.
func loosened(items []item) []item {
	const end = 3 // never, fil and the forced break
	var all []item
	for i, it := range items {
		switch inside := i < len(items)-end; {
		case inside && it.kind == penalty && it.penalty >= never:
			it.penalty = tornPenalty
		case inside && i > 0 && (it.kind == kern || it.kind == box && items[i-1].kind == box):
			all = append(all, item{kind: penalty, penalty: tornPenalty})
		}
		all = append(all, it)
	}
	return all
}

func bestLines(items []item, m measure) []line {
	for _, try := range []struct {
		tolerance, emergency float64
		hyphens              bool
	}{
		{tolerance: 120},
		{tolerance: 350, hyphens: true},
		{tolerance: 1200, emergency: 0.02 * m.width, hyphens: true},
		{tolerance: never, emergency: 0.1 * m.width, hyphens: true},
		{tolerance: math.Inf(1), emergency: 0.3 * m.width, hyphens: true},
	} {
		if lines := totalFit(items, m, try.tolerance, try.emergency, try.hyphens); lines != nil {
			return lines
		}
	}
	return nil
}

// node is a place a line may end at, reached in the best way.
type node struct {
	at                     int // item
	line                   int
	class                  int // how loose the line before it is: 0 tight to 3 very loose
	width, stretch, shrink float64
	demerits               float64
	ratio, overfull        float64
	prev                   *node
}

// mostActive bounds the work: text of a language has a few dozen active nodes, letters
// without width would have them all.
const mostActive = 1200

func totalFit(items []item, m measure, tolerance, emergency float64, hyphens bool) []line {
	active := []*node{{class: 1, at: -1}}
	var width, stretch, shrink float64
	for i := range items {
		it := &items[i]
		legal := it.kind == glue && i > 0 && items[i-1].kind == box ||
			it.kind == penalty && it.penalty < never && (hyphens || !it.flagged || it.width == 0)
		if legal {
			active = extend(items, i, active, m, width, stretch, shrink, tolerance, emergency)
			if len(active) == 0 {
				return nil
			}
			if len(active) > mostActive {
				slices.SortStableFunc(active, func(a, b *node) int { return cmp.Compare(a.demerits, b.demerits) })
				active = active[:mostActive/2]
				slices.SortStableFunc(active, func(a, b *node) int { return cmp.Compare(a.at, b.at) })
			}
		}
		switch it.kind {
		case box, kern:
			width += it.width
		case glue:
			width += it.width
			stretch += it.stretch
			shrink += it.shrink
		}
	}
	best := active[0]
	for _, n := range active[1:] {
		if n.demerits < best.demerits {
			best = n
		}
	}
	var lines []line
	for n := best; n.prev != nil; n = n.prev {
		lines = append(lines, line{from: n.prev.at + 1, to: n.at, ratio: n.ratio, overfull: n.overfull})
	}
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines
}

// extend returns the active nodes after the legal break at item i, the totals up to
// which are given.
func extend(items []item, i int, active []*node, m measure, width, stretch, shrink, tolerance, emergency float64) []*node {
	it := &items[i]
	mustBreak := it.kind == penalty && it.penalty <= forced
	var kept []*node
	var best [4]*node // by class
	for _, a := range active {
		w := width - a.width
		if it.kind == penalty {
			w += it.width
		}
		ratio, overfull := 0.0, 0.0
		switch {
		case w < m.width:
			ratio = (m.width - w) / (stretch - a.stretch + m.ragged + emergency)
		case w > m.width:
			if s := shrink - a.shrink; s > 0 {
				ratio = (m.width - w) / s
			} else {
				ratio = math.Inf(-1)
			}
		}
		tooLong := ratio < -1 && w > m.width+1e-6
		if !tooLong && !mustBreak {
			kept = append(kept, a)
		}
		if tooLong {
			if !math.IsInf(tolerance, 1) || len(kept) > 0 || best != [4]*node{} || a != active[len(active)-1] {
				continue
			}
			ratio, overfull = -1, w-m.width-(shrink-a.shrink) // the last way left
		}
		bad := 100 * math.Pow(math.Abs(ratio), 3)
		if bad > tolerance && overfull == 0 {
			continue
		}
		d := demerits(items, i, a, math.Min(bad, never), it)
		class := fitness(ratio)
		if abs(class-a.class) > 1 {
			d += looseNextTight
		}
		d += a.demerits + overfull*1e6
		if best[class] == nil || d < best[class].demerits {
			best[class] = &node{at: i, line: a.line + 1, class: class, demerits: d, ratio: ratio, overfull: overfull, prev: a}
		}
	}
	// What a line's break swallows does not count for the next: all up to the next box.
	for j := i; j < len(items) && items[j].kind != box && (j == i || items[j].kind != penalty || items[j].penalty > forced); j++ {
		if items[j].kind != penalty {
			width += items[j].width
			stretch += items[j].stretch
			shrink += items[j].shrink
		}
	}
	for _, n := range best {
		if n != nil {
			n.width, n.stretch, n.shrink = width, stretch, shrink
			kept = append(kept, n)
		}
	}
	return kept
}

func demerits(items []item, i int, a *node, bad float64, it *item) float64 {
	p := 0.0
	if it.kind == penalty {
		p = it.penalty
	}
	d := (linePenalty + bad) * (linePenalty + bad)
	switch {
	case p >= 0:
		d += p * p
	case p > forced:
		d -= p * p
	}
	if a.at >= 0 && items[a.at].flagged {
		if it.flagged {
			d += doubleHyphen
		}
		if i == len(items)-1 {
			d += finalHyphen
		}
	}
	return d
}

func fitness(ratio float64) int {
	switch {
	case ratio < -0.5:
		return 0
	case ratio <= 0.5:
		return 1
	case ratio <= 1:
		return 2
	}
	return 3
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
