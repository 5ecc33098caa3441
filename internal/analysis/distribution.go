package analysis

import (
	"math"
	"slices"

	"virtcmp/internal/csvio"
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

// distribution is that of a run.
type distribution struct {
	runKey
	quantiles
}

// quantiles are those that are known, of the first of the tails.
type quantiles struct {
	known []sample
	cut   bool // by what is slower being known from below only, not by being of too few requests
}

// distributed returns the quantiles of a run's durations. One among those that reach the
// limit, from which on a duration may be but a lower bound, is not known. It reorders the
// durations.
func distributed(took []float64, limit float64) quantiles {
	short := shorter(took, limit)
	var shares []float64
	var q quantiles
	for _, t := range tails {
		if t.slower*float64(len(took)) < tailRequests {
			break
		}
		if above := math.Ceil(t.share * float64(len(took)-1)); above >= float64(short) { // the duration that the quantile is at, or just below
			q.cut = true
			break
		}
		shares = append(shares, t.share)
	}
	for i, v := range stat.Quantiles(took, shares...) {
		q.known = append(q.known, sample{point{shares[i], v}, len(took)})
	}
	return q
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
// that all of them have: where some have none, the others are the quick ones. The last says
// if what is slower is not known.
func (r *report) distributions(runs []distribution) {
	of := map[string][]distribution{}
	for _, l := range runs {
		for i, q := range l.known {
			f := quantile(l.testbed, q.x, q.y, q.n, l.cut && i+1 == len(l.known))
			f.Run = finding.Run(l.number)
			r.add(f)
		}
		of[l.testbed] = append(of[l.testbed], l)
	}
	for testbed, runs := range of {
		first := slices.MinFunc(runs, func(a, b distribution) int { return len(a.known) - len(b.known) })
		n := len(first.known)
		cut := slices.ContainsFunc(runs, func(l distribution) bool { return l.cut && len(l.known) == n })
		for i, q := range first.known {
			values := make([]float64, len(runs))
			for j, l := range runs {
				values[j] = l.known[i].y
			}
			over := stat.Summarise(stat.Runs{Num: values})
			interval, ok := over.Mean()
			r.add(bounded(quantile(testbed, q.x, over.Value, len(runs), cut && i+1 == n), interval, ok))
		}
	}
}

// quantile is one; last says that those beyond are not known.
func quantile(testbed string, x, value float64, n int, last bool) finding.Finding {
	f := scalar(testbed, "quantile", finding.Seconds, value, n)
	f.X = finding.Number(x)
	if last {
		f.Note = csvio.MakeLabels("rest", "unknown")
	}
	return f
}
