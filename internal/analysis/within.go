package analysis

import (
	"virtcmp/internal/csvio"
	"virtcmp/internal/stat"
)

// single reports whether the run is its testbed's only one of the experiment. Then the
// run's own interval is all there is; with more runs it would only mislead.
func (c *campaign) single(r runKey) bool {
	for _, other := range c.sorted {
		if other.testbed == r.testbed && other.experiment == r.experiment && other.number != r.number {
			return false
		}
	}
	return true
}

// within gives the interval of the quantity within a run.
func (q *quantity) within(r runKey, i stat.Interval) {
	v := q.runs[r.testbed][r.number]
	v.within, v.remark = &i, join(v.remark, csvio.MakeLabels("interval", "within-run"))
	q.runs[r.testbed][r.number] = v
}

// within returns the intervals of the mean and of two quantiles of the ramp's durations,
// by their names in latency: of the requests that those are of, in the order of sending.
func (p *ramp) within() map[string]stat.Interval {
	var took []float64
	for _, q := range p.requests {
		if q.fate == good || q.fate == timedOut {
			took = append(took, q.took)
		}
	}
	return within(took, "mean", map[string]float64{"p50": 0.5, "p95": 0.95})
}

// within returns the intervals of the mean and of quantiles, by the names they are given.
func within(took []float64, mean string, quantiles map[string]float64) map[string]stat.Interval {
	all := map[string]stat.Interval{}
	s, ok := stat.NewSequence(took)
	if !ok {
		return all
	}
	if i, ok := s.Mean(); ok {
		all[mean] = i
	}
	for name, p := range quantiles {
		if i, ok := s.Quantile(p); ok {
			all[name] = i
		}
	}
	return all
}
