package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// ladder returns n requests of a run, in any order, that took scale, 2 scale, ... n scale
// seconds; the slowest timedOut of them timed out.
func ladder(run, n, timedOut int, scale float64) []observation.Observation {
	rng := rand.New(rand.NewPCG(uint64(run), 5))
	var rows []observation.Observation
	for sent, i := range rng.Perm(n) {
		code := "200"
		if i >= n-timedOut {
			code = observation.CodeTimeout
		}
		rows = append(rows, request("a", run, float64(sent)/100, scale*float64(i+1), 1, code))
	}
	return rows
}

// The quantiles of requests that take 1, 2, ... n milliseconds are known.
func TestDistribution(t *testing.T) {
	const n = 20000
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		rows = append(rows, ladder(run, n, 0, 0.001*float64(run))...)
	}
	rows = append(rows, request("a", 1, 1, 0, 1, "503")) // however quick, it is none of them
	f := analyse(t, rows)
	at := func(p float64) float64 { return 0.001 * (1 + p*(n-1)) }
	series := f.get("latency/quantile", "a", ofRun(1))
	if len(series) != 36 || series[0].X != 0.01 || series[35].X != 0.9995 { // one of the next would have eight above it
		t.Fatalf("%d quantiles: %v", len(series), series)
	}
	classic := map[finding.Number]bool{0.5: true, 0.75: true, 0.9: true, 0.95: true, 0.99: true, 0.999: true}
	for i, q := range series {
		if want := at(float64(q.X)); math.Abs(float64(q.Value)-want) > 1e-9 || q.N != n || q.Unit != finding.Seconds || q.Note != "" {
			t.Errorf("%+v, want %v", q, want)
		}
		if i > 0 && q.X <= series[i-1].X {
			t.Errorf("%v after %v", q.X, series[i-1].X)
		}
		delete(classic, q.X)
	}
	if len(classic) > 0 {
		t.Errorf("not among them: %v", classic)
	}
	over := f.get("latency/quantile", "a", overRuns(""))
	if len(over) != len(series) {
		t.Fatalf("over runs %d quantiles, of a run %d", len(over), len(series))
	}
	for _, q := range over {
		if want := 2 * at(float64(q.X)); math.Abs(float64(q.Value)-want) > 1e-9 || q.N != 3 || !holds(q, want) || q.Low >= q.High {
			t.Errorf("%+v, want %v", q, want)
		}
	}
	for _, name := range []string{"p50", "p90", "p95", "p99"} { // the same, told twice
		p := map[string]finding.Number{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}[name]
		one := f.one(t, "latency/"+name, "a", ofRun(2))
		for _, q := range f.get("latency/quantile", "a", ofRun(2)) {
			if q.X == p && q.Value != one.Value {
				t.Errorf("%s is %v, the quantile %v", name, one.Value, q.Value)
			}
		}
	}
}

// A quantile among requests that timed out is not known, and one that is known in some
// runs only is not known over all.
func TestCensoredDistribution(t *testing.T) {
	const n = 1000
	rows := append(ladder(1, n, 30, 0.01), ladder(2, n, 300, 0.01)...)
	rows = append(rows, ladder(3, n, 0, 0.01)...)
	f := analyse(t, rows)
	last := func(some found) finding.Number { return some[len(some)-1].X }
	end := func(some found) string { // and that only the last says why
		for _, q := range some[:len(some)-1] {
			if q.Note != "" {
				t.Errorf("%+v", q)
			}
		}
		return fmt.Sprint(last(some), some[len(some)-1].Note)
	}
	for run, want := range map[int]string{1: "0.9685rest=unknown", 2: "0.685rest=unknown", 3: "0.99"} {
		if got := end(f.get("latency/quantile", "a", ofRun(run))); got != want {
			t.Errorf("run %d: known up to %s, want %s", run, got, want)
		}
	}
	if got := end(f.get("latency/quantile", "a", overRuns(""))); got != "0.685rest=unknown" {
		t.Errorf("over runs known up to %s", got)
	}
	few := append(ladder(1, n, 0, 0.01), ladder(2, n, 0, 0.01)...)
	if got := end(analyse(t, append(few, ladder(3, 10*n, 50, 0.01)...)).get("latency/quantile", "a", overRuns(""))); got != "0.99" {
		t.Errorf("where the run that timed out is known farther out: known up to %s", got)
	}
	open := ladder(1, n, 30, 0.01)
	for i := range open {
		open[i].Experiment, open[i].Users, open[i].Labels = observation.Open, observation.NoUsers, "lateness=1"
	}
	series := analyse(t, open).get("open_loop/quantile", "a", ofRun(1))
	if got := last(series); got != 0.9685 {
		t.Errorf("open loop: known up to %v", got)
	}
	if want := 1 + 0.01*(1+0.01*(n-1)); math.Abs(float64(series[0].Value)-want) > 1e-6 {
		t.Errorf("open loop: %+v, from the intended send %v", series[0], want)
	}
	if few := analyse(t, ladder(1, 10, 0, 0.01)).get("latency/quantile", "a", ofRun(1)); len(few) > 0 {
		t.Errorf("of ten requests: %v", few)
	}
}
