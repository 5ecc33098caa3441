package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Readings are one quantity over the runs, read off a scale: users are counted in
// whole ones, and what is sampled every second is known to the second. However alike
// readings are, their means cannot be known better than steps of that size allow: their
// variance is taken to be at least that of a uniform distribution over one step
// (Sheppard, Proceedings of the London Mathematical Society 29, 1898). Five equal
// numbers of users are thereby known to 0.36 of a user either way, three to 0.72.
type Readings struct {
	Values []float64
	Step   float64
}

// mean returns the mean and the variance that the readings and their scale leave it.
func (r Readings) mean() (mean, variance float64) {
	mean = Mean(r.Values)
	n := float64(len(r.Values))
	squares := 0.0
	for _, v := range r.Values {
		squares += (v - mean) * (v - mean)
	}
	return mean, max(squares/(n-1), r.floor()) / n
}

func (r Readings) floor() float64 { return r.Step * r.Step / 12 }

// Mean returns the mean and its interval by Student's t, on the scale as it is: readings
// may be of either sign. ok is false for fewer than MinRuns readings.
func (r Readings) Mean() (mean float64, i Interval, ok bool) {
	mean, variance := r.mean()
	if len(r.Values) < MinRuns {
		return mean, Interval{}, false
	}
	half := student(float64(len(r.Values)-1)) * math.Sqrt(variance)
	return mean, Interval{mean - half, mean + half}, true
}

// Widen returns the interval of the readings' mean, made as wide as their scale demands.
func (r Readings) Widen(i Interval) Interval {
	n := float64(len(r.Values))
	mean, half := Mean(r.Values), student(n-1)*math.Sqrt(r.floor()/n)
	return Interval{min(i.Low, mean-half), max(i.High, mean+half)}
}

// WidenRatio returns the interval of the ratio of the readings' mean to that of base,
// made as wide as their scales demand. The means must be positive.
func (r Readings) WidenRatio(i Interval, base Readings) Interval {
	n, m := float64(len(r.Values)), float64(len(base.Values))
	a, b := Mean(r.Values), Mean(base.Values)
	v, w := r.floor()/n/(a*a), base.floor()/m/(b*b)
	if v+w == 0 {
		return i
	}
	half := student(welch(v, n, w, m)) * math.Sqrt(v+w)
	return Interval{min(i.Low, a/b*math.Exp(-half)), max(i.High, a/b*math.Exp(half))}
}

// Minus returns by how much the readings' mean exceeds that of base, with Welch's
// interval (Biometrika 34, 1947). ok is false if one of them has fewer than MinRuns
// runs: then there is no interval.
func (r Readings) Minus(base Readings) (difference float64, i Interval, ok bool) {
	a, v := r.mean()
	b, w := base.mean()
	n, m := float64(len(r.Values)), float64(len(base.Values))
	if min(n, m) < MinRuns {
		return a - b, Interval{}, false
	}
	half := 0.0
	if v+w > 0 {
		half = student(welch(v, n, w, m)) * math.Sqrt(v+w)
	}
	return a - b, Interval{a - b - half, a - b + half}, true
}

// welch returns the degrees of freedom of the sum of two variances of means.
func welch(v, n, w, m float64) float64 {
	return (v + w) * (v + w) / (v*v/(n-1) + w*w/(m-1))
}

// student returns the quantile that a 95 % interval takes.
func student(freedom float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile(0.975)
}
