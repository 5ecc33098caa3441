package stat

import (
	"cmp"
	"math"
	"slices"
)

// bendShapes are the powers of the time since a bend that a series may depart by: 0 is a
// step and 1 a kink. By 0.75 to 1.75 pages of native Linux and LXC slowed down from the
// onset that counters told in the ten ramps of the campaign first, most by 1.25 or 1.5.
var bendShapes = []float64{0, 1, 1.25, 1.5, 1.75}

// bend returns the index from which on a series of logarithms departs upwards from the
// trend that it follows before, by a step or ever more. At least margin values are left
// on either side.
//
// The trend is a straight line, and what departs from it a power of the time since, both
// on the natural scale, where noise is in proportion to the level. Noise hides by which
// power, and what is best for one is early or late for another. So every shape counts
// at every place, by its likelihood, and the index is the median over them, which has the
// least absolute error: Bayes' estimate, of equal prior odds (Bacon and Watts, Estimating
// the transition between two intersecting straight lines, Biometrika 58, 1971). The
// likelihood is normal, of as many values as their autocorrelation leaves independent.
func bend(y []float64, margin int) (index int) {
	level, weight := make([]float64, len(y)), make([]float64, len(y))
	for i, v := range y {
		about := Median(slices.Clone(y[max(0, i-margin):min(len(y), i+margin+1)]))
		level[i], weight[i] = math.Exp(v), math.Exp(-2*about)
	}
	all := departures(level, weight, margin)
	if len(all) == 0 {
		return 0
	}
	best := slices.MinFunc(all, func(a, b departure) int { return cmp.Compare(a.misfit, b.misfit) })
	rho := autocorrelation(y[:best.index])
	variance := best.misfit / float64(len(y)-4) * (1 + rho) / (1 - rho)
	if !(variance > 0) {
		return best.index
	}
	odds, total := make([]float64, len(y)), 0.0
	for _, d := range all {
		v := math.Exp((best.misfit - d.misfit) / (2 * variance))
		odds[d.index], total = odds[d.index]+v, total+v
	}
	for below := odds[0]; below < total/2; below += odds[index] {
		index++
	}
	return index
}

// departure is where a series may leave its trend, and the weighted sum of the squared
// residuals if it does there with the best of trends and in the best measure of one shape.
type departure struct {
	index  int
	misfit float64
}

// departures returns those of every shape upwards, with at least margin values on either side.
func departures(y, weight []float64, margin int) (all []departure) {
	var n, middle, mean float64
	for i, w := range weight {
		n, middle, mean = n+w, middle+w*float64(i), mean+w*y[i]
	}
	middle, mean = middle/n, mean/n
	var xx, xy, yy float64
	for i, w := range weight {
		x, d := float64(i)-middle, y[i]-mean
		xx, xy, yy = xx+w*x*x, xy+w*x*d, yy+w*d*d
	}
	since := make([]float64, len(y))
	for _, shape := range bendShapes {
		for i := range since {
			since[i] = math.Pow(float64(i+1), shape)
		}
		for k := margin; k <= len(y)-margin; k++ {
			// The regressor beside the line: 0 before k.
			var sum, hh, hx, hy float64
			for i := k; i < len(y); i++ {
				h := since[i-k]
				x, d, wh := float64(i)-middle, y[i]-mean, weight[i]*h
				sum, hh, hx, hy = sum+wh, hh+wh*h, hx+wh*x, hy+wh*d
			}
			// What is left of it and of y once the line is taken out.
			left := hh - sum*sum/n - hx*hx/xx
			with := hy - hx*xy/xx
			if left > 1e-9*hh && with > 0 {
				all = append(all, departure{k, yy - xy*xy/xx - with*with/left})
			}
		}
	}
	return all
}
