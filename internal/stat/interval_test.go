package stat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"virtcmp/internal/stat"
)

func summarise(r stat.Runs) stat.Summary {
	return stat.Summarise(r, rand.New(rand.NewPCG(1, 1)))
}

func TestMeanInterval(t *testing.T) {
	// With a value that is not positive the scale is the natural one, and the interval
	// Student's: R: t.test(c(-1, 2, 3, 4, 7))$conf.int is -0.640 to 6.640.
	i, ok := summarise(stat.Runs{Num: []float64{-1, 2, 3, 4, 7}}).Mean()
	if !ok || !near(i.Low, -0.640, 0.15) || !near(i.High, 6.640, 0.15) {
		t.Errorf("%v, %v", i, ok)
	}
	if i, ok := summarise(stat.Runs{Num: []float64{3, 3, 3}}).Mean(); !ok || i != (stat.Interval{Low: 3, High: 3}) {
		t.Errorf("no spread: %v, %v", i, ok)
	}
	if i, ok := summarise(stat.Runs{Num: []float64{10, 10.5, 11}, Den: []float64{4, 4.2, 4.4}}).Mean(); !ok || i != (stat.Interval{Low: 2.5, High: 2.5}) {
		t.Errorf("no spread but by rounding: %v, %v", i, ok)
	}
	if i, ok := summarise(stat.Runs{Num: []float64{-1e-15, 2e-15, 3e-15}}).Mean(); !ok || i.Low > -2e-15 {
		t.Errorf("tiny values: %v, %v", i, ok)
	}
	if i, ok := summarise(stat.Runs{Num: []float64{1, 10, 100}}).Mean(); !ok || i.Low <= 0 || i.Low > 37 || i.High < 37 {
		t.Errorf("positive values: %v, %v", i, ok)
	}
	if _, ok := summarise(stat.Runs{Num: []float64{1, 2}}).Mean(); ok {
		t.Error("two runs have an interval")
	}
}

func TestSummary(t *testing.T) {
	if s := summarise(stat.Runs{Num: []float64{1, 2, 6}}); s.N != 3 || s.Value != 3 {
		t.Errorf("%+v", s)
	}
	if s := summarise(stat.Runs{Num: []float64{1, 3}, Den: []float64{2, 2}}); s.N != 2 || s.Value != 1 {
		t.Errorf("%+v", s)
	}
}

func TestRatioInterval(t *testing.T) {
	a := summarise(stat.Runs{Num: []float64{10, 11, 12, 10.5, 11.5}})
	b := summarise(stat.Runs{Num: []float64{5, 5.2, 4.8, 5.1, 4.9}})
	i, ok := a.Ratio(b)
	if !ok || i.Low > 2.2 || i.High < 2.2 || i.Low < 1.9 || i.High > 2.5 {
		t.Errorf("%v, %v", i, ok)
	}
	if again := summarise(stat.Runs{Num: []float64{10, 11, 12, 10.5, 11.5}}); again != a {
		t.Errorf("the same seed gives %v and %v", a, again)
	}
	inverse, _ := b.Ratio(a)
	if !near(inverse.Low, 1/i.High, 1e-12) || !near(inverse.High, 1/i.Low, 1e-12) {
		t.Errorf("the other way round: %v and %v", i, inverse)
	}
	scaled, _ := summarise(stat.Runs{Num: []float64{1000, 1100, 1200, 1050, 1150}}).Ratio(b)
	if !near(scaled.Low, 100*i.Low, 1e-9) || !near(scaled.High, 100*i.High, 1e-9) {
		t.Errorf("a hundredfold: %v and %v", i, scaled)
	}
	// A ratio within runs is paired: what a run's numerator and denominator share cancels.
	paired := stat.Runs{Num: []float64{2, 4, 8, 16.2}, Den: []float64{1, 2, 4, 8}}
	if i, ok := summarise(paired).Mean(); !ok || i.Low < 1.95 || i.High > 2.1 {
		t.Errorf("paired: %v, %v", i, ok)
	}
	for name, runs := range map[string]stat.Runs{"two runs": {Num: []float64{1, 2}}, "a zero": {Num: []float64{1, 0, 2}}} {
		other := summarise(runs)
		if _, ok := a.Ratio(other); ok {
			t.Errorf("%s: interval", name)
		}
		if _, ok := other.Ratio(a); ok {
			t.Errorf("%s: interval the other way round", name)
		}
	}
}

