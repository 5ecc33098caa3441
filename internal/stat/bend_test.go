package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Without noise the bend is where it is, whatever the slope before; and with some the
// least squares are those of solving the normal equations for every place.
func TestBend(t *testing.T) {
	for _, tc := range []struct {
		name        string
		slope       float64
		step, steep float64
		at          int
	}{
		{"hinge", 0, 0, 0.1, 40}, {"hinge on a slope", 0.02, 0, 0.1, 25}, {"hinge on a fall", -0.02, 0, 0.1, 50},
		{"step", 0, 1, 0, 40}, {"step on a slope", 0.02, 1, 0, 33},
	} {
		y := make([]float64, 80)
		for i := range y {
			y[i] = 3 + tc.slope*float64(i)
			if i >= tc.at {
				y[i] += tc.step + tc.steep*float64(i-tc.at+1)
			}
		}
		if got := bend(y, 6); got != tc.at {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.at)
		}
	}
	rng := rand.New(rand.NewPCG(1, 9))
	for range 50 {
		y := make([]float64, 60)
		at := 10 + rng.IntN(40)
		for i := range y {
			y[i] = 0.3*rng.NormFloat64() + 0.08*math.Max(0, float64(i-at))
		}
		if got, want := bend(y, 6), bendBySolving(y, 6); got != want {
			t.Errorf("%d, by solving %d", got, want)
		}
	}
}

// bendBySolving is bend by elimination in the normal equations of every model.
func bendBySolving(y []float64, margin int) (index int) {
	least := math.Inf(1)
	for k := margin; k <= len(y)-margin; k++ {
		for _, step := range []bool{true, false} {
			var a [3][4]float64
			row := func(i int) [3]float64 {
				h := 0.0
				if i >= k {
					if h = 1; !step {
						h = float64(i - k + 1)
					}
				}
				return [3]float64{1, float64(i), h}
			}
			for i, v := range y {
				x := row(i)
				for p := range 3 {
					for q := range 3 {
						a[p][q] += x[p] * x[q]
					}
					a[p][3] += x[p] * v
				}
			}
			for p := range 3 {
				for q := range 3 {
					if q == p {
						continue
					}
					f := a[q][p] / a[p][p]
					for r := range 4 {
						a[q][r] -= f * a[p][r]
					}
				}
			}
			var b [3]float64
			for p := range 3 {
				b[p] = a[p][3] / a[p][p]
			}
			if b[2] <= 0 {
				continue
			}
			misfit := 0.0
			for i, v := range y {
				x := row(i)
				d := v - b[0]*x[0] - b[1]*x[1] - b[2]*x[2]
				misfit += d * d
			}
			if misfit < least-1e-12 {
				least, index = misfit, k
			}
		}
	}
	return index
}
