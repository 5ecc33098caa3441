package analysis

import (
	"math"

	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// tail is a quantile of a distribution.
type tail struct {
	share  float64 // of the requests that are as quick or quicker
	slower float64 // of the others
}

// tails are the quantiles of a distribution, ascending. What is slower goes down by
// Renard's ten steps a decade (ISO 3), which are nearly even on a logarithmic scale and
// hold the quantiles that are usually told, 0.5, 0.75, 0.9, 0.95, 0.99 and so on.
var tails = func() []tail {
	all := []tail{{0.01, 0.99}, {0.05, 0.95}, {0.1, 0.9}}
	for whole := 1e3; whole <= 1e6; whole *= 10 {
		for _, slower := range []float64{800, 630, 500, 400, 315, 250, 200, 160, 125, 100} {
			all = append(all, tail{(whole - slower) / whole, slower / whole})
		}
	}
	return all
}()

// tailRequests is how many requests must be slower than a quantile that is told: the
// last few are as chance has it.
const tailRequests = 10

// distribution is the first of the tails of a run.
type distribution struct {
	runKey
	quantiles []sample
}

// distributed returns the quantiles of a run's durations. One among those that reach the
// limit, from which on a duration may be but a lower bound, is not known. It reorders the
// durations.
func distributed(took []float64, limit float64) []sample {
	known := shorter(took, limit)
	var shares []float64
	for _, t := range tails {
		above := math.Ceil(t.share * float64(len(took)-1)) // the duration that the quantile is at, or just below
		if t.slower*float64(len(took)) < tailRequests || above >= float64(known) {
			break
		}
		shares = append(shares, t.share)
	}
	all := make([]sample, len(shares))
	for i, v := range stat.Quantiles(took, shares...) {
		all[i] = sample{point{shares[i], v}, len(took)}
	}
	return all
}

// shorter returns how many of the durations are shorter than the limit.
func shorter(took []float64, limit float64) int {
	n := 0
	for _, v := range took {
		if v < limit {
			n++
		}
	}
	return n
}

// distributions adds the quantiles of a testbed's runs, and over runs the mean of each
// that all of them have: where some have none, the others are the quick ones.
func (r *report) distributions(runs []distribution) {
	of := map[string][]distribution{}
	for _, l := range runs {
		r.series(l.runKey, "quantile", finding.Seconds, l.quantiles)
		of[l.testbed] = append(of[l.testbed], l)
	}
	for testbed, runs := range of {
		for i, q := range runs[0].quantiles {
			values := make([]float64, 0, len(runs))
			for _, l := range runs {
				if i < len(l.quantiles) {
					values = append(values, l.quantiles[i].y)
				}
			}
			if len(values) < len(runs) {
				break
			}
			over := stat.Summarise(stat.Runs{Num: values})
			f := scalar(testbed, "quantile", finding.Seconds, over.Value, len(runs))
			f.X = finding.Number(q.x)
			interval, ok := over.Mean()
			r.add(bounded(f, interval, ok))
		}
	}
}
