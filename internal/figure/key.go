package figure

import (
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	keyLine vg.Length = 11 // height of a line of the key
	keyMark vg.Length = 7  // from a mark to its name
	keyGap  vg.Length = 10
)

// keyEntry is a mark and what it means.
type keyEntry struct {
	glyph   draw.GlyphStyle
	color   color.Color // of the words
	words   string
	testbed string // that it is of, or ""
}

// key is entries on lines of some width.
type key [][]keyEntry

func keyWords() text.Style { return letters(letter, ink, text.XLeft, text.YCenter) }

func (e keyEntry) width() vg.Length { return keyMark + keyWords().Width(e.words) }

// key names the testbeds' marks, and others, on lines of that width.
func (d *drawer) key(width vg.Length, testbeds []string, more ...keyEntry) key {
	var entries []keyEntry
	for _, t := range testbeds {
		st := d.styles[t]
		entries = append(entries, keyEntry{st.glyph(markRadius), st.words, d.name(t), t})
	}
	var lines key
	room := vg.Length(0)
	for _, e := range append(entries, more...) {
		if len(lines) == 0 || e.width() > room {
			lines, room = append(lines, nil), width
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], e)
		room -= e.width() + keyGap
	}
	return lines
}

func (k key) height() vg.Length { return keyLine * vg.Length(len(k)) }

// draw draws the key at the top of the canvas, to the right.
func (k key) draw(c draw.Canvas) {
	words := keyWords()
	y := c.Max.Y - keyLine/2 + 0.5
	for _, line := range k {
		x := c.Max.X + keyGap
		for _, e := range line {
			x -= e.width() + keyGap
		}
		for _, e := range line {
			within(c, Of(e.testbed), func() {
				c.DrawGlyph(e.glyph, vg.Point{X: x + 2.5, Y: y})
				words.Color = e.color
				c.FillText(words, vg.Point{X: x + keyMark, Y: y}, e.words)
			})
			x += e.width() + keyGap
		}
		y -= keyLine
	}
}
