// Package stat holds the estimators that virtcmp's analyses rest on and that
// gonum/stat, go-moremath and benchmath lack. Functions that take a sample leave it
// as it is unless their comment says otherwise; an empty sample gives NaN.
package stat

import (
	"math"
	"math/bits"
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
	return between(sorted[below], sorted[min(below+1, len(sorted)-1)], at-float64(below))
}

// between returns what lies that part of the way from low to high, both of which may be infinite.
func between(low, high, part float64) float64 {
	if part == 0 || low == high {
		return low
	}
	return low + part*(high-low)
}

// Quantiles returns the p-quantiles of a sample, as Quantile does, for ps in ascending
// order. It reorders the sample, in time proportional to its size and to the logarithm
// of their number.
func Quantiles(x []float64, ps ...float64) []float64 {
	q := make([]float64, len(ps))
	if len(x) == 0 {
		for i := range q {
			q[i] = math.NaN()
		}
		return q
	}
	quantiles(x, 0, len(x), ps, q)
	return q
}

// quantiles finds those ps that lie among x[from:to], with nothing larger before and
// nothing smaller behind them. What one of them parts the sample at stays where it is.
func quantiles(x []float64, from, to int, ps, q []float64) {
	if len(ps) == 0 {
		return
	}
	at := func(i int) float64 { return ps[i] * float64(len(x)-1) }
	first := len(ps) / 2
	below := int(at(first))
	for first > 0 && int(at(first-1)) == below {
		first--
	}
	low, next := nth(x[from:to], below-from), 0.0
	switch {
	case below+1 < to:
		next = slices.Min(x[below+1 : to])
	case to < len(x):
		next = x[to]
	}
	last := first
	for ; last < len(ps) && int(at(last)) == below; last++ {
		q[last] = between(low, next, at(last)-float64(below))
	}
	quantiles(x, from, below, ps[:first], q[:first])
	quantiles(x, below+1, to, ps[last:], q[last:])
}

// nth returns the value that would be x[k] were x sorted, and reorders x so that it
// is there, with nothing larger before and nothing smaller behind it (Hoare's FIND).
func nth(x []float64, k int) float64 {
	for budget := 8 * bits.Len(uint(len(x))); len(x) > 12; budget-- {
		if budget == 0 { // every pivot was a bad one
			break
		}
		// The median of three is the pivot.
		a, b, c := x[0], x[len(x)/2], x[len(x)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := 0, len(x)-1
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			x = x[:j+1]
		case k >= i:
			x, k = x[i:], k-i
		default:
			return pivot
		}
	}
	slices.Sort(x)
	return x[k]
}

// Median returns the median of a sample, which it reorders.
func Median(x []float64) float64 { return Quantiles(x, 0.5)[0] }

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
