package stat_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"virtcmp/internal/stat"
)

// noise returns n values of a first-order autoregression with that deviation and correlation.
func noise(rng *rand.Rand, n int, sigma, rho float64) []float64 {
	y, level := make([]float64, n), rng.NormFloat64()
	for i := range y {
		level = rho*level + math.Sqrt(1-rho*rho)*rng.NormFloat64()
		y[i] = sigma * level
	}
	return y
}

func TestFindRise(t *testing.T) {
	for _, tc := range []struct {
		name  string
		shape func(i int) float64 // of 200 values
		want  int                 // -1: none
	}{
		{"flat", func(i int) float64 { return 0 }, -1},
		{"falling, then flat", func(i int) float64 { return max(0, 3-float64(i)/20) }, -1},
		{"drift", func(i int) float64 { return 0.4 * float64(i) / 200 }, -1},
		{"small step", func(i int) float64 { return 0.1 * step(i, 120) }, -1},
		{"step", func(i int) float64 { return step(i, 120) }, 120},
		{"step after falling", func(i int) float64 { return max(0, 3-float64(i)/20) + step(i, 120) }, 120},
		{"slope", func(i int) float64 { return max(0, float64(i-120)) / 20 }, 120},
		{"burst that ends", func(i int) float64 { return step(i, 80) - step(i, 110) }, -1},
		{"burst, then for good", func(i int) float64 { return step(i, 60) - step(i, 80) + step(i, 150) }, 150},
		{"at the very end", func(i int) float64 { return step(i, 186) }, 186},
		{"too late to tell", func(i int) float64 { return step(i, 196) }, -1},
		{"two steps", func(i int) float64 { return 0.6*step(i, 100) + step(i, 150) }, 100},
	} {
		t.Run(tc.name, func(t *testing.T) {
			missed, late := 0, 0
			const times = 20
			for seed := range uint64(times) {
				y := noise(rand.New(rand.NewPCG(seed, 5)), 200, 0.05, 0.6)
				for i := range y {
					y[i] += tc.shape(i)
				}
				r, ok := stat.FindRise(y)
				switch {
				case !ok:
					t.Fatal("200 values are too few")
				case r.Found != (tc.want >= 0):
					missed++
				case r.Found && (r.Index < tc.want-4 || r.Index > tc.want+4):
					late++
				}
			}
			if missed > 0 || late > 2 {
				t.Errorf("of %d series, %d wrong, %d more than 4 off", times, missed, late)
			}
		})
	}
	if _, ok := stat.FindRise(make([]float64, 11)); ok {
		t.Error("eleven values are enough")
	}
	if r, ok := stat.FindRise(make([]float64, 100)); !ok || r.Found {
		t.Errorf("zeros: %v, %v", r, ok)
	}
}

// Without any noise, the step is where it is.
func TestFindRiseExact(t *testing.T) {
	y := make([]float64, 60)
	for i := range y {
		y[i] = -3 + step(i, 40)
	}
	if r, ok := stat.FindRise(y); !ok || !r.Found || r.Index != 40 || r.P != 0 {
		t.Errorf("%+v, %v", r, ok)
	}
}

func step(i, at int) float64 {
	if i < at {
		return 0
	}
	return 1
}

// A slow wander is no rise.
func TestFindRiseFalseAlarms(t *testing.T) {
	const times = 300
	alarms := 0
	for seed := range uint64(times) {
		if r, _ := stat.FindRise(noise(rand.New(rand.NewPCG(seed, 6)), 140, 0.1, 0.8)); r.Found {
			alarms++
		}
	}
	if alarms > 3 {
		t.Errorf("%d of %d wandering series rise", alarms, times)
	}
}
