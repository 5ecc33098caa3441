package svgcanvas

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"virtcmp/internal/figure"
)

// part is one that is open.
type part struct {
	end         string
	panel, data bool
}

// Begin implements figure.Annotator.
func (c *Canvas) Begin(p figure.Part) {
	switch p := p.(type) {
	case figure.Of:
		c.open("<g"+c.testbed(string(p))+">", part{end: "</g>"})
	case *figure.Panel:
		c.beginPanel(p)
	case figure.Layer:
		c.beginLayer(p)
	case figure.Pin:
		x, _ := c.State().Apply(vg.Point{X: vg.Length(p)})
		c.open(`<g class="pin"`+attribute("data-at", number(x))+">", part{end: "</g>"})
	}
}

func (c *Canvas) open(begin string, p part) {
	c.out.WriteString(begin + "\n")
	c.parts = append(c.parts, p)
}

// End implements figure.Annotator.
func (c *Canvas) End() {
	last := len(c.parts) - 1
	p := c.parts[last]
	c.parts = c.parts[:last]
	c.out.WriteString(p.end + "\n")
	if p.panel {
		c.panel = nil
	}
	if p.data {
		c.layer--
	}
}

// testbed is the attribute of what belongs to a testbed, or "".
func (c *Canvas) testbed(name string) string {
	if c.options.Testbed == nil {
		return ""
	}
	i, ok := c.options.Testbed(name)
	if !ok {
		return ""
	}
	return attribute("data-t", strconv.Itoa(i))
}

func (c *Canvas) beginPanel(p *figure.Panel) {
	c.panel = p
	c.Panels = append(c.Panels, p)
	x, y, w, h := c.box(p.Data)
	a := attribute("data-area", strings.Join([]string{x, y, w, h}, " ")) + attribute("data-unit", Escape(p.Unit))
	if p.Zoom {
		a += attribute("data-x", fmt.Sprint(p.Low, " ", p.High))
	}
	if r := p.Ramp; r != nil {
		a += attribute("data-ramp", fmt.Sprint(r.From, " ", r.To, " ", r.Over))
	}
	c.open(`<g class="panel"`+a+">", part{end: "</g>", panel: true})
	if p.Zoom {
		c.clips++
		fmt.Fprintf(&c.out, `<clipPath id="%s"><rect%s/></clipPath>`+"\n", c.clip(), c.area(p.Data))
	}
	if p.Curves == nil {
		return
	}
	for _, k := range p.Curves() {
		at := make([]string, len(k.At))
		for i, x := range k.At {
			px, _ := c.State().Apply(vg.Point{X: x})
			at[i] = number(px)
		}
		a := c.testbed(k.Testbed) + attribute("data-name", Escape(k.Name)) + attribute("data-reach", number(k.Reach().Points())) + attribute("data-at", strings.Join(at, " ")) + attribute("data-y", joined(k.Y))
		if !p.Zoom {
			a += attribute("data-x", joined(k.X))
		}
		c.out.WriteString(`<g class="curve"` + a + "/>\n")
	}
}

// joined lists what holds no bar.
func joined(values []string) string {
	safe := make([]string, len(values))
	for i, v := range values {
		safe[i] = strings.ReplaceAll(v, "|", "/")
	}
	return Escape(strings.Join(safe, "|"))
}

// clip is the id of what bounds the panel's data.
func (c *Canvas) clip() string { return c.options.ID + "-clip" + strconv.Itoa(c.clips) }

func (c *Canvas) beginLayer(l figure.Layer) {
	switch {
	case l == figure.Data && c.panel != nil && c.panel.Zoom:
		c.layer++
		c.open(`<g clip-path="url(#`+c.clip()+`)"><g class="data">`, part{end: "</g></g>", data: true})
	case l == figure.Ticks:
		c.open(`<g class="x">`, part{end: "</g>"})
	case l == figure.UserTicks:
		c.open(`<g class="u">`, part{end: "</g>"})
	default:
		c.open("<g>", part{end: "</g>"})
	}
}

// Mark implements figure.Annotator.
func (c *Canvas) Mark(m figure.Mark) {
	c.Marks = append(c.Marks, m)
	c.out.WriteString(`<rect class="m"` + c.area(m.Area) + "><title>" + Escape(m.Words()) + "</title></rect>\n")
}

// Points implements figure.Annotator.
func (c *Canvas) Points(at []vg.Point, diameter vg.Length, col color.Color) {
	if len(at) == 0 {
		return
	}
	var w writer
	m := c.mapping()
	for _, p := range at {
		w.move(m.round(p))
		w.put('h', 0)
	}
	was := c.State().Color
	c.State().Color = col
	c.path("s", c.strokes(diameter.Points()*m.Scaling(), nil)+attribute("stroke-linecap", "round"), w.String())
	c.State().Color = was
}
