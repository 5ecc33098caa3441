package stat

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// MinRuns is the fewest runs that an interval is given for.
const MinRuns = 3

// resamples is how many bootstrap samples an interval rests on: the standard error
// that they give is then itself known to about 1 %.
const resamples = 4000

// rounding is the relative error below which runs that differ do so for the computer's reasons.
const rounding = 1e-12

// Runs is one quantity over the runs of a campaign: Num[i]/Den[i] in run i, and the
// ratio of the sums over all runs. With nil Den every denominator is 1, and the
// quantity over all runs is the mean.
type Runs struct {
	Num, Den []float64
	// Natural keeps the interval on the natural scale: of what may be 0 or less but for
	// chance, such as a parameter whose estimates happen to be positive in few runs.
	Natural bool
}

// value returns the quantity over all runs.
func (r Runs) value() float64 {
	if r.Den == nil {
		return Mean(r.Num)
	}
	return Mean(r.Num) / Mean(r.Den)
}

// positive reports whether the quantity has a logarithm in every resample, to be used.
func (r Runs) positive() bool {
	if r.Natural {
		return false
	}
	for i, v := range r.Num {
		if v <= 0 || r.Den != nil && r.Den[i] <= 0 {
			return false
		}
	}
	return true
}

// Summary is what is known of a quantity over all runs of a testbed.
type Summary struct {
	N     int     // runs
	Value float64 // the mean, or the ratio of the means

	log      bool    // the variance is that of the value's logarithm
	variance float64 // of the value, from N runs; NaN if there are too few
}

// Summarise estimates a quantity over all runs, and how well it is known.
//
// The variance is a bootstrap's that resamples the runs, which are the units, widened
// by n/(n-1) because a resample of n runs varies too little. Where every run's value
// is positive it is that of the logarithm. Fewer than MinRuns runs give none.
func Summarise(r Runs, rng *rand.Rand) Summary {
	s := Summary{N: len(r.Num), Value: r.value(), log: r.positive(), variance: math.NaN()}
	if s.N < MinRuns {
		return s
	}
	scale := func(v float64) float64 { return v }
	if s.log {
		scale = math.Log
	}
	var mean, squares float64 // as Welford has them
	for b := range resamples {
		num, den := 0.0, 0.0
		for range s.N {
			i := rng.IntN(s.N)
			num += r.Num[i]
			if r.Den != nil {
				den += r.Den[i]
			}
		}
		if r.Den == nil {
			den = float64(s.N)
		}
		d := scale(num/den) - mean
		mean += d / float64(b+1)
		squares += d * (scale(num/den) - mean)
	}
	s.variance = squares / (resamples - 1) * float64(s.N) / float64(s.N-1)
	if least := rounding * math.Abs(mean); s.variance < least*least || s.log && s.variance < rounding*rounding {
		s.variance = 0
	}
	return s
}

// Interval is a 95 % confidence interval.
//
// How often it holds the truth, in percent of 4,000 simulated campaigns whose runs are
// lognormal with the given sigma, and how often those bootstraps of the ratio would
// that were not chosen (TestCoverage prints this table):
//
//	runs  sigma  mean  ratio  percentile  expanded percentile  studentised
//	3     0.1    95.0  96.3   79.4        88.5                 97.9
//	3     0.5    94.8  96.3   81.2        90.0                 97.9
//	5     0.1    94.9  95.7   87.9        97.1                 95.7
//	5     0.5    93.2  94.4   86.4        97.3                 94.5
//	10    0.1    94.6  94.9   91.7        95.9                 94.5
//	10    0.5    93.6  94.5   91.6        95.6                 94.2
//	30    0.1    94.4  94.5   93.4        94.7                 94.1
//	30    0.5    94.2  94.3   93.5        94.9                 94.5
//
// At 3 runs the studentised one is wider by two thirds.
type Interval struct {
	Low, High float64
}

// Mean returns the interval of the quantity: the bootstrap's standard error times
// Student's quantile for n-1 degrees of freedom (Hesterberg, What teachers should know
// about the bootstrap, American Statistician 69, 2015), on the logarithmic scale where
// that is possible. ok is false if there are fewer than MinRuns runs.
func (s Summary) Mean() (i Interval, ok bool) {
	if math.IsNaN(s.variance) {
		return Interval{}, false
	}
	half := half(s.variance, float64(s.N-1))
	if s.log {
		return around(s.Value, half), true
	}
	return Interval{s.Value - half, s.Value + half}, true
}

// Ratio returns the interval of the quantity divided by that of base, which rests on
// other runs: as Mean, on the logarithmic scale, with Welch's degrees of freedom. ok is
// false if one of them has fewer than MinRuns runs or a run whose value is not positive.
func (s Summary) Ratio(base Summary) (i Interval, ok bool) {
	if math.IsNaN(s.variance+base.variance) || !s.log || !base.log {
		return Interval{}, false
	}
	v, w := s.variance, base.variance
	freedom := (v + w) * (v + w) / (v*v/float64(s.N-1) + w*w/float64(base.N-1))
	return around(s.Value/base.Value, half(v+w, freedom)), true
}

// around returns the interval that is half wide either way on the logarithmic scale.
func around(value, half float64) Interval {
	return Interval{value * math.Exp(-half), value * math.Exp(half)}
}

// half returns half the width of the interval.
func half(variance, freedom float64) float64 {
	if variance == 0 {
		return 0
	}
	return distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile(0.975) * math.Sqrt(variance)
}
