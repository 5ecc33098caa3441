package stat

import (
	"math"
	"slices"

	"pgregory.net/changepoint"
)

// Rise is where a series rises for good.
type Rise struct {
	Found bool
	Index int     // of the first value after the rise
	Z     float64 // how many standard errors what follows is above what was before
}

const (
	riseSegment = 6                  // fewest values between two change points
	riseEffect  = 0.2623642644674911 // log(1.3): a series of logarithms must rise by 30 %
	riseBefore  = 15                 // fewest values of the plateau
	riseAfter   = 10                 // fewest values behind the change point
	riseZ       = 5                  // p = 0.0001 one-sided: there are a few change points to choose from
)

// FindRise looks for the first change point from which on a series of logarithms
// stays at least 30 % above the level that it had before, and significantly so.
// ok is false if the series is too short.
//
// Change points are ED-PELT's (Haynes, Fearnhead and Eckley, A computationally
// efficient nonparametric approach for changepoint detection, Statistics and Computing
// 27, 2017), levels are medians. The level before is that of the plateau: of
// everything since the series first came within 30 % of its lowest level. The test
// takes the plateau's autocorrelation into account, since a slow wander is no rise.
// The rise itself begins where a flat line with a rising, or a higher, one behind it fits best.
func FindRise(y []float64) (r Rise, ok bool) {
	if len(y) < 2*riseSegment {
		return Rise{}, false
	}
	cuts := append([]int{0}, changepoint.NonParametric(y, riseSegment)...)
	cuts = append(cuts, len(y))
	level := make([]float64, len(cuts)-1)
	for i := range level {
		level[i] = Median(slices.Clone(y[cuts[i]:cuts[i+1]]))
	}
	for k := 1; k < len(level); k++ {
		floor := slices.Min(level[:k])
		plateau := cuts[slices.IndexFunc(level[:k], func(l float64) bool { return l < floor+riseEffect })]
		before, after := y[plateau:cuts[k]], y[cuts[k]:]
		flat := Median(slices.Clone(before))
		if len(before) < riseBefore || len(after) < riseAfter || slices.Min(level[k:]) < flat+riseEffect {
			continue
		}
		drift := max(0, slope(before)) * float64(len(before)+cuts[k+1]-cuts[k]) / 2
		if level[k] < flat+drift+riseEffect {
			continue
		}
		z := (Median(slices.Clone(after)) - flat) / math.Sqrt(longRunVariance(before)*(1/float64(len(before))+1/float64(len(after))))
		if z > riseZ {
			return Rise{Found: true, Index: plateau + kink(y[plateau:cuts[k+1]], flat), Z: z}, true
		}
	}
	return Rise{}, true
}

// slope returns the least-squares slope of y against its index.
func slope(y []float64) float64 {
	middle, mean := float64(len(y)-1)/2, Mean(y)
	var xx, xy float64
	for i, v := range y {
		x := float64(i) - middle
		xx, xy = xx+x*x, xy+x*(v-mean)
	}
	return xy / xx
}

// longRunVariance returns n times the variance of the mean of n successive values,
// for a first-order autoregression with the robust spread of x.
func longRunVariance(x []float64) float64 {
	middle := Median(slices.Clone(x))
	var products, squares float64
	for i, v := range x {
		squares += (v - middle) * (v - middle)
		if i > 0 {
			products += (v - middle) * (x[i-1] - middle)
		}
	}
	if squares == 0 {
		return 0
	}
	n := float64(len(x))
	rho := products / squares
	rho = min(max(rho+(1+3*rho)/n, 0), 0.95) // a short series shows less of it than there is (Kendall, Biometrika 41, 1954)
	spread := Spread(slices.Clone(x))
	return spread * spread * (1 + rho) / (1 - rho)
}

// kink returns the index from which on y, which is flat at level before, is fitted
// best by either a rising line that starts from level or another flat one, in the
// sense of least squares.
func kink(y []float64, level float64) int {
	best, at := math.Inf(1), 0
	before := 0.0 // squared residuals of what is before k
	for k := range y {
		var xx, xy, yy, sum float64
		for i := k; i < len(y); i++ {
			x, d := float64(i-k+1), y[i]-level
			xx, xy, yy, sum = xx+x*x, xy+x*d, yy+d*d, sum+d
		}
		line := yy - max(0, xy)*xy/xx
		flat := yy - sum*sum/float64(len(y)-k)
		if sse := before + min(line, flat); sse < best {
			best, at = sse, k
		}
		before += (y[k] - level) * (y[k] - level)
	}
	return at
}
