package analysis_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// A testbed's only run has an interval of its own, over all runs there is none.
func TestWithinRun(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	sample := func(testbed string, run int) (rows []observation.Observation) {
		for i := range 400 {
			o := probe(testbed, run, observation.Select, "sql_select_duration_seconds", math.Exp(0.3*rng.NormFloat64()), "")
			o.Time = float64(i)
			rows = append(rows, o, request(testbed, run, float64(i), math.Exp(0.3*rng.NormFloat64()), 1, "200"))
		}
		return rows
	}
	rows := append(append(sample("a", 1), sample("b", 1)...), sample("b", 2)...)
	f := analyse(t, rows)
	for _, name := range []string{"latency/mean", "latency/p50", "latency/p95", "select/mean", "select/median"} {
		got := f.one(t, name, "a", ofRun(1))
		if got.Note.Get("interval") != "within-run" || !(got.Low < got.Value && got.Value < got.High) || got.High/got.Low > 1.3 {
			t.Errorf("%s: %+v", name, got)
		}
		if got := f.one(t, name, "a", overRuns("")); got.Low.Present() || got.Note.Get("interval") != finding.TooFewRuns {
			t.Errorf("%s over one run: %+v", name, got)
		}
		if got := f.one(t, name, "b", ofRun(1)); got.Low.Present() || got.Note != "" {
			t.Errorf("%s of the first of two runs: %+v", name, got)
		}
	}
	if got := f.one(t, "latency/max", "a", ofRun(1)); got.Low.Present() {
		t.Errorf("the longest request: %+v", got)
	}
}
