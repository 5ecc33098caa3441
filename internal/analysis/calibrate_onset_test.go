package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
	"virtcmp/internal/stat/stattest"
)

var (
	shortRamp = simulate.Ramp{From: 1, To: 60, Over: 120, End: 140, Timeout: 30}
	longRamp  = simulate.Ramp{From: 1, To: 100, Over: 720, End: 800, Timeout: 30} // as in 2014
)

// noises are shapes of a request's service time.
var noises = []struct {
	name  string
	noise simulate.Noise
}{{"lognormal", simulate.Lognormal(0.5)}, {"heavy tail", simulate.Pareto(2.5)}, {"bimodal", simulate.Bimodal}}

// simulated is a run and when it began to swap.
type simulated struct {
	*ramp
	truth float64
}

// simulateRuns returns runs of a testbed on a ramp.
func simulateRuns(bed simulate.Testbed, r simulate.Ramp, seed uint64, runs int) []simulated {
	bed.Name = "a"
	if bed.ErrorUsers == 0 {
		bed.ErrorUsers = simulate.Never
	}
	if bed.SwapUsers == 0 {
		bed.SwapUsers = simulate.Never
	}
	all := make([]simulated, runs)
	parallel(runs, func(i int) { // a campaign of one run each, so that no more than a few are held at once
		a := New(Options{})
		simulate.Campaign{
			Seed: seed<<20 + uint64(i), Testbeds: []simulate.Testbed{bed}, Runs: 1, Ramp: r,
			Truth: func(_ string, _ int, at float64) { all[i].truth = at },
		}.Each(func(o observation.Observation) { a.Observe(&o) })
		a.campaign.settle()
		all[i].ramp = a.campaign.ramps()[0]
	})
	return all
}

// told are the onsets that a run is analysed to have, NaN for none, and their resolutions.
type told struct {
	counters, latency, errors, truth float64
	step, latencyStep                float64
}

// tell analyses simulated runs, and keeps no more of them than that.
func tell(bed simulate.Testbed, r simulate.Ramp, seed uint64, runs int) []told {
	return ofRuns(bed, r, seed, runs, func(p simulated) told {
		at := func(o onset) float64 {
			if !o.found {
				return math.NaN()
			}
			return o.time
		}
		return told{
			counters: at(p.swap), latency: at(p.degraded), errors: at(p.failing.onset), truth: p.truth,
			step: max(p.swap.gap, p.swap.resolution), latencyStep: p.degraded.resolution,
		}
	})
}

// ofRuns returns what simulated runs tell, a few of which are held at once.
func ofRuns[T any](bed simulate.Testbed, r simulate.Ramp, seed uint64, runs int, tell func(simulated) T) []T {
	all := make([]T, runs)
	const batch = 20
	for from := 0; from < runs; from += batch {
		some := simulateRuns(bed, r, seed<<20+uint64(from), min(batch, runs-from))
		parallel(len(some), func(i int) { all[from+i] = tell(some[i]) })
	}
	return all
}

func present(all []told, of func(told) float64) []float64 {
	var v []float64
	for _, t := range all {
		if x := of(t); !math.IsNaN(x) {
			v = append(v, x)
		}
	}
	return v
}

func counters(t told) float64     { return t.counters }
func degradations(t told) float64 { return t.latency }
func failures(t told) float64     { return t.errors }

