package stat_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/changepoint"
)

// The change points that the onsets rest on are those of the least penalised cost among
// all there are: ED-PELT against every segmentation (optimal partitioning, Jackson et
// al., IEEE Signal Processing Letters 12, 2005) with the same empirical likelihood,
// written from its definition (Haynes, Fearnhead and Eckley, sections 2.1 and 3.1).
func TestChangePoints(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 8))
		n, segment := 24+rng.IntN(60), 6
		y := make([]float64, n)
		level := 0.0
		for i := range y {
			if rng.IntN(15) == 0 {
				level = 3 * rng.NormFloat64()
			}
			y[i] = level + rng.NormFloat64()
		}
		cost := empiricalCost(y)
		got := changepoint.NonParametric(y, segment)
		want, least := leastCost(n, segment, cost)
		if c := total(got, n, cost); math.Abs(c-least) > 1e-9 {
			t.Errorf("series %d of %d values: change points %v cost %v, %v cost %v", seed, n, got, c, want, least)
		}
	}
}

// empiricalCost returns the cost of a segment of y.
func empiricalCost(y []float64) func(from, to int) float64 {
	n := float64(len(y))
	sorted := slices.Sorted(slices.Values(y))
	k := int(math.Min(n, math.Ceil(4*math.Log(n))))
	quantiles := make([]float64, k)
	for i := range quantiles {
		z := -1 + (2*float64(i)+1)/float64(k)
		quantiles[i] = sorted[int((n-1)/(1+math.Pow(2*n-1, -z)))]
	}
	return func(from, to int) float64 {
		sum := 0.0
		for _, q := range quantiles {
			below := 0.0
			for _, v := range y[from:to] {
				switch {
				case v < q:
					below++
				case v == q:
					below += 0.5
				}
			}
			if f := below / float64(to-from); f > 0 && f < 1 {
				sum += float64(to-from) * (f*math.Log(f) + (1-f)*math.Log(1-f))
			}
		}
		return -2 * math.Log(2*n-1) / float64(k) * sum
	}
}

// total is the penalised cost of a segmentation.
func total(cuts []int, n int, cost func(from, to int) float64) float64 {
	sum, from := 0.0, 0
	for _, to := range append(slices.Clone(cuts), n) {
		sum, from = sum+cost(from, to), to
	}
	return sum + float64(len(cuts))*3*math.Log(float64(n))
}

// leastCost tries every last change point before every place.
func leastCost(n, segment int, cost func(from, to int) float64) (cuts []int, least float64) {
	best, last := make([]float64, n+1), make([]int, n+1)
	for to := range best {
		best[to] = math.Inf(1)
		if to >= segment {
			best[to] = cost(0, to)
		}
		for from := segment; from <= to-segment; from++ {
			if c := best[from] + cost(from, to) + 3*math.Log(float64(n)); c < best[to] {
				best[to], last[to] = c, from
			}
		}
	}
	for at := last[n]; at > 0; at = last[at] {
		cuts = append(cuts, at)
	}
	slices.Reverse(cuts)
	return cuts, best[n]
}
