package stat

import "math"

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
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	for i := range x {
		for j := range i {
			if dx := x[i] - x[j]; dx != 0 {
				slopes = append(slopes, (y[i]-y[j])/dx)
			}
		}
	}
	if len(slopes) == 0 {
		return math.NaN()
	}
	return Median(slopes)
}
