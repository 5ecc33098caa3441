package stat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"virtcmp/internal/stat"
	"virtcmp/internal/stat/stattest"
)

// noisy draws the values that a quantity has in the runs of a campaign.
type noisy struct {
	name string
	draw func(*rand.Rand) (num, den float64)
	// truth is the mean of num over that of den; 0: to be found by drawing many.
	truth float64
	// hard noise has what few runs cannot show: intervals are not held to their level.
	hard bool
}

func lognormal(rng *rand.Rand, sigma float64) float64 { return math.Exp(sigma * rng.NormFloat64()) }

func pareto3(rng *rand.Rand) float64 { return math.Pow(1-rng.Float64(), -1.0/3) }

func student3(rng *rand.Rand) float64 {
	chi := 0.0
	for range 3 {
		z := rng.NormFloat64()
		chi += z * z
	}
	return rng.NormFloat64() / math.Sqrt(chi/3)
}

func bimodal(rng *rand.Rand, share, far float64) float64 {
	if rng.Float64() < share {
		return far
	}
	return 1
}

// autoregression draws n standard normal values of which each depends on the one before.
func autoregression(rng *rand.Rand, n int, phi float64) []float64 {
	x, level := make([]float64, n), rng.NormFloat64()
	for i := range x {
		level = phi*level + math.Sqrt(1-phi*phi)*rng.NormFloat64()
		x[i] = level
	}
	return x
}

// ofRequests is a statistic of a run's 400 requests, which depend on each other, with
// an effect of the run on them all.
func ofRequests(name string, request func(normal float64) float64, statistic func([]float64) float64) noisy {
	return noisy{name: name, draw: func(rng *rand.Rand) (num, den float64) {
		took := autoregression(rng, 400, 0.8)
		for i, v := range took {
			took[i] = request(v)
		}
		return statistic(took) * lognormal(rng, 0.05), 1
	}}
}

func quantile(p float64) func([]float64) float64 {
	return func(x []float64) float64 { return stat.Quantiles(x, p)[0] }
}

func noises() []noisy {
	plain := func(name string, truth float64, draw func(*rand.Rand) float64) noisy {
		return noisy{name: name, truth: truth, draw: func(rng *rand.Rand) (float64, float64) { return draw(rng), 1 }}
	}
	hard := func(n noisy) noisy {
		n.hard = true
		return n
	}
	exp := func(z float64) float64 { return math.Exp(0.5 * z) }
	heavy := func(z float64) float64 { return math.Pow(distuv.UnitNormal.Survival(z), -1.0/3) }
	modes := func(z float64) float64 {
		if z > 0.6745 {
			return 2 + 0.1*z
		}
		return 1 + 0.1*z
	}
	return []noisy{
		plain("lognormal, sigma 0.02", math.Exp(0.0002), func(r *rand.Rand) float64 { return lognormal(r, 0.02) }),
		plain("lognormal, sigma 0.1", math.Exp(0.005), func(r *rand.Rand) float64 { return lognormal(r, 0.1) }),
		plain("lognormal, sigma 0.5", math.Exp(0.125), func(r *rand.Rand) float64 { return lognormal(r, 0.5) }),
		plain("normal, 10 %", 1, func(r *rand.Rand) float64 { return 1 + 0.1*r.NormFloat64() }),
		plain("Student's t3, 10 %", 1, func(r *rand.Rand) float64 { return 1 + 0.1*student3(r) }),
		{name: "ratio within runs", truth: math.Exp(0.005), draw: func(r *rand.Rand) (float64, float64) {
			den := lognormal(r, 0.3)
			return den * lognormal(r, 0.1), den
		}},
		ofRequests("mean of lognormal requests", exp, stat.Mean),
		ofRequests("p95 of lognormal requests", exp, quantile(0.95)),
		ofRequests("mean of Pareto 3 requests", heavy, stat.Mean),
		ofRequests("mean of bimodal requests", modes, stat.Mean),
		ofRequests("median of bimodal requests", modes, quantile(0.5)),
		hard(plain("two modes, 1 in 2", 1.15*math.Exp(0.0002), func(r *rand.Rand) float64 { return bimodal(r, 0.5, 1.3) * lognormal(r, 0.02) })),
		hard(plain("two modes, 1 in 4", 1.25*math.Exp(0.0002), func(r *rand.Rand) float64 { return bimodal(r, 0.25, 2) * lognormal(r, 0.02) })),
		hard(plain("Pareto 3", 1.5, pareto3)),
	}
}

