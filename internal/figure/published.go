package figure

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/quantity"
)

// Relation is a quantity of a container relative to a para-virtualised guest: as it was
// published, and as it was measured.
type Relation struct {
	Title           string
	More            bool            // more is better
	Then            float64         // of LXC to Xen in 2014; there is no interval
	Container, Para string          // testbeds
	Now             finding.Finding // their ratio, with its interval if there is one
}

// published sets the relations of 2014 beside those measured here. The machines have
// nothing in common, so relations are all that can be compared.
func published(d *drawer) *Figure {
	if len(d.Relations) == 0 {
		return nil
	}
	all := newSpan()
	all.add(0.8, 1.25)
	for _, r := range d.Relations {
		all.add(r.Then, float64(r.Now.Value))
		if r.Now.Low > 0 && r.Now.High.Present() {
			all.add(float64(r.Now.Low), float64(r.Now.High))
		}
	}
	height := stripAxis + (headHeight+2*ratioLine+groupGap)*vg.Length(len(d.Relations))
	return &Figure{Width: ColumnWidth, Height: height, Draw: func(c draw.Canvas) { d.drawRelations(c, all) }}
}

const (
	of2014      = "2014: LXC to Xen"
	whoseIndent = 6  // of whose a relation is, below its title
	whoseRoom   = 96 // for it at most
)

func (d *drawer) drawRelations(c draw.Canvas, all span) {
	whose := letters(tickLetter, gray, text.XLeft, text.YCenter)
	numbers := letters(tickLetter, ink, text.XRight, text.YCenter)
	left, right := whose.Width(of2014), vg.Length(0)
	for _, r := range d.Relations {
		st, words := fit(whose, d.measuredBy(r), whoseRoom)
		left = max(left, st.Width(words))
		right = max(right, numbers.Width(quantity.NewEstimate(r.Now).Bracketed()))
	}
	p := newPlot()
	all.apply(&p.X, true)
	if all.high/all.low > 100 {
		p.X.Tick.Marker = decadeTicks{}
	}
	p.X.Padding, p.Y.Padding = 0, 0
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker, p.Y.Width = 0, 1, plot.ConstantTicks(nil), 0
	data := vg.Rectangle{
		Min: vg.Point{X: c.Min.X + whoseIndent + left + 7, Y: c.Min.Y + stripAxis - 3},
		Max: vg.Point{X: c.Max.X - right - 6, Y: c.Max.Y},
	}
	p.Add(gridLines(true, false))
	p.Draw(placed(p, c, data))
	labelX(c, data, "Container relative to para-virtualised guest (ratio, log scale)")
	x := func(v float64) vg.Length { return data.Min.X + (data.Max.X-data.Min.X)*vg.Length(p.X.Norm(v)) }
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.7}, x(1), data.Min.Y, x(1), data.Max.Y)

	y := c.Max.Y
	for _, r := range d.Relations {
		relationTitle(c, r, y-headHeight/2-1, data)
		y -= headHeight + ratioLine/2
		c.FillText(whose, vg.Point{X: c.Min.X + whoseIndent, Y: y}, of2014)
		c.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: markRadius, Shape: hollow(shape{})}, vg.Point{X: x(r.Then), Y: y})
		c.FillText(numbers, vg.Point{X: c.Max.X, Y: y}, quantity.Number(r.Then))
		annotate(c).Mark(Mark{Area: around(vg.Point{X: x(r.Then), Y: y}, markRadius), Row: r.Title, Column: of2014, Value: quantity.Number(r.Then)})
		y -= ratioLine
		st := d.styles[r.Container]
		if r.Now.Low > 0 && r.Now.High.Present() {
			c.StrokeLine2(draw.LineStyle{Color: st.color, Width: dataLine}, x(float64(r.Now.Low)), y, x(float64(r.Now.High)), y)
		}
		c.DrawGlyph(st.glyph(markRadius), vg.Point{X: x(float64(r.Now.Value)), Y: y})
		words, who := fit(whose, d.measuredBy(r), whoseRoom)
		c.FillText(words, vg.Point{X: c.Min.X + whoseIndent, Y: y}, who)
		c.FillText(numbers, vg.Point{X: c.Max.X, Y: y}, quantity.NewEstimate(r.Now).Bracketed())
		annotate(c).Mark(Mark{Area: around(vg.Point{X: x(float64(r.Now.Value)), Y: y}, markRadius), Testbed: r.Container,
			Row: r.Title, Column: d.measuredBy(r), Value: quantity.NewEstimate(r.Now).Bracketed()})
		y -= ratioLine/2 + groupGap
	}
}

// relationTitle writes what is related and which way is better, on white where that is
// longer than the room beside the data.
func relationTitle(c draw.Canvas, r Relation, y vg.Length, data vg.Rectangle) {
	hint := lessIsBetter
	if r.More {
		hint = moreIsBetter
	}
	c.FillText(letters(letter, ink, text.XLeft, text.YCenter), vg.Point{X: c.Min.X, Y: y}, r.Title)
	small := letters(tickLetter, gray, text.XRight, text.YCenter)
	if begin := c.Max.X - small.Width(hint) - 2; begin < data.Max.X {
		fill(c, white, vg.Rectangle{Min: vg.Point{X: begin, Y: y - letter/2 - 1}, Max: vg.Point{X: data.Max.X + 1, Y: y + letter/2 + 1}})
	}
	c.FillText(small, vg.Point{X: c.Max.X, Y: y}, hint)
}

// measuredBy says whose the measured relation is.
func (d *drawer) measuredBy(r Relation) string {
	return "here: " + d.name(r.Container) + " to " + d.name(r.Para)
}