// Runs without any onset hardly have one: whatever the shape of the noise, with and
// without saturation, a service time that grows with the users or with time, pages
// swapped for no reason, and the odd failure.
func TestCalibrateFalseAlarms(t *testing.T) {
	beds := []struct {
		name string
		simulate.Testbed
	}{
		{"saturating", simulate.Testbed{Service: 0.06, Cores: 2}},
		{"slow", simulate.Testbed{Service: 0.2, Cores: 1}},
		{"idle", simulate.Testbed{Service: 1, Cores: 64}},
		{"contended", simulate.Testbed{Service: 0.06, Cores: 2, Contention: 0.005}},
		{"drifting", simulate.Testbed{Service: 0.06, Cores: 2, Drift: 0.25}},
		{"pages, failures", simulate.Testbed{Service: 0.06, Cores: 2, Background: 40, Failures: 0.01}},
	}
	if stattest.Full() {
		fmt.Printf("calibrate: false alarms of onset, in percent of runs without one\n")
		fmt.Printf("%-7s %-16s %-11s %-6s %5s  %8s %7s %6s\n", "ramp", "testbed", "noise", "wander", "runs", "counters", "latency", "errors")
	}
	var runs, byCounters, byLatency, byErrors int
	for _, r := range []simulate.Ramp{shortRamp, longRamp} {
		for _, bed := range beds {
			for _, shape := range noises {
				for _, wander := range []float64{0.05, 0.1} {
					n := stattest.Simulations(2, 50)
					if r == longRamp {
						n = stattest.Simulations(1, 25)
					}
					one := bed.Testbed
					one.Noise, one.Wander, one.Spread = shape.noise, wander, 0.03
					all := tell(one, r, 11, n)
					c, l, e := len(present(all, counters)), len(present(all, degradations)), len(present(all, failures))
					if stattest.Full() {
						percent := func(k int) float64 { return 100 * float64(k) / float64(n) }
						fmt.Printf("%4.0f s  %-16s %-11s %-6.2f %5d  %8.1f %7.1f %6.1f\n", r.End, bed.name, shape.name, wander, n, percent(c), percent(l), percent(e))
					}
					runs, byCounters, byLatency, byErrors = runs+n, byCounters+c, byLatency+l, byErrors+e
				}
			}
		}
	}
	if stattest.Full() {
		percent := func(k int) float64 { return 100 * float64(k) / float64(runs) }
		fmt.Printf("%-42s %5d  %8.2f %7.2f %6.2f\n", "all", runs, percent(byCounters), percent(byLatency), percent(byErrors))
	}
	most := max(1, runs/100)
	if byCounters > most || byLatency > most || byErrors > most {
		t.Errorf("of %d runs without an onset, counters have one in %d, latency in %d, errors in %d", runs, byCounters, byLatency, byErrors)
	}
}

// onsetCases are testbeds with an onset of swapping on a ramp.
func onsetCases(r simulate.Ramp) (cases []struct {
	name string
	simulate.Testbed
}) {
	add := func(name string, bed simulate.Testbed) {
		bed.SwapUsers, bed.Wander, bed.Spread = 2*r.To/3, 0.05, 0.03
		cases = append(cases, struct {
			name string
			simulate.Testbed
		}{name, bed})
	}
	for _, shape := range noises {
		add("steep, "+shape.name, simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, Noise: shape.noise})
	}
	add("step by half", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 1e9, Step: 0.5})
	add("step, doubled", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 1e9, Step: 1})
	add("linear", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, Growth: 1})
	add("square", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, Growth: 2})
	add("gentle", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 12})
	add("slow, timeouts", simulate.Testbed{Service: 0.2, Cores: 1, Thrash: 5})
	add("never saturated", simulate.Testbed{Service: 1, Cores: 64, Thrash: 5})
	add("own kernel", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, OwnKernel: true})
	add("silent for 5 s", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, OwnKernel: true, Silence: 5})
	add("pages for nothing", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, Background: 40})
	return cases
}

// Onsets are where they are, in the median of the runs' errors.
func TestCalibrateOnsetError(t *testing.T) {
	if stattest.Full() {
		fmt.Printf("calibrate: error of onset, medians over runs; an 800 s ramp has 7.2 s a user, one of 140 s has 2 s\n")
		fmt.Printf("%-7s %-18s %5s  %-29s  %s\n", "", "", "", "counters", "latency")
		fmt.Printf("%-7s %-18s %5s  %6s %7s %6s %6s   %6s %7s %6s %6s\n", "ramp", "testbed", "runs", "found%", "|error|", "users", "bias", "found%", "|error|", "users", "bias")
	}
	for _, r := range []simulate.Ramp{shortRamp, longRamp} {
		perUser := r.Over / float64(r.To-r.From+1)
		for _, one := range onsetCases(r) {
			n := stattest.Simulations(8, 200)
			if r == longRamp {
				n = stattest.Simulations(12, 100)
			}
			all := tell(one.Testbed, r, 12, n)
			sum := func(of func(told) float64) (found, apart, bias float64) {
				errors := present(all, func(t told) float64 { return of(t) - t.truth })
				found = 100 * float64(len(errors)) / float64(n)
				bias = stat.Median(errors)
				for i := range errors {
					errors[i] = math.Abs(errors[i])
				}
				return found, stat.Median(errors), bias
			}
			cf, ca, cb := sum(counters)
			lf, la, lb := sum(degradations)
			if stattest.Full() {
				fmt.Printf("%4.0f s  %-18s %5d  %6.1f %5.1f s %6.2f %+5.1f s  %6.1f %5.1f s %6.2f %+5.1f s\n", r.End, one.name, n, cf, ca, ca/perUser, cb, lf, la, la/perUser, lb)
			}
			most := max(5, perUser)
			if cf < 99 || ca > most {
				t.Errorf("%v s, %s: counters find %v %%, %v s off", r.End, one.name, cf, ca)
			}
			if lf < 85 || la > most {
				t.Errorf("%v s, %s: latency finds %v %%, %v s off", r.End, one.name, lf, la)
			}
		}
	}
}

