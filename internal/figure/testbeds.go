package figure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/finding"
	"virtcmp/internal/result"
)

// spot is something that is measured, and the places in the drawing where it is.
type spot struct {
	words string
	at    []vg.Point
}

const (
	setUpHeight vg.Length = 102
	spotLine    vg.Length = 9 // of the list of what is measured
	spotRadius  vg.Length = 3.9
)

// testbeds is the set-up of the experiments: who sends what to whom, and what is
// measured where. It is drawn where both guests are known of.
func testbeds(d *drawer) *Figure {
	guest := func(host string) bool {
		return slices.ContainsFunc([]string{"kernel", "os", "limit_memory_bytes"}, func(key string) bool { return len(d.Set.CampaignFacts(host, key)) > 0 })
	}
	spots := d.spots()
	if !guest(result.App) || !guest(result.DB) || len(spots) == 0 || d.Set.Demonstration() {
		return nil
	}
	list := spotLine * vg.Length(len(spots))
	return &Figure{Width: ColumnWidth, Height: setUpHeight + 4 + list, Draw: func(c draw.Canvas) {
		area := c
		area.Min.Y += list + 4
		d.drawSetUp(area)
		y := c.Min.Y + list - spotLine/2
		for i, s := range spots {
			for _, at := range s.at {
				drawSpot(c, i, area.Min.Add(at))
			}
			drawSpot(c, i, vg.Point{X: c.Min.X + spotRadius, Y: y})
			c.FillText(letters(tickLetter, ink, text.XLeft, text.YCenter), vg.Point{X: c.Min.X + 2*spotRadius + 4, Y: y}, s.words)
			y -= spotLine
		}
	}}
}

// found reports whether any testbed has something of that name.
func (d *drawer) found(analysis string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(d.Set.Names(analysis), name) })
}

// spots is what was measured.
func (d *drawer) spots() []spot {
	var all []spot
	add := func(words string, at ...vg.Point) { all = append(all, spot{words, at}) }
	if d.found(finding.Throughput, "successful_requests") || d.found(finding.Latency, "request") {
		add("time and outcome of every request", vg.Point{X: 58, Y: 39})
	}
	inserts := slices.ContainsFunc(d.Set.Testbeds(), func(t string) bool { return len(d.Set.Rows(finding.Isolation, t, "unstressed")) > 0 })
	if statements := named([]part{
		{"SELECTs", d.found(finding.Select, "median", "mean")}, {"INSERTs", inserts},
	}); statements != "" {
		add("time of "+statements+" between the guests", vg.Point{X: 157.5, Y: 39})
	}
	stress := vg.Point{X: 88, Y: 30}
	if aggressors, _ := d.Set.Matrix(); inserts {
		add("stress in a guest, beside what is timed", stress)
	} else if len(aggressors) > 0 {
		add("stress in one guest, while the other is timed", stress)
	}
	if counters := named([]part{
		{"swap", d.found(finding.SwapOnset, "swap_used", "swap_rate")}, {"processor time", d.found(finding.Throughput, "cpu_per_request")},
	}); counters != "" {
		add("counters of the guests: "+counters, vg.Point{X: 140, Y: 30}, vg.Point{X: 220, Y: 30})
	}
	if outside := named([]part{
		{"time from stopped to the first page", d.found(finding.Startup, "first_page")}, {"memory in use", d.found(finding.Footprint, "testbed")},
	}); outside != "" {
		add("seen from the host: "+outside, vg.Point{X: 220, Y: 11})
	}
	return all
}

// part is a word that is there or not.
type part struct {
	word  string
	there bool
}

// named joins the words that are there.
func named(parts []part) string {
	var all []string
	for _, p := range parts {
		if p.there {
			all = append(all, p.word)
		}
	}
	return strings.Join(all, " and ")
}

func drawSpot(c draw.Canvas, i int, at vg.Point) {
	c.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: spotRadius, Shape: draw.CircleGlyph{}}, at)
	c.FillText(bold(letters(5.5, white, text.XCenter, text.YCenter)), at, strconv.Itoa(i+1))
}

// drawSetUp draws the load generator and the host with its two guests; coordinates are
// from the lower left.
func (d *drawer) drawSetUp(c draw.Canvas) {
	at := func(x, y vg.Length) vg.Point { return vg.Point{X: c.Min.X + x, Y: c.Min.Y + y} }
	words := func(st text.Style, x, y vg.Length, s string) { c.FillText(st, at(x, y), s) }
	box := func(x, y, w, h vg.Length, l layer) {
		drawBox(c, c.Min.X+x, c.Min.Y+y, w, h, l.shade, gray)
		words(fitted(letters(tickLetter, ink, text.XCenter, text.YCenter), l.name, w-4), x+w/2, y+h/2, l.name)
	}
	wall := func(x, y, w, h vg.Length) { drawBox(c, c.Min.X+x, c.Min.Y+y, w, h, nil, ink) }
	title := func(x, y vg.Length, s string) {
		words(bold(letters(tickLetter, ink, text.XLeft, text.YCenter)), x, y, s)
	}
	server, database := "Web server,\napplication", "Database"
	if len(d.Set.CampaignFacts(result.App, "software_wordpress")) > 0 {
		server = "Web server,\nWordPress"
	}
	if len(d.Set.CampaignFacts(result.DB, "software_mariadb")) > 0 {
		database = "MariaDB"
	}

	wall(74, 0, 160, 101)
	title(79, 94, "Host")
	box(79, 4, 150, 14, layer{"Kernel, or hypervisor", shared})
	wall(79, 22, 70, 65)
	title(84, 79, "Application guest")
	box(84, 37, 60, 34, layer{server, userSpace})
	wall(166, 22, 63, 65)
	title(170, 79, "Database guest")
	box(171, 37, 53, 34, layer{database, userSpace})
	box(0, 37, 44, 34, layer{"Load\ngenerator", userSpace})
	if ramp, ok := d.Set.Ramp(); ok {
		words(letters(tickLetter, gray, text.XCenter, text.YTop), 22, 34, fmt.Sprintf("%d to %d\nusers", ramp.From, ramp.To))
	}
	small := letters(tickLetter, ink, text.XCenter, text.YBottom)
	arrow(c, at(44, 52), at(84, 52))
	words(small, 58.5, 54, "requests")
	arrow(c, at(144, 52), at(171, 52))
	words(small, 157.5, 54, "SQL")
}

// arrow draws an arrow to the right, both of whose ends have a head: what is asked is
// answered.
func arrow(c draw.Canvas, from, to vg.Point) {
	const long, wide = 4, 1.8
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.7}, from.X+long/2, from.Y, to.X-long/2, to.Y)
	for _, head := range []struct {
		at   vg.Point
		back vg.Length
	}{{from, long}, {to, -long}} {
		c.FillPolygon(ink, []vg.Point{head.at, {X: head.at.X + head.back, Y: head.at.Y + wide}, {X: head.at.X + head.back, Y: head.at.Y - wide}})
	}
}
