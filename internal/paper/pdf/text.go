package pdf

import (
	"virtcmp/internal/paper/document"
)

// textLine is a line of text as it will be painted.
type textLine struct {
	runs     []run
	width    float64 // of what is painted
	overfull float64
	notes    []*document.Footnote
}

// run is text of one style without a stretchable space in it.
type run struct {
	x, width float64 // from the line's left
	text     string
	style    style
	gap      item // the glue behind it
}

// text is a paragraph broken into lines.
type text struct {
	lines []textLine
	size  float64
	lead  float64 // from baseline to baseline

	centered bool
}

// height returns the height of all lines.
func (t text) height() float64 { return float64(len(t.lines)) * t.lead }

// width returns the width of the longest line.
func (t text) width() float64 {
	w := 0.0
	for _, ln := range t.lines {
		w = max(w, ln.width)
	}
	return w
}

// baseline is how far below a line's top its baseline lies: the letters stand in the
// middle of the leading, allowing for what hangs below the line.
func (t text) baseline() float64 { return (t.lead-t.size)/2 + 0.78*t.size }

// breakText breaks inline text into lines, the first of them indented.
func (l *layouter) breakText(in []document.Inline, lk look, lead float64, m measure, indent float64) text {
	s := &setter{faces: l.faces, hyph: l.hyph, width: m.width}
	if indent > 0 {
		s.items = append(s.items, item{kind: box, width: indent, style: s.style(lk)})
	}
	s.inlines(in, lk)
	if m.ragged > 0 { // nothing is gained by tight spaces
		for i := range s.items {
			s.items[i].shrink = 0
		}
	}
	for n := len(s.items); n > 0 && s.items[n-1].kind == glue; n-- { // would leave an empty line
		s.items = s.items[:n-1]
	}
	s.items = append(s.items, item{kind: penalty, penalty: never}, item{kind: glue, stretch: fil}, item{kind: penalty, penalty: forced})
	out := text{size: lk.size, lead: lead}
	items, lines := breakLines(s.items, m)
	for _, ln := range lines {
		set := setLine(items, ln, m)
		if set.overfull > 0.01 {
			l.problem("overfull line (%.1f pt too wide): %s", set.overfull, set.plain())
		}
		out.lines = append(out.lines, set)
	}
	return out
}

// setLine places the boxes of a line. The space left over, or lacking, goes into its
// glue by stretch, or shrink.
func setLine(items []item, ln line, m measure) textLine {
	var out textLine
	from := ln.from
	for from < ln.to && items[from].kind != box {
		from++
	}
	for i := from; i < ln.to; i++ {
		it, n := &items[i], len(out.runs)
		switch {
		case it.kind == glue && n > 0:
			gap := &out.runs[n-1].gap
			gap.width += it.width
			gap.stretch += it.stretch
			gap.shrink += it.shrink
		case it.kind != box:
		case n > 0 && out.runs[n-1].joins(it):
			out.runs[n-1].append(it.text)
		default:
			out.runs = append(out.runs, run{text: it.text, style: it.style, width: it.width})
		}
		if it.note != nil {
			out.notes = append(out.notes, it.note)
		}
	}
	if len(out.runs) == 0 {
		return out
	}
	if end := items[ln.to]; end.kind == penalty && end.width > 0 {
		out.runs[len(out.runs)-1].append("-")
	}
	natural, stretch, shrink := 0.0, m.ragged, 0.0
	for _, r := range out.runs {
		natural += r.width + r.gap.width
		stretch += r.gap.stretch
		shrink += r.gap.shrink
	}
	left := m.width - natural
	factor := 0.0
	switch {
	case left > 0 && stretch > 0:
		factor = left / stretch
	case left < 0 && shrink > 0:
		factor = max(left/shrink, -1)
	}
	x := 0.0
	for i := range out.runs {
		r := &out.runs[i]
		r.x = x
		out.width = x + r.width
		x = out.width + r.gap.width
		if factor > 0 {
			x += factor * r.gap.stretch
		} else {
			x += factor * r.gap.shrink
		}
	}
	out.overfull = max(out.width-m.width, 0)
	return out
}

func (r *run) joins(it *item) bool {
	return r.style == it.style && r.gap == item{} && r.text != "" && it.text != ""
}

func (r *run) append(text string) {
	r.text += text
	r.width = r.style.width(r.text)
}

// plain returns the line's words, for complaints and tests.
func (t textLine) plain() string {
	s := ""
	for _, r := range t.runs {
		s += r.text
		if r.gap.width > 0 {
			s += " "
		}
	}
	return s
}
