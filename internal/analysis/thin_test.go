package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestThin(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 3, 4, 5, 100, 5000} {
		for _, budget := range []int{0, 1, 3, 4, 7, 8, 100, 1000} {
			points := make([]point, n)
			x := 0.0
			for i := range points {
				if rng.IntN(3) > 0 { // some at the same x
					x += rng.ExpFloat64() * math.Exp(3*rng.NormFloat64())
				}
				points[i] = point{x, rng.NormFloat64()}
			}
			kept := thin(points, budget)
			if len(kept) > max(budget, 0) {
				t.Fatalf("%d of %d points, budget %d", len(kept), n, budget)
			}
			if n <= budget && !slices.Equal(kept, points) {
				t.Errorf("%d points are too many for a budget of %d", n, budget)
			}
			if !slices.IsSortedFunc(kept, func(a, b point) int { return slices.Index(points, a) - slices.Index(points, b) }) {
				t.Errorf("%d points, budget %d: out of order", n, budget)
			}
			if len(kept) > 0 && &kept[0] == &points[0] {
				t.Errorf("%d points, budget %d: in the memory of those given", n, budget)
			}
			if budget < 4 || n == 0 {
				continue
			}
			byY := func(a, b point) int {
				if a.y < b.y {
					return -1
				}
				return 1
			}
			for _, extreme := range []point{slices.MinFunc(points, byY), slices.MaxFunc(points, byY), points[0], points[n-1]} {
				if !slices.Contains(kept, extreme) {
					t.Errorf("%d points, budget %d: %v is lost", n, budget, extreme)
				}
			}
		}
	}
	same := slices.Repeat([]point{{5, 1}}, 100)
	if kept := thin(same, 8); len(kept) == 0 || len(kept) > 8 {
		t.Errorf("points at one x: %v", kept)
	}
}