// Intervals over runs hold the truth.
func TestCalibrateOnsetIntervals(t *testing.T) {
	pool, campaigns := stattest.Simulations(120, 2000), stattest.Simulations(200, 2000)
	if stattest.Full() {
		fmt.Printf("calibrate: how often the 95 %% interval over runs holds the true onset, in percent of %d campaigns\n", campaigns)
		fmt.Printf("%-7s %-18s %-20s %6s %6s %6s %6s\n", "ramp", "testbed", "runs:", "3", "5", "10", "30")
	}
	for _, r := range []simulate.Ramp{shortRamp, longRamp} {
		per := float64(r.To-r.From+1) / r.Over
		sizes := pool
		if r == longRamp {
			if !stattest.Full() {
				continue
			}
			sizes = 400
		}
		for _, one := range []struct {
			name string
			simulate.Testbed
		}{
			{"steep", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5}},
			{"step", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 1e9, Step: 1}},
			{"silent for 5 s", simulate.Testbed{Service: 0.06, Cores: 2, Thrash: 5, OwnKernel: true, Silence: 5}},
		} {
			bed := one.Testbed
			bed.SwapUsers, bed.Wander, bed.Spread = 2*r.To/3, 0.05, 0.05
			all := tell(bed, r, 13, sizes)
			bed.SwapUsers += 6
			later := tell(bed, r, 14, sizes)
			users := func(at float64) float64 { return float64(r.Users(at)) }
			truth := r.Begin(2 * r.To / 3)
			for _, kind := range []struct {
				name    string
				value   func(told) float64
				step    func(told) float64
				truth   float64
				against bool
				held    bool // to 92 to 99 %
			}{
				{"counters, seconds", counters, func(t told) float64 { return t.step }, truth, false, true},
				{"counters, users", func(t told) float64 { return users(t.counters) }, func(t told) float64 { return math.Hypot(1, t.step*per) }, float64(2*r.To/3) - 0.5, false, true},
				{"counters, six more", func(t told) float64 { return users(t.counters) }, func(t told) float64 { return math.Hypot(1, t.step*per) }, 6, true, true},
				{"latency, seconds", degradations, func(t told) float64 { return t.latencyStep }, truth, false, false},
			} {
				var shares []float64
				for _, n := range []int{3, 5, 10, 30} {
					rng := rand.New(rand.NewPCG(15, uint64(n)))
					held, drawn := 0, 0
					draw := func(from []told) (s stat.Readings) {
						squares := 0.0
						for _, i := range rng.Perm(len(from)) {
							v := kind.value(from[i])
							if math.IsNaN(v) {
								continue
							}
							s.Values = append(s.Values, v)
							squares += kind.step(from[i]) * kind.step(from[i])
							if len(s.Values) == n {
								break
							}
						}
						s.Step = math.Sqrt(squares / float64(n))
						return s
					}
					for range campaigns {
						s := draw(all)
						var i stat.Interval
						var ok bool
						if kind.against {
							_, i, ok = draw(later).Minus(s)
						} else if i, ok = stat.Summarise(stat.Runs{Num: s.Values}).Mean(); ok {
							i = s.Widen(i)
						}
						drawn++
						if ok && i.Low <= kind.truth && kind.truth <= i.High {
							held++
						}
					}
					shares = append(shares, 100*float64(held)/float64(drawn))
				}
				if stattest.Full() {
					fmt.Printf("%4.0f s  %-18s %-20s %6.1f %6.1f %6.1f %6.1f\n", r.End, one.name, kind.name, shares[0], shares[1], shares[2], shares[3])
				}
				if kind.held && (slices.Min(shares) < 90 || slices.Min(shares[:3]) < 92) {
					t.Errorf("%v s, %s, %s: the intervals of 3, 5, 10 runs and more hold the truth in %.1f %%", r.End, one.name, kind.name, shares)
				}
			}
		}
	}
}
