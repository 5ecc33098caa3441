package analysis

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Requests come out in order and complete, however they came: all at once, evenly,
// or one far from all others.
func TestRequestsSorted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	compare := func(a, b request) int { return cmp.Or(cmp.Compare(a.sent, b.sent), cmp.Compare(a.took, b.took)) }
	for name, sent := range map[string]func(i int) float64{
		"at once":  func(int) float64 { return 3 },
		"in order": func(i int) float64 { return float64(i) / 7 },
		"ended":    func(i int) float64 { return float64(i) - 50*rng.Float64() },
		"random":   func(int) float64 { return rng.NormFloat64() },
		"hardly":   func(i int) float64 { return float64(i%2) * math.SmallestNonzeroFloat64 },
		"far off":  func(i int) float64 { return []float64{-1e8, 1e8, rng.Float64()}[min(i, 2)] },
	} {
		for _, n := range []int{0, 1, 2, 7, requestsTogether, 3*requestsTogether + 1} {
			var r requests
			var s slab
			var want []request
			for i := range n {
				q := request{sent: sent(i), took: rng.Float64()}
				*r.next(&s) = q
				want = append(want, q)
			}
			slices.SortFunc(want, compare)
			if got := r.sorted(compare); !slices.Equal(got, want) {
				t.Errorf("%s, %d requests: out of order, or others", name, n)
			}
			if len(r.sorted(compare)) != 0 {
				t.Errorf("%s, %d requests: kept", name, n)
			}
		}
	}
}
