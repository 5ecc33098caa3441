package paper

import (
	"slices"
	"strings"

	"virtcmp/internal/paper/document"
	"virtcmp/internal/result"
)

// particular reports whether a fact that a group of the set-up table does not list is
// known of some testbeds and means nothing to the others, so that a row of its own
// would be mostly empty.
func (v *view) particular(g factGroup, key string) bool {
	if slices.Contains(g.keys, key) || v.published2014(g.hosts, key) != "" {
		return false
	}
	return slices.ContainsFunc(v.set.Testbeds(), func(b string) bool { return setFact(v.set, b, g.hosts[0], key) == "" })
}

// published2014 is what is known of a fact in 2014.
func (v *view) published2014(hosts []string, key string) string {
	var then []string
	for _, b := range v.sources.published.Testbeds() {
		for _, host := range hosts {
			if value := setFact(v.sources.published, b, host, key); value != "" && !slices.Contains(then, value) {
				then = append(then, value)
			}
		}
	}
	return strings.Join(then, " / ")
}

// particulars are the rows of the facts that only some testbeds have: one a testbed, or of
// several that are alike.
func (v *view) particulars() []document.Row {
	testbeds := v.set.Testbeds()
	var of, said []string // testbeds, and what is particular to them
	for _, b := range testbeds {
		var all []string
		for _, g := range factGroups {
			if !g.more || len(g.hosts) > 1 { // what guests have in common is among each one's
				continue
			}
			for _, key := range v.groupKeys(g) {
				value := setFact(v.set, b, g.hosts[0], key)
				if value == "" || !v.particular(g, key) {
					continue
				}
				what := factName(key)
				switch other := setFact(v.set, b, result.DB, key); {
				case g.hosts[0] == result.App && value == other:
					what = "guests’ " + what
				case g.hosts[0] == result.App:
					what = "application guest’s " + what
				case g.hosts[0] == result.DB && value == setFact(v.set, b, result.App, key):
					continue
				case g.hosts[0] == result.DB:
					what = "database guest’s " + what
				}
				all = append(all, what+" "+value)
			}
		}
		if all == nil {
			continue
		}
		what := strings.Join(all, "; ")
		if i := slices.Index(said, what); i >= 0 {
			of[i] += ", " + v.names[b]
			continue
		}
		of, said = append(of, v.names[b]), append(said, what)
	}
	var rows []document.Row
	for i, what := range said {
		cell := text(what)
		cell.Span = len(testbeds)
		rows = append(rows, document.Row{Cells: []document.Cell{text(of[i]), cell, {}}})
	}
	return rows
}
