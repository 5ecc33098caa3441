package stat_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"virtcmp/internal/stat"
)

// Ways that are kept are those that would be drawn anew from the same random numbers,
// whoever asks first; each parts the runs in two, and none is preferred.
func TestDraws(t *testing.T) {
	start := func() *rand.Rand { return rand.New(rand.NewPCG(3, 4)) }
	kept := stat.DrawOnce(start)
	var group sync.WaitGroup
	for _, parts := range [][2]int{{12, 12}, {12, 13}, {3, 40}, {12, 12}, {12, 13}} {
		n, m := parts[0], parts[1]
		group.Go(func() {
			if !slices.Equal(kept(n, m), stat.DrawAnew(start())(n, m)) {
				t.Errorf("%d and %d runs: kept others", n, m)
			}
		})
	}
	group.Wait()

	const n, m = 4, 6
	often := make([]float64, n+m)
	ways := 0.0
	for way := range slices.Chunk(kept(n, m), n) {
		ways++
		for _, i := range way {
			often[i]++
		}
		if len(slices.Compact(slices.Sorted(slices.Values(way)))) != n {
			t.Fatalf("%v", way)
		}
	}
	for i, times := range often {
		if share := times / ways; share < 0.38 || share > 0.42 { // 4 standard errors
			t.Errorf("run %d is in %.1f %% of all ways", i, 100*share)
		}
	}
}
