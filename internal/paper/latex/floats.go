package latex

import (
	"slices"
	"strings"

	"virtcmp/internal/paper/document"
)

// LaTeX moves floats only down, one across the page at least to the next page, where none
// overtakes another of its kind. Each therefore stands in the source before the text that
// mentions it first, and one across the page so many words before that.
const wideAhead = 350 // a third of a page

// float is a figure or numbered table.
type float struct {
	document.Block
	target string // "fig:ratios"
	kind   string // what LaTeX calls it
	place  string // where it may go
	wide   bool
}

// floating returns a block as a float, if it is one.
func floating(b document.Block) (float, bool) {
	f := float{Block: b}
	switch b := b.(type) {
	case *document.Figure:
		f.target, f.kind, f.wide = "fig:"+b.ID, "figure", b.Drawing.Wide()
	case *document.Table:
		f.target, f.kind, f.wide = "tab:"+b.ID, "table", b.Wide
		if b.Number == 0 {
			return f, false
		}
	default:
		return f, false
	}
	f.place = "[tbp]"
	if f.wide {
		f.kind, f.place = f.kind+"*", "[tp]"
	}
	return f, true
}

// early returns the blocks with the floats where they should stand in the source: not
// before one that has a lower number, nor before the first numbered section.
func early(blocks []document.Block) []document.Block {
	first := slices.IndexFunc(blocks, func(b document.Block) bool {
		h, ok := b.(*document.Heading)
		return ok && h.Number != ""
	})
	if first < 0 {
		return blocks
	}
	first++
	mention := mentions(blocks)
	before := map[int][]document.Block{} // what stands before a block
	last := map[string]int{}             // where the one before is, of figures and of tables
	for i, b := range blocks {
		f, ok := floating(b)
		if !ok {
			continue
		}
		at, kind := i, strings.TrimSuffix(f.kind, "*")
		if m, ok := mention[f.target]; ok && m < i && !noted(b) {
			if f.wide {
				m = ahead(blocks, m, first)
			}
			at = max(m, first, last[kind])
		}
		before[at] = append(before[at], b)
		last[kind] = at
	}
	var all []document.Block
	for i, b := range blocks {
		all = append(all, before[i]...)
		if _, ok := floating(b); !ok {
			all = append(all, b)
		}
	}
	return all
}

// mentions tells which block of the text has the first reference to a target.
func mentions(blocks []document.Block) map[string]int {
	all := map[string]int{}
	for i, b := range blocks {
		if _, ok := floating(b); ok {
			continue
		}
		for n := range document.Inlines(b) {
			if r, ok := n.(*document.Ref); ok {
				if _, ok := all[r.Target]; !ok {
					all[r.Target] = i
				}
			}
		}
	}
	return all
}

// ahead returns the block from which on there are wideAhead words before block i, or first.
func ahead(blocks []document.Block, i, first int) int {
	for words := 0; i > first && words < wideAhead; {
		i--
		if _, ok := floating(blocks[i]); ok {
			continue
		}
		for n := range document.Inlines(blocks[i]) {
			if t, ok := n.(document.Text); ok {
				words += len(strings.Fields(string(t)))
			}
		}
	}
	return i
}

// noted reports whether a block has footnotes, which are numbered as they come.
func noted(b document.Block) bool {
	for n := range document.Inlines(b) {
		if _, ok := n.(*document.Footnote); ok {
			return true
		}
	}
	return false
}
