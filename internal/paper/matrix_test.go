package paper

import (
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// The matrix as a whole is told by what its intervals show, not by its largest number.
func TestNeighbours(t *testing.T) {
	at := func(testbed, aggressor, victim string, value, low, high finding.Number) finding.Finding {
		return over(finding.Isolation, testbed, "degradation", finding.Ratio, value, low, high, csvio.MakeLabels("aggressor", aggressor, "victim", victim))
	}
	native := at("native", "disk", "insert", 4.1, 3.1, 5.4)
	for _, tc := range []struct {
		findings []finding.Finding
		want     string
	}{
		{[]finding.Finding{native, at("lxc", "cpu", "select", 9, 0.9, 90), at("lxc", "cpu", "http", 0.8, 0.7, 0.9), at("lxc", "cpu", "insert", 1.2, 1.1, 1.3)},
			"That a guest suffers from a neighbour under stress was shown in 2 of 4 cells on two testbeds; INSERTs beside disk stressors on native Linux suffered most, and took 4.1 times as long (95 % interval 3.1 to 5.4)."},
		{[]finding.Finding{native}, "That a guest suffers from a neighbour under stress was shown in 1 of 1 cells; INSERTs beside disk stressors on native Linux suffered most, and took 4.1 times as long (95 % interval 3.1 to 5.4)."},
		{[]finding.Finding{at("lxc", "cpu", "select", 9, 0.9, 90), at("lxc", "fork", "select", 1, 0.9, 1.1)}, "That a guest suffers from a neighbour under stress was shown in none of 2 cells."},
		{[]finding.Finding{at("lxc", "cpu", "select", 9, finding.None, finding.None)}, ""},
		{nil, ""},
	} {
		if got := strings.ReplaceAll(newView(t, tc.findings).neighbours(), nbsp, " "); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}
