package stat

import (
	"cmp"
	"slices"
)

// Holm returns the p-values of a family of tests, adjusted so that rejecting those at
// or below a level makes a single false rejection no likelier than that level (Holm, A
// simple sequentially rejective multiple test procedure, Scandinavian Journal of
// Statistics 6, 1979).
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted, least := make([]float64, len(p)), 0.0
	for rank, i := range order {
		least = max(least, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = least
	}
	return adjusted
}