// TestCoverage measures how often the intervals hold the truth, for runs that are
// lognormal, and holds them to it. STAT_COVERAGE=table prints the table of the
// package's documentation, with the bootstraps that were not chosen beside it.
func TestCoverage(t *testing.T) {
	simulations, table := 400, os.Getenv("STAT_COVERAGE") == "table"
	if table {
		simulations = 4000
		fmt.Printf("%-5s %-5s  %-7s %-7s  %-10s %-17s %s\n", "runs", "sigma", "mean", "ratio", "percentile", "expanded", "studentised (median width, this ratio's)")
	}
	for _, runs := range []int{3, 5, 10, 30} {
		for _, sigma := range []float64{0.1, 0.5} {
			if runs == 30 && !table {
				continue
			}
			rng := rand.New(rand.NewPCG(uint64(runs), math.Float64bits(sigma)))
			var mean, ratio, percentile, expanded, studentised int
			var width, studentisedWidth []float64
			draw := func() (x []float64) {
				for range runs {
					x = append(x, math.Exp(sigma*rng.NormFloat64()))
				}
				return x
			}
			truth := math.Exp(sigma * sigma / 2)
			for range simulations {
				x, y := draw(), draw()
				covers := func(low, high, truth float64, count *int) {
					if low <= truth && truth <= high {
						*count++
					}
				}
				s := stat.Summarise(stat.Runs{Num: x}, rng)
				i, ok := s.Mean()
				j, ok2 := s.Ratio(stat.Summarise(stat.Runs{Num: y}, rng))
				if !ok || !ok2 {
					t.Fatal("no interval")
				}
				covers(i.Low, i.High, truth, &mean)
				covers(j.Low, j.High, 1, &ratio)
				if table {
					o := bootstrapRatio(x, y, rng)
					covers(o.percentile[0], o.percentile[1], 0, &percentile)
					covers(o.expanded[0], o.expanded[1], 0, &expanded)
					covers(o.studentised[0], o.studentised[1], 0, &studentised)
					width = append(width, math.Log(j.High/j.Low))
					studentisedWidth = append(studentisedWidth, o.studentised[1]-o.studentised[0])
				}
			}
			share := func(n int) float64 { return 100 * float64(n) / float64(simulations) }
			if table {
				slices.Sort(width)
				slices.Sort(studentisedWidth)
				fmt.Printf("%-5d %-5.1f  %-7.1f %-7.1f  %-10.1f %-17.1f %.1f (%.2f, %.2f)\n", runs, sigma, share(mean), share(ratio),
					share(percentile), share(expanded), share(studentised), studentisedWidth[simulations/2], width[simulations/2])
			}
			// Four standard errors of the simulation are 4.4 %.
			for name, n := range map[string]int{"mean": mean, "ratio": ratio} {
				if share(n) < 90 || share(n) > 99 {
					t.Errorf("%d runs, sigma %v: the interval of the %s covers in %.1f %%", runs, sigma, name, share(n))
				}
			}
		}
	}
}

// others are intervals of the logarithm of the ratio of means that were not chosen.
type others struct{ percentile, expanded, studentised [2]float64 }

func bootstrapRatio(x, y []float64, rng *rand.Rand) others {
	const resamples = 999
	estimate := func(x, y []float64) (log, se float64) {
		moments := func(x []float64) (mean, relative float64) {
			mean = stat.Mean(x)
			for _, v := range x {
				relative += (v - mean) * (v - mean)
			}
			return mean, relative / float64(len(x)-1) / float64(len(x)) / (mean * mean)
		}
		mx, vx := moments(x)
		my, vy := moments(y)
		return math.Log(mx / my), math.Sqrt(vx + vy)
	}
	n := len(x)
	log, se := estimate(x, y)
	logs, ts := make([]float64, resamples), make([]float64, resamples)
	xs, ys := make([]float64, n), make([]float64, n)
	for b := range logs {
		for i := range xs {
			xs[i], ys[i] = x[rng.IntN(n)], y[rng.IntN(n)]
		}
		l, s := estimate(xs, ys)
		logs[b] = l
		if ts[b] = (l - log) / s; s == 0 {
			ts[b] = math.Inf(1)
		}
	}
	slices.Sort(logs)
	slices.Sort(ts)
	at := func(sorted []float64, p float64) float64 {
		return sorted[min(max(int(math.Round(p*(resamples+1)))-1, 0), resamples-1)]
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	p := distuv.UnitNormal.CDF(-t * math.Sqrt(float64(n)/float64(n-1)))
	return others{
		percentile:  [2]float64{at(logs, 0.025), at(logs, 0.975)},
		expanded:    [2]float64{at(logs, p), at(logs, 1-p)},
		studentised: [2]float64{log - at(ts, 0.975)*se, log - at(ts, 0.025)*se},
	}
}
