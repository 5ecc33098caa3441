package pdf

import (
	"math"
	"slices"
)

// column is a stretch of pieces and how their spaces are set.
type column struct {
	from, to int
	stretch  float64 // factor on the pieces' stretch, or below zero on their shrink
	lead     float64 // more space below the floats at its top
	notes    []text
}

type fillKey struct {
	from   int
	height float64
}

// stack returns the height of floats above each other with the space to the text.
func stack(floats []*float) float64 {
	if len(floats) == 0 {
		return 0
	}
	h := floatGap + floatFloat*float64(len(floats)-1)
	for _, f := range floats {
		h += f.height
	}
	return h
}

// filled is a column's worth of text.
type filled struct {
	to      int
	natural float64
	stretch float64
	shrink  float64
	notes   []text
	cost    float64
}

// fill returns the best break of a column that begins at piece from and has that
// height.
func (m *maker) fill(from int, height float64) filled { return m.breaks(from, height)[0] }

// breaks returns the best breaks of a column, the best first: what is second here may suit
// the next column better.
func (m *maker) breaks(from int, height float64) []filled {
	key := fillKey{from, height}
	all, ok := m.fills[key]
	if !ok {
		all = m.bestBreaks(from, height)
		m.fills[key] = all
	}
	return all
}

// mostBreaks is how many breaks of a column are tried.
const mostBreaks = 2

func (m *maker) bestBreaks(from int, height float64) []filled {
	best := []filled{{to: from, cost: costShort * height * height}}
	now := filled{to: from}
	notes := 0.0
	for i := from; i < len(m.pieces); i++ {
		p := &m.pieces[i]
		if i > from {
			now.natural += p.space
			now.stretch += p.stretch
			now.shrink += shrinkOf(p)
		}
		now.natural += p.height
		for _, n := range p.notes {
			if notes == 0 {
				notes = noteRule
			}
			notes += n.height()
			now.notes = append(now.notes[:len(now.notes):len(now.notes)], n)
		}
		tooTall := i == from && p.height > m.height // goes alone, or it never would
		if now.natural+notes > height+now.shrink+0.01 && !tooTall {
			break
		}
		now.to = i + 1
		if now.to < len(m.pieces) && m.pieces[now.to].penalty >= never {
			continue
		}
		now.cost = m.shortness(height-now.natural-notes, now.stretch, now.shrink)
		if now.to == len(m.pieces) {
			now.cost = 0
		} else {
			now.cost += m.pieces[now.to].penalty
		}
		at := 0 // before those that cost no less: of equals, the fullest
		for at < len(best) && best[at].cost < now.cost {
			at++
		}
		if best = slices.Insert(best, at, now); len(best) > mostBreaks {
			best = best[:mostBreaks]
		}
	}
	return best
}

// shrinkOf is how much less the space above a piece may be.
func shrinkOf(p *piece) float64 { return mostShrink * p.space }

// setTo returns the factor on the pieces' stretch, or below zero on their shrink, that
// makes the text that much longer, as far as is bearable.
func (f *filled) setTo(longer float64) float64 {
	switch {
	case longer > 0 && f.stretch > 0:
		return min(longer/f.stretch, mostStretch)
	case longer < 0 && f.shrink > 0:
		return max(longer/f.shrink, -1)
	}
	return 0
}

// above is the space above a piece whose column is set by that factor.
func (p *piece) above(factor float64) float64 {
	if factor < 0 {
		return p.space + factor*shrinkOf(p)
	}
	return p.space + factor*p.stretch
}

// shortness is the cost of a column that ends that early, or is that much too long.
func (m *maker) shortness(short, stretch, shrink float64) float64 {
	if short < 0 {
		if shrink == 0 {
			return 0 // a rounding error
		}
		return costShrink * math.Pow(min(-short/shrink, 1), 2)
	}
	most := mostStretch * stretch
	cost := costShort * math.Pow(max(short-most, 0), 2)
	if stretch > 0 {
		cost += costStretch * math.Pow(min(short/stretch, mostStretch), 2)
	}
	return cost
}

// columnStack is the height of a column's own floats.
func columnStack(p *page, i int) float64 {
	s := leftTop + 2*slot(i)
	return stack(p.floats[s]) + stack(p.floats[s+1])
}

func notesHeight(notes []text) float64 {
	if len(notes) == 0 {
		return 0
	}
	h := noteRule
	for _, n := range notes {
		h += n.height()
	}
	return h
}

// balance finds the least height in which the rest of the text fits both columns.
func (m *maker) balance(from int, p *page, most float64) (float64, filled, filled) {
	try := func(height float64) (left, right filled, ok bool) {
		rooms := [2]float64{height - columnStack(p, 0), height - columnStack(p, 1)}
		if rooms[0] < -floatGap || rooms[1] < -floatGap {
			return left, right, false
		}
		left = m.fill(from, rooms[0])
		right = m.fill(left.to, rooms[1])
		return left, right, right.to == len(m.pieces)
	}
	least := columnStack(p, 0) + columnStack(p, 1) - 2*floatGap
	for _, piece := range m.pieces[from:] {
		least += piece.height
	}
	const step = 1.0
	for height := max(least/2, 0); height < most; height += step {
		if left, right, ok := try(height); ok {
			return height, left, right
		}
	}
	left, right, _ := try(most)
	return most, left, right
}