func (n noisy) runs(rng *rand.Rand, count int) stat.Runs {
	var r stat.Runs
	for range count {
		num, den := n.draw(rng)
		r.Num, r.Den = append(r.Num, num), append(r.Den, den)
	}
	return r
}

// mean returns the truth.
func (n noisy) mean(rng *rand.Rand) float64 {
	if n.truth > 0 {
		return n.truth
	}
	r := n.runs(rng, stattest.Simulations(4_000, 200_000))
	return stat.Mean(r.Num) / stat.Mean(r.Den)
}

// hits counts how often something holds, by column.
type hits struct {
	n      map[string]int
	trials int
}

func (h *hits) count(column string, hit bool) {
	if h.n == nil {
		h.n = map[string]int{}
	}
	if hit {
		h.n[column]++
	}
}

// percent returns the share of the trials that were hits.
func (h *hits) percent(column string) float64 { return 100 * float64(h.n[column]) / float64(h.trials) }

// given returns the share of hits among the trials that were not counted as without.
func (h *hits) given(column string) float64 {
	return 100 * float64(h.n[column]) / float64(h.trials-h.n[column+" none"])
}

// text writes that share, where it rests on enough trials to mean something.
func (h *hits) text(column string) string {
	if h.trials-h.n[column+" none"] < 100 {
		return "-"
	}
	return fmt.Sprintf("%.1f", h.given(column))
}

// TestCalibrateIntervals measures how often the intervals over runs hold the truth, and
// how often those would that were not chosen.
func TestCalibrateIntervals(t *testing.T) {
	simulations := stattest.Simulations(200, 4000)
	if stattest.Full() {
		fmt.Printf("calibrate: 95 %% intervals over runs: how many of %d hold the truth, in percent\n", simulations)
		fmt.Printf("%-28s %4s  %6s %6s %7s   not chosen, of the mean: %8s %10s %6s %11s\n", "noise of the runs", "runs", "mean", "ratio", "uneven", "natural", "percentile", "BCa", "studentised")
	}
	for _, noise := range noises() {
		truth := noise.mean(rand.New(rand.NewPCG(5, 5)))
		for _, runs := range []int{3, 5, 10, 30} {
			if !stattest.Full() && runs == 30 {
				continue
			}
			rng := rand.New(rand.NewPCG(uint64(runs), 8))
			h := hits{trials: simulations}
			holds := func(column string, i stat.Interval, ok bool, truth float64) {
				if !ok {
					t.Fatalf("%s, %d runs: no interval", noise.name, runs)
				}
				h.count(column, i.Low <= truth && truth <= i.High)
			}
			for range simulations {
				x, y := noise.runs(rng, runs), noise.runs(rng, runs)
				s, base := stat.Summarise(x), stat.Summarise(y)
				i, ok := s.Mean()
				holds("mean", i, ok, truth)
				i, ok = s.Ratio(base)
				if slices.Min(x.Num) <= 0 || slices.Min(y.Num) <= 0 {
					i, ok = stat.Interval{Low: 1, High: 1}, true // normal noise may cross zero
				}
				holds("ratio", i, ok, 1)
				// A baseline that hardly varies leaves all the noise to one side.
				steady := stat.Runs{Num: make([]float64, runs)}
				for k := range steady.Num {
					steady.Num[k] = lognormal(rng, 0.01)
				}
				if i, ok := s.Ratio(stat.Summarise(steady)); ok {
					holds("uneven", i, ok, truth/math.Exp(0.00005))
				} else {
					h.count("uneven", true)
				}
				if stattest.Full() {
					for column, i := range notChosen(x, rng) {
						holds(column, i, true, truth)
					}
				}
			}
			if stattest.Full() {
				fmt.Printf("%-28s %4d  %6.1f %6.1f %7.1f   %33.1f %10.1f %6.1f %11.1f\n", noise.name, runs, h.percent("mean"), h.percent("ratio"), h.percent("uneven"),
					h.percent("natural"), h.percent("percentile"), h.percent("bca"), h.percent("studentised"))
			}
			if noise.hard {
				continue
			}
			// Four standard errors of the simulation about 93 and 97 %.
			slack := 400 * math.Sqrt(0.05*0.95/float64(simulations))
			for _, column := range []string{"mean", "ratio", "uneven"} {
				if p := h.percent(column); p < 93-slack || p > 97+slack {
					t.Errorf("%s, %d runs: the interval of the %s holds in %.1f %%", noise.name, runs, column, p)
				}
			}
		}
	}
}

