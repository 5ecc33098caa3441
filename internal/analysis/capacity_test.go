package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"virtcmp/internal/analysis"
	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
	"virtcmp/internal/stat/stattest"
)

// scaling is a campaign of one testbed whose throughput follows the law, and that never
// swaps. The simulated service time is that of the users when a request is sent: while
// requests are in flight users join, so the law holds but roughly where the ramp is steep.
func scaling(law stat.USL, runs int, seed uint64, noise simulate.Noise) simulate.Campaign {
	return simulate.Campaign{
		Seed: seed, Runs: runs, Ramp: simulate.Ramp{From: 1, To: 60, Over: 240, End: 240, Timeout: 30},
		Testbeds: []simulate.Testbed{{
			Name: "a", Service: 1 / law.Lambda, Sigma: law.Sigma, Kappa: law.Kappa, Noise: noise,
			Spread: 0.03, Wander: 0.03, SwapUsers: simulate.Never, ErrorUsers: simulate.Never,
		}},
	}
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

// TestCalibrateCapacity measures on whole simulated campaigns how often the intervals of
// the law's parameters hold the truth, and how often a peak is stated.
func TestCalibrateCapacity(t *testing.T) {
	simulations := stattest.Simulations(6, 200)
	names := []string{"lambda", "sigma", "kappa", "peak_users", "peak_throughput"}
	if stattest.Full() {
		fmt.Printf("calibrate: coverage of the 95 %% intervals of capacity, in %% of %d simulated campaigns analysed as a whole; off: by how much kappa is, in the mean; stated: with a peak\n", simulations)
		fmt.Printf("%-22s %-10s %4s %7s %7s %7s %11s %16s %7s %7s\n", "law (sigma, kappa)", "service", "runs", "lambda", "sigma", "kappa", "peak users", "peak throughput", "off", "stated")
	}
	for _, of := range []struct {
		stat.USL
		frozen bool
	}{{USL: stat.USL{Lambda: 4, Sigma: 0.1, Kappa: 0.002}}, {USL: stat.USL{Lambda: 4, Sigma: 0.5, Kappa: 0.01}},
		{stat.USL{Lambda: 4, Sigma: 0.1, Kappa: 0.002}, true}, {stat.USL{Lambda: 4, Sigma: 0.5, Kappa: 0.01}, true}} {
		law := of.USL
		name := fmt.Sprintf("%v, %v", law.Sigma, law.Kappa)
		if of.frozen {
			name += " frozen"
		}
		for _, shape := range []struct {
			name string
			draw simulate.Noise
		}{{"lognormal", nil}, {"Pareto", simulate.Pareto(2.5)}, {"bimodal", simulate.Bimodal}} {
			for _, runs := range []int{3, 5, 10} {
				if !stattest.Full() && (runs != 3 || shape.draw != nil) {
					continue
				}
				covered, stated, off := map[string]int{}, map[string]int{}, 0.0
				for seed := range simulations {
					c := scaling(law, runs, uint64(1000*runs+seed), shape.draw)
					c.Testbeds[0].Frozen = of.frozen
					a := analysis.New(analysis.Options{Seed: 1})
					c.Each(func(o observation.Observation) {
						if o.Metric == "http_request_duration_seconds" { // the rest is not looked at
							a.Observe(&o)
						}
					})
					all, err := a.Findings(nil)
					if err != nil {
						t.Fatal(err)
					}
					truth := map[string]float64{"lambda": law.Lambda, "sigma": law.Sigma, "kappa": law.Kappa, "peak_users": law.Delays().Peak(), "peak_throughput": law.Throughput(law.Delays().Peak())}
					for _, name := range names {
						for _, got := range found(slices.Concat(all...)).get("capacity/"+name, "a", overRuns("")) {
							stated[name]++
							if name == "kappa" {
								off += (float64(got.Value)/law.Kappa - 1) / float64(simulations)
							}
							if holds(got, truth[name]) {
								covered[name]++
							}
						}
					}
				}
				share := func(name string) float64 { return 100 * float64(covered[name]) / float64(max(1, stated[name])) }
				if stattest.Full() {
					fmt.Printf("%-22s %-10s %4d %7.1f %7.1f %7.1f %11.1f %16.1f %+6.1f%% %7.1f\n", name, shape.name, runs,
						share("lambda"), share("sigma"), share("kappa"), share("peak_users"), share("peak_throughput"), 100*off, 100*float64(stated["peak_users"])/float64(simulations))
				}
				for _, parameter := range names[:3] {
					if stated[parameter] != simulations || share(parameter) < 50 && !of.frozen {
						t.Errorf("%s, %s, %d runs: %s stated %d times of %d, covered in %.0f %%", name, shape.name, runs, parameter, stated[parameter], simulations, share(parameter))
					}
				}
				if math.Abs(off) > 0.15 {
					t.Errorf("%s, %s, %d runs: kappa is off by %.0f %%", name, shape.name, runs, 100*off)
				}
			}
		}
	}
	calibratePeaks(t, stattest.Simulations(4, 200))
}

// calibratePeaks measures how often a peak is stated of a server that has none: it is
// simply busy from two users on.
func calibratePeaks(t *testing.T, simulations int) {
	for _, runs := range []int{1, 3, 5, 10} {
		if !stattest.Full() && runs > 3 {
			continue
		}
		stated := 0
		for seed := range simulations {
			c := scaling(stat.USL{Lambda: 20}, runs, uint64(1000*runs+seed), nil)
			c.Testbeds[0].Cores = 2
			if got := analyse(t, c.Rows()).get("capacity/peak_users", "a", overRuns("")); len(got) > 0 {
				stated++
			}
		}
		share := 100 * float64(stated) / float64(simulations)
		if stattest.Full() {
			fmt.Printf("%-22s %-10s %4d %7s %7s %7s %11s %16s %7s %7.1f\n", "two cores, no peak", "lognormal", runs, "-", "-", "-", "-", "-", "-", share)
		}
		if share > 30 {
			t.Errorf("%d runs: a peak that is none is stated of %.0f %%", runs, share)
		}
	}
}
