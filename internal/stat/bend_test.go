package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Without noise the bend is where it is, whatever its shape and the slope before.
func TestBend(t *testing.T) {
	for _, shape := range bendShapes {
		for _, tc := range []struct {
			slope float64
			at    int
		}{{0, 40}, {0.02, 25}, {-0.02, 50}} {
			y := make([]float64, 80)
			for i := range y {
				y[i] = 3 + tc.slope*float64(i)
				if i >= tc.at {
					y[i] += math.Pow(float64(i-tc.at+1), shape)
				}
				y[i] = math.Log(y[i])
			}
			if got := bend(y, 6); got != tc.at {
				t.Errorf("power %v on a slope of %v: %d, want %d", shape, tc.slope, got, tc.at)
			}
		}
	}
}

// With noise it is about where it is, for every shape: not early for one and late for another.
func TestBendInNoise(t *testing.T) {
	const at, times = 80, 60
	for _, shape := range bendShapes {
		rng := rand.New(rand.NewPCG(1, 9))
		var off []float64
		for range times {
			y := make([]float64, 120)
			for i := range y {
				y[i] = 0.1 * rng.NormFloat64()
				if i >= at {
					y[i] += math.Log(1 + math.Pow(float64(i-at+1)/40, shape))
				}
			}
			off = append(off, float64(bend(y, 6)-at))
		}
		if got := Median(off); math.Abs(got) > 5 {
			t.Errorf("power %v: %v too late in the median", shape, got)
		}
	}
}

// The least squares are those of solving the normal equations for every place and shape.
func TestDepartures(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 20 {
		y, weight := make([]float64, 60), make([]float64, 60)
		at := 10 + rng.IntN(40)
		for i := range y {
			y[i], weight[i] = 0.3*rng.NormFloat64()+0.08*math.Max(0, float64(i-at)), 0.5+rng.Float64()
		}
		want := departuresBySolving(y, weight, 6)
		all := departures(y, weight, 6)
		if len(all) != len(want) {
			t.Fatalf("%d departures, by solving %d", len(all), len(want))
		}
		for i, d := range all {
			if d.index != want[i].index || math.Abs(d.misfit-want[i].misfit) > 1e-9*want[i].misfit {
				t.Errorf("%+v, by solving %+v", d, want[i])
			}
		}
	}
}

// departuresBySolving are departures by elimination in the normal equations of every model.
func departuresBySolving(y, weight []float64, margin int) (all []departure) {
	for _, shape := range bendShapes {
		for k := margin; k <= len(y)-margin; k++ {
			var a [3][4]float64
			row := func(i int) [3]float64 {
				h := 0.0
				if i >= k {
					h = math.Pow(float64(i-k+1), shape)
				}
				return [3]float64{1, float64(i), h}
			}
			for i, v := range y {
				x := row(i)
				for p := range 3 {
					for q := range 3 {
						a[p][q] += weight[i] * x[p] * x[q]
					}
					a[p][3] += weight[i] * x[p] * v
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
				misfit += weight[i] * d * d
			}
			all = append(all, departure{k, misfit})
		}
	}
	return all
}
