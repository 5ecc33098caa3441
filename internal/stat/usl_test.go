package stat_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"virtcmp/internal/stat"
)

// loads returns measurements of a law at 1 to n users.
func loads(law func(n float64) float64, n int) (all []stat.Load) {
	for i := range n {
		users := float64(i + 1)
		all = append(all, stat.Load{Users: users, Throughput: law(users), Weight: 1})
	}
	return all
}

// Without noise the law itself is found.
func TestFitUSLExact(t *testing.T) {
	for _, law := range []stat.USL{{30, 0.02, 0.0005}, {995.6, 0.0267, 0.000767}, {0.01, 0.9, 1e-6}, {5, 0, 0.01}, {40, 1, 0.003}} {
		fit, ok := stat.FitUSL(loads(law.Throughput, 60))
		got := fit.Bounded.USL()
		if !ok || !near(got.Lambda, law.Lambda, 1e-6*law.Lambda) || !near(got.Sigma, law.Sigma, 1e-6) || !near(got.Kappa, law.Kappa, 1e-8) || !near(fit.Misfit, 0, 1e-6) {
			t.Errorf("%v: %v, misfit %v, %v", law, got, fit.Misfit, ok)
		}
		peak := math.Sqrt(max(0, (1-law.Sigma)/law.Kappa))
		if got := fit.Bounded.Peak(); !near(got, max(1, peak), 1e-3*peak+1e-3) {
			t.Errorf("%v: peak at %v users, want %v", law, got, peak)
		}
	}
}

// A law that would be best with a negative parameter is fitted on the bound, as well as
// any other there.
func TestFitUSLBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	bounded := 0
	for range 200 {
		law := stat.USL{Lambda: 10 * rng.ExpFloat64(), Sigma: max(0, 0.3*rng.NormFloat64()), Kappa: max(0, 0.001*rng.NormFloat64())}
		data := loads(func(n float64) float64 { return law.Throughput(n) * math.Exp(0.1*rng.NormFloat64()) }, 20)
		for i := range data {
			data[i].Weight = rng.Float64() + 0.5
		}
		fit, ok := stat.FitUSL(data)
		if !ok {
			t.Fatalf("%v: no fit", law)
		}
		deviance := func(d stat.Delays) (sum float64) {
			for _, l := range data {
				eta := d.At(l.Users)
				if eta <= 0 {
					return math.Inf(1)
				}
				sum += l.Weight * (l.Throughput/l.Users*eta - math.Log(eta))
			}
			return sum
		}
		b := fit.Bounded
		if b.Alone <= 0 || b.Contention < 0 || b.Coherency < 0 {
			t.Fatalf("%v: %+v is out of bounds", law, b)
		}
		if b != fit.Free {
			bounded++
		}
		for _, size := range []float64{1e-2, 1e-4} {
			move := func(of, by float64) float64 { return of + by*size*law.Delays().Alone }
			for k := range 27 {
				i, j, l := float64(k%3-1), float64(k/3%3-1), float64(k/9-1)/100
				near := stat.Delays{Alone: move(fit.Free.Alone, i), Contention: move(fit.Free.Contention, j), Coherency: move(fit.Free.Coherency, l)}
				if deviance(near) < deviance(fit.Free)-1e-9 {
					t.Errorf("%v: %v is better than %v", law, near, fit.Free)
				}
				near = stat.Delays{Alone: move(b.Alone, i), Contention: max(0, move(b.Contention, j)), Coherency: max(0, move(b.Coherency, l))}
				if deviance(near) < deviance(b)-1e-9 {
					t.Errorf("%v: %v within bounds is better than %v", law, near, b)
				}
			}
		}
	}
	if bounded < 20 || bounded > 180 {
		t.Errorf("%d of 200 fits lie on a bound", bounded)
	}
}

func TestFitUSLRefuses(t *testing.T) {
	one := stat.Load{Users: 1, Throughput: 5, Weight: 1}
	for name, data := range map[string][]stat.Load{
		"nothing":               nil,
		"two numbers of users":  {one, {Users: 2, Throughput: 6, Weight: 1}, one, {Users: 2, Throughput: 7, Weight: 1}},
		"no throughput":         loads(func(float64) float64 { return 0 }, 10),
		"one user only, thrice": {one, one, one},
	} {
		if fit, ok := stat.FitUSL(data); ok {
			t.Errorf("%s: %+v", name, fit)
		}
	}
	// A window without any answer is a measurement like others.
	data := loads(stat.USL{Lambda: 10, Sigma: 0.1, Kappa: 0.001}.Throughput, 30)
	data[20].Throughput = 0
	if fit, ok := stat.FitUSL(data); !ok || fit.Misfit < 0.05 {
		t.Errorf("%+v, %v", fit, ok)
	}
}

func TestPeak(t *testing.T) {
	for _, tc := range []struct {
		law  stat.USL
		want float64
	}{
		{stat.USL{Lambda: 2, Sigma: 0.19, Kappa: 0.01}, 9},
		{stat.USL{Lambda: 2, Sigma: 1, Kappa: 0.01}, 1},
		{stat.USL{Lambda: 2, Sigma: 1.5, Kappa: 0.01}, 1},
		{stat.USL{Lambda: 2, Sigma: 1.5}, 1},
		{stat.USL{Lambda: 2, Sigma: 0.5}, math.Inf(1)},
		{stat.USL{Lambda: 2}, math.Inf(1)},
		{stat.USL{Lambda: 2, Sigma: 0.5, Kappa: -0.001}, math.Inf(1)},
	} {
		if got := tc.law.Delays().Peak(); !near(got, tc.want, 1e-9) {
			t.Errorf("%v peaks at %v users, want %v", tc.law, got, tc.want)
		}
	}
}

// The mean of the values is the function of the mean, and their scatter that of a
// linear function.
func TestLinearise(t *testing.T) {
	runs := []stat.Delays{{1, 0.1, 0.001}, {1.2, 0.11, 0.0012}, {0.9, 0.12, 0.0008}}
	peak := func(d stat.Delays) float64 { return d.Peak() }
	if got, want := stat.Mean(stat.Linearise(runs, peak)), math.Sqrt((3.1-0.33)/0.003); !near(got, want, 1e-6) {
		t.Errorf("mean %v, want %v", got, want)
	}
	for i, got := range stat.Linearise(runs, func(d stat.Delays) float64 { return 7 * d.Coherency }) {
		if !near(got, 7*runs[i].Coherency, 1e-9) {
			t.Errorf("run %d: %v", i, got)
		}
	}
}

func BenchmarkFitUSL(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 8))
	data := loads(func(n float64) float64 {
		return stat.USL{Lambda: 30, Sigma: 0.1, Kappa: 0.001}.Throughput(n) * math.Exp(0.05*rng.NormFloat64())
	}, 100)
	for b.Loop() {
		stat.FitUSL(data)
	}
}
