package stat_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"virtcmp/internal/stat"
)

func near(got, want, tolerance float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= tolerance
}

func TestQuantile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, tc := range []struct {
		x       []float64
		p, want float64
	}{
		// R: quantile(1:10, c(0, .1, .5, .9, .95, .99, 1))
		{ten, 0, 1}, {ten, 0.1, 1.9}, {ten, 0.5, 5.5}, {ten, 0.9, 9.1}, {ten, 0.95, 9.55}, {ten, 0.99, 9.91}, {ten, 1, 10},
		// R: quantile(c(1, 2, 4, 8, 16), c(.25, .3))
		{[]float64{1, 2, 4, 8, 16}, 0.25, 2}, {[]float64{1, 2, 4, 8, 16}, 0.3, 2.4},
		{[]float64{7}, 0.3, 7},
		{[]float64{1, 2, math.Inf(1)}, 0.5, 2},
		{[]float64{1, 2, math.Inf(1)}, 0.6, math.Inf(1)},
		{[]float64{1, math.Inf(1), math.Inf(1)}, 0.6, math.Inf(1)},
		{nil, 0.5, math.NaN()},
	} {
		if got := stat.Quantile(tc.x, tc.p); !near(got, tc.want, 1e-12) {
			t.Errorf("%v quantile of %v is %v, want %v", tc.p, tc.x, got, tc.want)
		}
	}
}

func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	ps := []float64{0, 0.25, 0.5, 0.5, 0.9, 0.95, 0.99, 1}
	shapes := map[string]func(i, n int) float64{
		"random":     func(i, n int) float64 { return rng.NormFloat64() },
		"sorted":     func(i, n int) float64 { return float64(i) },
		"falling":    func(i, n int) float64 { return float64(-i) },
		"equal":      func(i, n int) float64 { return 3 },
		"few values": func(i, n int) float64 { return float64(rng.IntN(3)) },
		"organ pipe": func(i, n int) float64 { return float64(min(i, n-i)) },
		"infinite":   func(i, n int) float64 { return 1 / float64(rng.IntN(4)) },
	}
	for name, shape := range shapes {
		for _, n := range []int{1, 2, 3, 12, 13, 14, 100, 1001} {
			x := make([]float64, n)
			for i := range x {
				x[i] = shape(i, n)
			}
			sorted := slices.Sorted(slices.Values(x))
			got := stat.Quantiles(x, ps...)
			for i, p := range ps {
				if want := stat.Quantile(sorted, p); !near(got[i], want, 1e-12) {
					t.Errorf("%d %s values: %v quantile %v, want %v", n, name, p, got[i], want)
				}
			}
			slices.Sort(x)
			if !slices.Equal(x, sorted) {
				t.Errorf("%d %s values are others now", n, name)
			}
		}
	}
	if got := stat.Quantiles(nil, 0.5); !math.IsNaN(got[0]) {
		t.Errorf("of nothing: %v", got)
	}
}

func BenchmarkMedian(b *testing.B) {
	x := make([]float64, 1_000_000)
	rng := rand.New(rand.NewPCG(1, 5))
	for b.Loop() {
		b.StopTimer()
		for i := range x {
			x[i] = rng.ExpFloat64()
		}
		b.StartTimer()
		stat.Median(x)
	}
}

func TestSpread(t *testing.T) {
	for _, tc := range []struct {
		x    []float64
		want float64
	}{
		{[]float64{1, 1, 2, 2, 4, 6, 9}, 1.482602}, // R: mad(c(1, 1, 2, 2, 4, 6, 9))
		{[]float64{5, 5, 5}, 0},
		{nil, math.NaN()},
	} {
		if got := stat.Spread(slices.Clone(tc.x)); !near(got, tc.want, 1e-6) {
			t.Errorf("spread of %v is %v, want %v", tc.x, got, tc.want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 100_000)
	for i := range x {
		if x[i] = 3 + 2*rng.NormFloat64(); i%10 == 0 {
			x[i] += 1e6
		}
	}
	if got := stat.Spread(x); got < 2 || got > 2.5 {
		t.Errorf("spread of normal data of deviation 2 with a tenth of outliers is %v", got)
	}
}

func TestMovingAverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 5000)
	for i := range x {
		x[i] = math.Exp(3 * rng.NormFloat64())
	}
	for _, k := range []int{1, 2, 30, 5000} {
		got := stat.MovingAverage(x, k)
		if len(got) != len(x)-k+1 {
			t.Fatalf("%d averages of %d among %d", len(got), k, len(x))
		}
		for i := range got {
			if want := stat.Mean(x[i : i+k]); !near(got[i], want, 1e-9*want) {
				t.Fatalf("average %d of %d: %v, want %v", i, k, got[i], want)
			}
		}
	}
	if got := stat.MovingAverage(x[:29], 30); got != nil {
		t.Errorf("30 of 29: %v", got)
	}
}

func TestTheilSen(t *testing.T) {
	for _, tc := range []struct {
		name string
		x, y []float64
		want float64
	}{
		{"line", []float64{1, 2, 3, 4}, []float64{5, 7, 9, 11}, 2},
		{"outlier", []float64{1, 2, 3, 4, 5, 6}, []float64{1, 2, 3, 4, 5, 1000}, 1},
		{"ties in x", []float64{1, 1, 2, 2}, []float64{0, 2, 3, 5}, 3},
		{"falling", []float64{1, 2, 3}, []float64{3, 1, 0}, -1.5},
		{"one x", []float64{2, 2}, []float64{1, 5}, math.NaN()},
		{"nothing", nil, nil, math.NaN()},
	} {
		if got := stat.TheilSen(tc.x, tc.y); !near(got, tc.want, 1e-12) {
			t.Errorf("%s: slope %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestCusum(t *testing.T) {
	run := func(outcomes ...bool) (began, alarm, over int) {
		c := stat.Cusum{Good: 0.01, Bad: 0.1, Limit: 4}
		began, alarm, over = -1, -1, -1
		for i, failed := range outcomes {
			b, a, o := c.Add(failed)
			if b {
				began = i
			}
			if a && alarm < 0 {
				alarm = i
			}
			if o {
				over = i
			}
		}
		return
	}
	repeat := func(v bool, n int) []bool { return slices.Repeat([]bool{v}, n) }
	// log(10) = 2.3 a failure: the second passes 4. log(0.9/0.99) = -0.095 a success.
	if b, a, o := run(append(repeat(false, 10), repeat(true, 3)...)...); b != 10 || a != 11 || o != -1 {
		t.Errorf("failures from the 11th: began %d, alarm %d, over %d", b, a, o)
	}
	if b, a, o := run(append(repeat(true, 1), repeat(false, 30)...)...); b != 0 || a != -1 || o != 25 {
		t.Errorf("one failure: began %d, alarm %d, over %d", b, a, o)
	}
	// However long the failures lasted, 2 x 4 / 0.095 = 84 successes end the alarm.
	if _, _, o := run(append(repeat(true, 1000), repeat(false, 100)...)...); o != 1083 {
		t.Errorf("recovered at %d", o)
	}
	// At the usual share of failures there is hardly an alarm.
	rng := rand.New(rand.NewPCG(1, 3))
	c, alarms := stat.Cusum{Good: 0.01, Bad: 0.1, Limit: 13.8}, 0
	for range 1_000_000 {
		if _, alarm, _ := c.Add(rng.Float64() < 0.01); alarm {
			alarms++
		}
	}
	if alarms > 0 {
		t.Errorf("%d alarms at 1 %% of failures", alarms)
	}
}
