package analysis_test

import (
	"math"
	"testing"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// stalling is an open loop whose server stands still for five seconds, with at most so
// many requests in flight.
func stalling(inFlight int) simulate.Campaign {
	return simulate.Campaign{
		Seed: 7, Runs: 3, Ramp: simulate.Ramp{From: 1, To: 1, Over: 1, End: 1, Timeout: 30},
		Open: simulate.Open{From: 20, To: 60, Over: 60, InFlight: inFlight},
		Testbeds: []simulate.Testbed{{
			Name: "a", Service: 0.02, Cores: 2, Spread: 0.02, SwapUsers: simulate.Never, ErrorUsers: simulate.Never, Stall: 20, StallFor: 5,
		}},
	}
}

// However many requests the generator can have in flight, and so however late it sends
// them while the server stands still, times from the intended send are the same. By the
// real send a generator with few in flight would see a stall in as many requests only.
func TestCoordinatedOmission(t *testing.T) {
	free, bound := analyse(t, stalling(10000).Rows()), analyse(t, stalling(10).Rows())
	for _, name := range []string{"mean", "p50", "p90", "p95", "p99", "max"} {
		for run := 1; run <= 3; run++ {
			a, b := free.one(t, "open_loop/"+name, "a", ofRun(run)), bound.one(t, "open_loop/"+name, "a", ofRun(run))
			if math.Abs(float64(a.Value-b.Value)) > 0.01 {
				t.Errorf("run %d: %s is %v with any number in flight, %v with ten", run, name, a.Value, b.Value)
			}
		}
	}
	if got := bound.one(t, "open_loop/p95", "a", overRuns("")); got.Value < 2 || !got.Low.Present() {
		t.Errorf("the stall does not show: %+v", got)
	}
	if got := bound.one(t, "open_loop/lateness_max", "a", overRuns("")); got.Value < 4 || got.Value > 6 {
		t.Errorf("lateness %+v", got)
	}
	if got := free.one(t, "open_loop/lateness_max", "a", overRuns("")); got.Value != 0 {
		t.Errorf("lateness %+v", got)
	}
	late := 0
	for _, w := range bound.warnings() {
		if csvio.Labels(w).Get("warning") == finding.LateSends || len(w) > 3 && csvio.Labels(w[3:]).Get("warning") == finding.LateSends {
			late++
		}
	}
	if late != 1 {
		t.Errorf("warnings %q", bound.warnings())
	}
	// Nothing of it is among the closed loop's findings.
	for _, f := range bound {
		if f.Analysis == finding.Latency && f.N > 1000 {
			t.Errorf("%+v", f)
		}
	}
}

func openRequest(run int, sent, took float64, code string, labels csvio.Labels) observation.Observation {
	o := request("a", run, sent, took, 0, code)
	o.Experiment, o.Users, o.Labels = observation.Open, observation.NoUsers, labels
	return o
}

func TestOpenLoop(t *testing.T) {
	rows := []observation.Observation{
		openRequest(1, 1, 0.5, "200", "lateness=0"),
		openRequest(1, 3, 0.5, "200", "lateness=1.500000"), // two seconds
		openRequest(1, 4, 0.1, "503", "lateness=0"),        // says nothing
		openRequest(1, 5, 5, "timeout", "lateness=0"),      // five at least
		openRequest(1, 9.5, 0.5, "unfinished", "lateness=0"),
		openRequest(1, 9.6, 0.4, "unfinished", "lateness=4"), // 4.4 at least, longer than the mean
		openRequest(2, 1, 0.5, "200", ""),
		openRequest(2, 2, 0.5, "200", "lateness=-0.000012"), // punctual
		openRequest(2, 3, 0.5, "200", "lateness=soon"),
	}
	f := analyse(t, rows)
	for name, want := range map[string]float64{"mean": (0.5 + 2 + 5 + 4.4) / 4, "p50": 3.2, "max": 5, "lateness_max": 4, "successful_requests": 2} {
		if got := f.one(t, "open_loop/"+name, "a", ofRun(1)); !equal([]float64{float64(got.Value)}, []float64{want}) {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
	if got := f.one(t, "open_loop/p50", "a", ofRun(1)); got.Note != "timeouts=1;unfinished=1" || got.N != 4 {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "open_loop/p50", "a", overRuns("")); got.Note != "timeouts=1;unfinished=1;interval=too-few-runs" {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "open_loop/max", "a", ofRun(2)); got.Value != 0.5 || got.Note != "" {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "open_loop/lateness_max", "a", ofRun(2)); got.Value != 0 || got.N != 1 {
		t.Errorf("%+v", got)
	}
	if got := values(f.get("open_loop/intended_per_second", "a", ofRun(1))); !equal(got, []float64{0.6, 0.6}) { // the sends due at 1.5 and 4, at 5, 5.6 and 9.5
		t.Errorf("intended %v", got)
	}
	if got := values(f.get("open_loop/requests_per_second", "a", ofRun(1))); !equal(got, []float64{0.4, 0}) {
		t.Errorf("answered %v", got)
	}
	for _, one := range f {
		if one.Analysis == finding.Latency || one.Analysis == finding.Throughput {
			t.Errorf("an open loop's in a closed loop's analysis: %+v", one)
		}
	}
}