// notChosen returns other intervals of the quantity over runs: Student's on the natural
// scale, and three bootstraps.
func notChosen(r stat.Runs, rng *rand.Rand) map[string]stat.Interval {
	const resamples = 999
	n := len(r.Num)
	estimate := func(pick func(int) int) (value, se float64) {
		var num, den, squares float64
		for i := range n {
			num, den = num+r.Num[pick(i)], den+r.Den[pick(i)]
		}
		value = num / den
		for i := range n {
			e := r.Num[pick(i)] - value*r.Den[pick(i)]
			squares += e * e
		}
		return value, math.Sqrt(squares/float64(n-1)*float64(n)) / den
	}
	value, se := estimate(func(i int) int { return i })
	values, ts := make([]float64, resamples), make([]float64, resamples)
	sample, below := make([]int, n), 0.0
	for b := range values {
		for i := range sample {
			sample[i] = rng.IntN(n)
		}
		v, s := estimate(func(i int) int { return sample[i] })
		values[b], ts[b] = v, (v-value)/s
		if s < 1e-9*v { // all the same run
			ts[b] = math.Copysign(math.Inf(1), v-value)
		}
		switch {
		case v < value:
			below++
		case v == value:
			below += 0.5
		}
	}
	slices.Sort(values)
	slices.Sort(ts)
	at := func(sorted []float64, p float64) float64 {
		return sorted[min(max(int(math.Round(p*(resamples+1)))-1, 0), resamples-1)]
	}
	// BCa: Efron, Better bootstrap confidence intervals, JASA 82, 1987.
	var jack []float64
	for left := range n {
		var num, den float64
		for i := range n {
			if i != left {
				num, den = num+r.Num[i], den+r.Den[i]
			}
		}
		jack = append(jack, num/den)
	}
	var squares, cubes float64
	middle := stat.Mean(jack)
	for _, v := range jack {
		squares += (middle - v) * (middle - v)
		cubes += (middle - v) * (middle - v) * (middle - v)
	}
	acceleration := 0.0
	if squares > 0 {
		acceleration = cubes / (6 * math.Pow(squares, 1.5))
	}
	bias := distuv.UnitNormal.Quantile(min(max(below/resamples, 0.001), 0.999))
	bca := func(p float64) float64 {
		z := bias + distuv.UnitNormal.Quantile(p)
		return at(values, distuv.UnitNormal.CDF(bias+z/(1-acceleration*z)))
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	return map[string]stat.Interval{
		"natural":     {Low: value - t*se, High: value + t*se},
		"percentile":  {Low: at(values, 0.025), High: at(values, 0.975)},
		"bca":         {Low: bca(0.025), High: bca(0.975)},
		"studentised": {Low: value - at(ts, 0.975)*se, High: value - at(ts, 0.025)*se},
	}
}

// TestCalibrateWithinRun measures how often the intervals within a run hold the truth.
func TestCalibrateWithinRun(t *testing.T) {
	simulations := stattest.Simulations(60, 1000)
	if stattest.Full() {
		fmt.Printf("calibrate: 95 %% intervals within a run: how many hold the truth, in percent of those there are in %d runs. Lognormal requests (sigma 0.5) that depend on the one before (rho); on a ramp they take ever longer, up to 21 times\n", simulations)
		fmt.Printf("%8s %5s %-8s %6s %6s %6s %12s %7s\n", "requests", "rho", "", "mean", "p50", "p95", "no interval", "of p95")
	}
	draw := func(rng *rand.Rand, n int, rho float64, ramp bool) []float64 {
		x := autoregression(rng, n, rho)
		for i := range x {
			x[i] = math.Exp(0.5 * x[i])
			if ramp {
				x[i] *= 1 + 20*(float64(i)+0.5)/float64(n)
			}
		}
		return x
	}
	for _, ramp := range []bool{false, true} {
		many := slices.Sorted(slices.Values(draw(rand.New(rand.NewPCG(1, 9)), stattest.Simulations(200_000, 4_000_000), 0, ramp)))
		truth := map[string]float64{"mean": math.Exp(0.125), "p50": stat.Quantile(many, 0.5), "p95": stat.Quantile(many, 0.95)}
		if ramp {
			truth["mean"] *= 11
		}
		for _, n := range []int{200, 1000, 10_000} {
			for _, rho := range []float64{0, 0.5, 0.9} {
				if !stattest.Full() && n > 1000 {
					continue
				}
				rng, h := rand.New(rand.NewPCG(uint64(n), math.Float64bits(rho))), hits{trials: simulations}
				for range simulations {
					s, enough := stat.NewSequence(draw(rng, n, rho, ramp))
					h.count("none", !enough)
					holds := func(column string, i stat.Interval, ok bool) {
						h.count(column+" none", !ok)
						h.count(column, ok && i.Low <= truth[column] && truth[column] <= i.High)
					}
					if !enough {
						for column := range truth {
							h.count(column+" none", true)
						}
						continue
					}
					i, ok := s.Mean()
					holds("mean", i, ok)
					i, ok = s.Quantile(0.5)
					holds("p50", i, ok)
					i, ok = s.Quantile(0.95)
					holds("p95", i, ok)
				}
				if stattest.Full() {
					shape := "steady"
					if ramp {
						shape = "ramp"
					}
					fmt.Printf("%8d %5.1f %-8s %6s %6s %6s %12.1f %7.1f\n", n, rho, shape, h.text("mean"), h.text("p50"), h.text("p95"), h.percent("none"), h.percent("p95 none"))
				}
				// Where there are but a few independent stretches of requests, no interval from them is right.
				if float64(n)*(1-rho)/(1+rho) < 100 {
					continue
				}
				for _, column := range []string{"mean", "p50", "p95"} {
					if p := h.given(column); p < 84 || h.percent(column+" none") > 0 {
						t.Errorf("%d requests, rho %v, ramp %v: the interval of the %s holds in %.1f %%", n, rho, ramp, column, p)
					}
				}
			}
		}
	}
}

// TestCalibratePermutation measures how often the permutation test finds a difference,
// at 5 %, where there is none and where there is one.
func TestCalibratePermutation(t *testing.T) {
	simulations := stattest.Simulations(100, 1000)
	if stattest.Full() {
		fmt.Printf("calibrate: permutation test at 5 %%: differences found, in percent of %d. Alike: of the same distribution; apart: 1.1 times as much; uneven: of the same mean, one varies by a tenth of the other; hardly: of the same mean, ten runs of one and as given of the other\n", simulations)
		fmt.Printf("%-28s %4s  %6s %6s %6s %6s\n", "noise of the runs", "runs", "alike", "apart", "uneven", "hardly")
	}
	level := func(rng *rand.Rand, x, y stat.Runs) bool {
		s, ok := stat.Permutation(x, y, stat.DrawAnew(rng))
		if !ok {
			t.Fatal("no test")
		}
		return s.P < 0.05
	}
	for _, noise := range noises() {
		truth := noise.mean(rand.New(rand.NewPCG(5, 5)))
		for _, runs := range []int{4, 5, 10, 30} {
			if !stattest.Full() && runs != 5 {
				continue
			}
			rng, h := rand.New(rand.NewPCG(uint64(runs), 10)), hits{trials: simulations}
			for range simulations {
				x, y := noise.runs(rng, runs), noise.runs(rng, runs)
				h.count("alike", level(rng, x, y))
				apart := stat.Runs{Num: slices.Clone(y.Num), Den: y.Den}
				for i := range apart.Num {
					apart.Num[i] *= 1.1
				}
				h.count("apart", level(rng, x, apart))
				steady := stat.Runs{Num: make([]float64, runs), Den: y.Den}
				for i := range steady.Num {
					mean := truth * y.Den[i]
					steady.Num[i] = mean + (y.Num[i]-mean)/10
				}
				h.count("uneven", level(rng, x, steady))
				h.count("hardly", level(rng, x, noise.runs(rng, 10)))
			}
			if stattest.Full() {
				fmt.Printf("%-28s %4d  %6.1f %6.1f %6.1f %6.1f\n", noise.name, runs, h.percent("alike"), h.percent("apart"), h.percent("uneven"), h.percent("hardly"))
			}
			slack := 400 * math.Sqrt(0.05*0.95/float64(simulations))
			for _, column := range []string{"alike", "hardly"} {
				if p := h.percent(column); p > 5+slack {
					t.Errorf("%s, %d runs, %s: a difference in %.1f %%", noise.name, runs, column, p)
				}
			}
		}
	}
}
