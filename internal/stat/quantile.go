// Package stat holds the estimators that virtcmp's analyses rest on and that
// gonum/stat, go-moremath and benchmath lack. Functions that take a sample leave it
// as it is unless their comment says otherwise; an empty sample gives NaN.
package stat

import (
	"math"
	"slices"
)

// Quantile returns the p-quantile of a sorted sample, interpolated linearly between
// the two order statistics about it: definition 7 of Hyndman and Fan, Sample
// quantiles in statistical packages, American Statistician 50 (1996), which is the
// default of R and NumPy. p lies in [0, 1]; the sample may end in infinities.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := p * float64(len(sorted)-1)
	below := int(at)
	low, part := sorted[below], at-float64(below)
	if part == 0 {
		return low // also where what is above is infinite
	}
	return low + part*(sorted[below+1]-low)
}

// Median returns the median of a sample, which it sorts.
func Median(x []float64) float64 {
	slices.Sort(x)
	return Quantile(x, 0.5)
}

// madToSigma makes the median absolute deviation of normal data their standard deviation.
const madToSigma = 1.4826022185056018

// Spread returns the median absolute deviation from the median, scaled so that for
// normal data it estimates the standard deviation: an outlier cannot stretch it
// (Rousseeuw and Croux, Alternatives to the median absolute deviation, JASA 88, 1993).
// It reorders and overwrites the sample.
func Spread(x []float64) float64 {
	m := Median(x)
	for i := range x {
		x[i] = math.Abs(x[i] - m)
	}
	return madToSigma * Median(x)
}

// Mean returns the arithmetic mean.
func Mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
