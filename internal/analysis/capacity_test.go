package analysis_test

import (
	"math"
	"testing"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// scaling is a campaign of one testbed whose throughput follows the law.
func scaling(law stat.USL, runs int, seed uint64, noise simulate.Noise) simulate.Campaign {
	bed, ramp := simulate.Scaling(law.Lambda, law.Sigma, law.Kappa, noise)
	return simulate.Campaign{Seed: seed, Runs: runs, Ramp: ramp, Testbeds: []simulate.Testbed{bed}}
}

// The law that a simulated server follows is found again, in each run and over runs.
func TestCapacity(t *testing.T) {
	law := stat.USL{Lambda: 4, Sigma: 0.1, Kappa: 0.002}
	f := analyse(t, scaling(law, 5, 2, nil).Rows()) // a seed with which none of these intervals is one of the 5 % that miss
	truth := map[string]float64{"lambda": 4, "sigma": 0.1, "kappa": 0.002, "peak_users": law.Delays().Peak(), "peak_throughput": law.Throughput(law.Delays().Peak())}
	for name, want := range truth {
		over := f.one(t, "capacity/"+name, "a", overRuns(""))
		if !holds(over, want) || over.N != 5 || float64(over.High-over.Low) > want {
			t.Errorf("%s is %v to %v, in truth %v", name, over.Low, over.High, want)
		}
		for run := 1; run <= 5; run++ {
			if got := f.one(t, "capacity/"+name, "a", ofRun(run)); math.Abs(float64(got.Value)/want-1) > 0.5 || got.N < 1000 {
				t.Errorf("%s of run %d: %v, in truth %v", name, run, got, want)
			}
		}
	}
	curve := f.get("capacity/usl", "a", overRuns(""))
	if len(curve) < 50 || float64(curve[0].X) != 1 {
		t.Fatalf("%d points, from %v users on", len(curve), curve[0].X)
	}
	for _, p := range curve {
		if want := law.Throughput(float64(p.X)); math.Abs(float64(p.Value)/want-1) > 0.1 || p.Low > p.Value || p.High < p.Value {
			t.Errorf("at %v users %v (%v to %v), in truth %v", p.X, p.Value, p.Low, p.High, want)
		}
	}
	if points := f.get("capacity/throughput_by_users", "a", ofRun(3)); len(points) < 60 || points[9].N == 0 {
		t.Errorf("%d measured points", len(points))
	}
	if got := f.one(t, "capacity/little_ratio", "a", overRuns("")); math.Abs(float64(got.Value)-1) > 0.001 {
		t.Errorf("requests in flight a user: %v", got)
	}
	if got := f.one(t, "capacity/misfit", "a", overRuns("")); got.Value > 0.05 {
		t.Errorf("%v", got)
	}
}

// A server that is simply busy has no peak, and none is made up: not in a run, not over
// runs, however few they are.
func TestCapacityWithoutPeak(t *testing.T) {
	for _, runs := range []int{1, 3} {
		c := small()
		c.Runs = runs
		f := analyse(t, c.Rows())
		for _, bed := range c.Testbeds {
			for _, name := range []string{"peak_users", "peak_throughput"} {
				if got := f.get("capacity/"+name, bed.Name, func(finding.Finding) bool { return true }); len(got) > 0 {
					t.Errorf("%d runs: %s: %v", runs, bed.Name, got)
				}
			}
			f.one(t, "capacity/kappa", bed.Name, overRuns(""))
		}
	}
}

// A peak near the most users that were measured, or beyond, is said to be the law's.
func TestCapacityBeyond(t *testing.T) {
	law := stat.USL{Lambda: 4, Sigma: 0.02, Kappa: 0.0002} // 70 users
	f := analyse(t, scaling(law, 5, 1, simulate.Lognormal(0.1)).Rows())
	if got := f.one(t, "capacity/peak_users", "a", overRuns("")); got.Note.Get("beyond") != "1" || !holds(got, 70) {
		t.Errorf("%+v", got)
	}
}

func TestLittle(t *testing.T) {
	// Two users, one of whom pauses as long as its requests take.
	var rows []observation.Observation
	for i := range 200 {
		rows = append(rows, request("a", 1, float64(i), 1, 2, "200"))
		if i%2 == 0 {
			rows = append(rows, request("a", 1, float64(i)+0.25, 1, 2, "200"))
		}
	}
	f := analyse(t, rows)
	if got := f.one(t, "capacity/little_ratio", "a", ofRun(1)); math.Abs(float64(got.Value)-0.75) > 0.13 || got.N < 190 {
		t.Errorf("three quarters: %+v", got)
	}
	// Where users are not known, there is nothing to check.
	for i := range rows {
		rows[i].Users = observation.NoUsers
	}
	if got := analyse(t, rows).get("capacity/little_ratio", "a", ofRun(1)); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
