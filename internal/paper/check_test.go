package paper

import (
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result/resulttest"
)

// What the text names as missing -check lists too.
func TestCheckTellsWhatTextTells(t *testing.T) {
	for _, tc := range campaigns {
		p := paperOf(t, tc.name)
		gaps, err := p.Check()
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, g := range gaps {
			if g.What == "" || g.Remedy == "" || strings.ContainsAny(g.What+g.Remedy, "\n\\") {
				t.Errorf("%s: %+v", tc.name, g)
			}
			all.WriteString(g.What + "\n")
		}
		missing, err := p.view.missing()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if strings.Contains(missing, part.name) && !strings.Contains(all.String(), part.name) {
				t.Errorf("%s: the text says that %s is missing, the list does not:\n%s", tc.name, part.name, all.String())
			}
		}
	}
}

// Every experiment that may be missing has its remedy.
func TestRemedies(t *testing.T) {
	for _, p := range parts {
		if measures[p.experiment] == "" {
			t.Errorf("no remedy for %s", p.experiment)
		}
		if _, err := quantityOf(p.id); err != nil {
			t.Error(err)
		}
	}
	all := append(resulttest.First().Findings(), finding.Finding{Analysis: finding.Validity, Testbed: "lxc", Name: "warning", X: finding.None,
		Note: csvio.MakeLabels("warning", "something-new", "key", "\x1b[2J\nx")})
	gaps, err := newPaper(t, all, options()).Check()
	if err != nil {
		t.Fatal(err)
	}
	last := gaps[len(gaps)-1]
	if !strings.HasPrefix(last.What, "Warning 2, of LXC: The analysis warns of “something-new”") || last.Remedy == "" || strings.ContainsAny(last.What, "\x1b\n") {
		t.Errorf("%+v", last)
	}
}
