// Package figure draws the paper's figures: a file per figure, findings to plots.
// All share one style, so that a testbed looks the same wherever it appears.
package figure

import (
	"strings"
	"sync"
	"unicode"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"virtcmp/internal/result"
)

// Widths of figures: of a column and of the whole text.
const (
	ColumnWidth vg.Length = 234
	TextWidth   vg.Length = 486
)

// Figure is a drawing of a fixed size.
type Figure struct {
	ID     string // also the name of its files
	Width  vg.Length
	Height vg.Length
	Draw   func(draw.Canvas)
}

// Wide reports whether the figure spans both columns.
func (f *Figure) Wide() bool { return f.Width > ColumnWidth }

// Input is what figures are drawn from.
type Input struct {
	Set  *result.Set
	Name func(testbed string) string // as readers know it
	// Relations are what was published in 2014 beside the same measured here.
	Relations []Relation
}

// builders make the figures, in the order of the paper. Each returns nil where the
// findings do not suffice.
var builders = []struct {
	id    string
	build func(*drawer) *Figure
}{
	{"architecture", architecture},
	{"published", published},
	{"testbeds", testbeds},
	{"ratios", ratios},
	{"throughput", throughput},
	{"capacity", capacity},
	{"open-distribution", openDistribution},
	{"request-time", requestTime},
	{"distribution", distribution},
	{"whole-run", wholeRun},
	{"select", selectTime},
	{"insert", insertTime},
	{"isolation", isolationMatrix},
	{"costs", costs},
}

// All returns the figures that the findings suffice for.
func All(in Input) []*Figure {
	d := &drawer{Input: in, styles: map[string]style{}}
	for i, t := range in.Set.Testbeds() {
		d.styles[t] = styleOf(i)
	}
	var all []*Figure
	for _, b := range builders {
		if f := b.build(d); f != nil {
			f.ID = b.id
			f.oneAtATime()
			all = append(all, f)
		}
	}
	return all
}

// oneAtATime lets several forms of the figure be written side by side: drawings share plots,
// which are changed by being drawn.
func (f *Figure) oneAtATime() {
	var drawing sync.Mutex
	inner := f.Draw
	f.Draw = func(c draw.Canvas) {
		drawing.Lock()
		defer drawing.Unlock()
		inner(c)
	}
}

// drawer is what the figures of a paper share.
type drawer struct {
	Input
	styles map[string]style
}

const longestName = 24 // letters of a testbed's name that a figure has room for

// name returns the testbed's name on one line, cut where it is too long for a figure.
func (d *drawer) name(testbed string) string { return oneLine(d.Name(testbed)) }

func oneLine(name string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(name, "?"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	r := []rune(strings.Join(words, " "))
	if len(r) > longestName {
		r = append(r[:longestName-1:longestName-1], '…')
	}
	return string(r)
}
