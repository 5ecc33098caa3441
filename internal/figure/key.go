package figure

import (
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	keyLine vg.Length = 11 // height of a line of the key
	keyMark vg.Length = 7  // from a mark to its name
	keyGap  vg.Length = 10
)

func keyWords() text.Style { return letters(letter, ink, text.XLeft, text.YCenter) }

// keyLines breaks the key to the testbeds' marks into lines that fit that width.
func (d *drawer) keyLines(testbeds []string, most vg.Length) [][]string {
	var lines [][]string
	room := vg.Length(0)
	for _, t := range testbeds {
		width := keyMark + keyWords().Width(d.name(t))
		if len(lines) == 0 || width > room {
			lines, room = append(lines, nil), most
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], t)
		room -= width + keyGap
	}
	return lines
}

func (d *drawer) keyHeight(testbeds []string, width vg.Length) vg.Length {
	return keyLine * vg.Length(len(d.keyLines(testbeds, width)))
}

// key names the testbeds' marks at the top of the canvas, to the right.
func (d *drawer) key(c draw.Canvas, testbeds []string) {
	words := keyWords()
	y := c.Max.Y - keyLine/2 + 0.5
	for _, line := range d.keyLines(testbeds, c.Max.X-c.Min.X) {
		x := c.Max.X + keyGap
		for _, t := range line {
			x -= keyMark + words.Width(d.name(t)) + keyGap
		}
		for _, t := range line {
			within(c, Of(t), func() {
				c.DrawGlyph(d.styles[t].glyph(markRadius), vg.Point{X: x + 2.5, Y: y})
				words.Color = d.styles[t].color
				c.FillText(words, vg.Point{X: x + keyMark, Y: y}, d.name(t))
			})
			x += keyMark + words.Width(d.name(t)) + keyGap
		}
		y -= keyLine
	}
}
