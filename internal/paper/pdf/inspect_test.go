package pdf

import (
	"strings"
	"testing"
)

// What pages are made to look like is found, and nothing is in pages that are well made.
func TestBlemishes(t *testing.T) {
	fresh := func() (*layouter, []*page) {
		l := &layouter{pageText: A4.textHeight()}
		for range 5 * 63 * 2 { // just five pages of lines
			l.add(piece{height: textLead, text: "line"})
		}
		return l, l.makeUp()
	}
	for _, tc := range []struct {
		name, want string
		spoil      func(*layouter, []*page)
	}{
		{"nothing", "", func(*layouter, []*page) {}},
		{"a short column", "page 2, left column ends 68 points early", func(_ *layouter, p []*page) { p[1].columns[0].to -= 6 }},
		{"a full one", "page 2, right column runs 57 points over", func(_ *layouter, p []*page) { p[1].columns[1].from -= 5 }},
		{"a parted paragraph", `page 3, left column begins with "line", which belongs to what is before it`, func(l *layouter, p []*page) { l.pieces[p[2].columns[0].from].penalty = never }},
		{"spaces too wide", "page 1, right column is stretched 3.0 times", func(_ *layouter, p []*page) { p[0].columns[1].stretch = 3 }},
		{"an empty page", "page 4 is filled to 3 %", func(_ *layouter, p []*page) {
			p[3].columns[0].to, p[3].columns[1].from = p[3].columns[0].from+2, p[3].columns[1].to-2
		}},
		{"a float far behind", "Figure 1 stands 4 pages behind its place", func(_ *layouter, p []*page) {
			p[4].floats[leftTop] = []*float{{name: "Figure 1", at: 3, height: 1}}
			p[4].columns[0].to -= 10
		}},
		{"a line below a figure", "page 2, left column has 11 points of text beside floats", func(_ *layouter, p []*page) {
			p[1].floats[leftTop] = []*float{{name: "Figure 1", height: 695}}
			p[1].columns[0].to = p[1].columns[0].from + 1
		}},
		{"lines between figures over both columns", "page 3, right column has 23 points of text beside floats", func(_ *layouter, p []*page) {
			p[2].floats[spanTop], p[2].floats[spanBottom] = []*float{{name: "Figure 1", wide: true, height: 340}}, []*float{{name: "Figure 2", wide: true, height: 330}}
			for i := range p[2].columns {
				p[2].columns[i].to = p[2].columns[i].from + 2
			}
		}},
		{"an uneven last page", "page 5, the last: columns end 34 points apart", func(_ *layouter, p []*page) { p[4].columns[1].to -= 3 }},
		{"a last page of few lines", "page 5 is filled to 3 %", func(_ *layouter, p []*page) {
			p[4].columns[0].to, p[4].columns[1].from = p[4].columns[0].from+2, p[4].columns[1].to-2
		}},
	} {
		l, pages := fresh()
		tc.spoil(l, pages)
		got := strings.Join(l.blemishes(pages), "; ")
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
