package stat_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"virtcmp/internal/stat"
)

// The interval holds the slopes that Kendall's statistic does not reject, and no others.
func TestTheilSenInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		n := 15 + rng.IntN(30)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(i)
			y[i] = 0.3*float64(i) + rng.NormFloat64()
			if i%2 == 1 { // so that successive residuals do not resemble each other
				y[i] = 0.3*float64(i) - (y[i-1] - 0.3*float64(i-1)) + 0.01*rng.NormFloat64()
			}
		}
		i, ok := stat.TheilSenInterval(x, y)
		if !ok {
			t.Fatal("no interval")
		}
		significant := 1.959963985 * math.Sqrt(float64(n*(n-1)*(2*n+5))/18)
		kendall := func(slope float64) float64 {
			s := 0.0
			for a := range x {
				for b := range a {
					if d := y[a] - y[b] - slope*(x[a]-x[b]); d > 0 {
						s++
					} else if d < 0 {
						s--
					}
				}
			}
			return math.Abs(s)
		}
		// One slope more or less is two of the statistic.
		if width := i.High - i.Low; kendall(i.Low+1e-9*width) > significant+3 || kendall(i.High-1e-9*width) > significant+3 ||
			kendall(i.Low-1e-9*width) < significant-3 || kendall(i.High+1e-9*width) < significant-3 {
			t.Fatalf("%d points: %v has statistics %v and %v, %v is significant", n, i, kendall(i.Low), kendall(i.High), significant)
		}
		if slope := stat.TheilSen(x, y); slope < i.Low || slope > i.High {
			t.Fatalf("%v is not in %v", slope, i)
		}
	}
	if _, ok := stat.TheilSenInterval(make([]float64, 9), make([]float64, 9)); ok {
		t.Error("nine points have an interval")
	}
	if _, ok := stat.TheilSenInterval(make([]float64, 20), make([]float64, 20)); ok {
		t.Error("one x has an interval")
	}
}

// The sum is highest where failures end, whatever comes after.
func TestCusumPeak(t *testing.T) {
	c := stat.Cusum{Good: 0.01, Bad: 0.1, Limit: 4}
	peak := -1
	for i := range 200 {
		failed := i >= 50 && i < 90 && i%2 == 0 || i == 130
		c.Add(failed)
		if failed && c.Peak() {
			peak = i
		}
	}
	if peak != 88 {
		t.Errorf("peak at %d, want 88", peak)
	}
}
