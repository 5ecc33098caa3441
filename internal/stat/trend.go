package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// MovingAverage returns the means of every k successive values: element i is the
// mean of x[i] to x[i+k-1], so the result is k-1 shorter than x. It is nil for
// fewer than k values.
func MovingAverage(x []float64, k int) []float64 {
	if len(x) < k {
		return nil
	}
	mean := make([]float64, 0, len(x)-k+1)
	sum := 0.0
	for i, v := range x {
		sum += v
		if i < k-1 {
			continue
		}
		if i%1024 == 0 { // rounding must not pile up over millions of values
			sum = 0
			for _, w := range x[i-k+1 : i+1] {
				sum += w
			}
		}
		mean = append(mean, sum/float64(k))
		sum -= x[i-k+1]
	}
	return mean
}

// TheilSen returns the median of the slopes between all pairs of points that differ
// in x: up to 29 % of the points may be wild (Sen, Estimates of the regression
// coefficient based on Kendall's tau, JASA 63, 1968). The pairs are quadratic in
// the points, so it is for summaries, not for raw rows. NaN if no pair differs in x.
func TheilSen(x, y []float64) float64 {
	if slopes := pairSlopes(x, y); len(slopes) > 0 {
		return Median(slopes)
	}
	return math.NaN()
}

// pairSlopes returns the slopes between all pairs of points that differ in x.
func pairSlopes(x, y []float64) []float64 {
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	for i := range x {
		for j := range i {
			if dx := x[i] - x[j]; dx != 0 {
				slopes = append(slopes, (y[i]-y[j])/dx)
			}
		}
	}
	return slopes
}

// TheilSenInterval returns the 95 % interval of TheilSen's slope: the slopes between
// which Kendall's statistic would not be significant (Sen, as above, with ties). Where
// the residuals of successive points resemble each other the statistic's variance is
// that much larger (as for trends by Hamed and Rao, Journal of Hydrology 204, 1998; here
// for a first-order autoregression). ok is false for fewer than ten points.
func TheilSenInterval(x, y []float64) (i Interval, ok bool) {
	n := float64(len(x))
	if len(x) < 10 {
		return Interval{}, false
	}
	slopes := pairSlopes(x, y)
	if len(slopes) == 0 {
		return Interval{}, false
	}
	slices.Sort(slopes)
	variance := (n*(n-1)*(2*n+5) - tied(x) - tied(y)) / 18
	slope := Quantile(slopes, 0.5)
	residuals := make([]float64, len(x))
	for i := range x {
		residuals[i] = y[i] - slope*x[i]
	}
	rho := autocorrelation(residuals)
	reach := distuv.UnitNormal.Quantile(0.975) * math.Sqrt(variance*(1+rho)/(1-rho))
	pairs := float64(len(slopes))
	low := max(int(math.Round((pairs-reach)/2))-1, 0)
	high := min(int(math.Round((pairs+reach)/2)), len(slopes)-1)
	return Interval{slopes[low], slopes[high]}, true
}

// tied returns by how much ties reduce eighteen times the variance of Kendall's statistic.
func tied(x []float64) float64 {
	sorted, sum := slices.Sorted(slices.Values(x)), 0.0
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		k := float64(to - from)
		sum += k * (k - 1) * (2*k + 5)
		from = to
	}
	return sum
}
