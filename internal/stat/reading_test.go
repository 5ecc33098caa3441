package stat_test

import (
	"math"
	"testing"

	"virtcmp/internal/stat"
)

// R: t.test(c(44,45,43,44,45), c(38,39,38,40,39)), which is Welch's.
func TestReadingsMinus(t *testing.T) {
	a := stat.Readings{Values: []float64{44, 45, 43, 44, 45}}
	b := stat.Readings{Values: []float64{38, 39, 38, 40, 39}}
	d, i, ok := a.Minus(b)
	// s2 = 0.7 each, se = sqrt(0.28), df = 8, t = 2.306004135.
	half := 2.3060041350333704 * math.Sqrt(0.28)
	if !ok || !near(d, 5.4, 1e-12) || !near(i.Low, 5.4-half, 1e-9) || !near(i.High, 5.4+half, 1e-9) {
		t.Errorf("%v, %v, %v", d, i, ok)
	}
	if _, _, ok := a.Minus(stat.Readings{Values: []float64{1, 2}}); ok {
		t.Error("two runs have an interval")
	}
	same := stat.Readings{Values: []float64{44, 44, 44}}
	if _, i, _ := same.Minus(same); i.Low != 0 || i.High != 0 {
		t.Errorf("without a scale, equal readings differ by %v", i)
	}
}

// R: t.test(c(-1, 0, 4)), and what a scale does to it.
func TestReadingsMean(t *testing.T) {
	mean, i, ok := stat.Readings{Values: []float64{-1, 0, 4}}.Mean()
	half := 4.302652729749462 * math.Sqrt(7.0/3)
	if !ok || mean != 1 || !near(i.Low, 1-half, 1e-9) || !near(i.High, 1+half, 1e-9) {
		t.Errorf("%v, %v, %v", mean, i, ok)
	}
	if _, i, _ := (stat.Readings{Values: []float64{2, 2, 2}, Step: 1}).Mean(); !near(i.High-2, 0.7171, 1e-4) {
		t.Errorf("%v", i)
	}
	if mean, _, ok := (stat.Readings{Values: []float64{2, 3}}).Mean(); ok || mean != 2.5 {
		t.Errorf("two readings: %v, %v", mean, ok)
	}
}

// Equal readings are not exact ones.
func TestReadingsWiden(t *testing.T) {
	point := stat.Interval{Low: 44, High: 44}
	for _, tc := range []struct {
		n    int
		want float64
	}{{3, 0.7171}, {5, 0.3584}, {10, 0.2065}, {30, 0.1078}} {
		r := stat.Readings{Step: 1}
		for range tc.n {
			r.Values = append(r.Values, 44)
		}
		i := r.Widen(point)
		if !near(i.High-44, tc.want, 1e-4) || !near(44-i.Low, tc.want, 1e-4) {
			t.Errorf("%d runs: %v, want 44 +- %v", tc.n, i, tc.want)
		}
		ratio := r.WidenRatio(stat.Interval{Low: 1, High: 1}, r)
		if ratio.Low >= 1 || ratio.High <= 1 || !near(ratio.Low*ratio.High, 1, 1e-12) || ratio.High > 1+2*tc.want/44 {
			t.Errorf("%d runs, the ratio to themselves: %v", tc.n, ratio)
		}
		_, d, ok := r.Minus(r)
		if !ok || d.High <= 0 || !near(d.Low, -d.High, 1e-12) || d.High > 2*tc.want {
			t.Errorf("%d runs, less themselves: %v", tc.n, d)
		}
	}
	wide := stat.Interval{Low: 40, High: 48}
	r := stat.Readings{Values: []float64{43, 44, 45}, Step: 1}
	if i := r.Widen(wide); i != wide {
		t.Errorf("an interval that is wide enough becomes %v", i)
	}
	r.Step = 0
	if i := r.WidenRatio(wide, r); i != wide {
		t.Errorf("an interval of exact readings becomes %v", i)
	}
}
