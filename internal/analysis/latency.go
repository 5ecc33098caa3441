package analysis

import (
	"math"
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

const (
	averaged      = 30  // successive requests in the moving average, as Scheepers (2014, Fig. 5) has it
	latencyWindow = 10  // seconds
	trendWindows  = 400 // at most, in the quadratic Theil-Sen slope
)

// latency tells how long successful requests took. A failed one, however fast, is
// in none of its numbers.
func latency(c *campaign, r *report) {
	q := newQuantities(r)
	ramps := c.ramps()
	results := make([]latencies, len(ramps))
	parallel(len(ramps), func(i int) { results[i] = ramps[i].latencies(c.budget(ramps, ramps[i].testbed)) })
	for _, l := range results {
		for _, s := range l.scalars {
			quantity := q.plain(s.name, s.unit)
			quantity.absolute = s.name == "trend_slope" // may be negative, or nothing
			quantity.set(l.runKey, s.value, s.n)
		}
		r.series(l.runKey, "request", finding.Seconds, each(l.requests, 1))
		r.series(l.runKey, "moving_average_30", finding.Seconds, each(l.averages, averaged))
		r.series(l.runKey, "median_10s", finding.Seconds, l.medians)
		r.series(l.runKey, "p95_10s", finding.Seconds, l.p95s)
	}
	q.flush()
}

// latencies is what latency finds in one run.
type latencies struct {
	runKey
	scalars            []namedValue
	requests, averages []point // thinned
	medians, p95s      []sample
}

type namedValue struct {
	name, unit string
	value      float64
	n          int
}

// latencies finds the run's, of thinned series at most budget points.
func (p *ramp) latencies(budget int) latencies {
	l := latencies{runKey: p.runKey}
	var good []point // successful requests: when sent, how long they took
	for _, q := range p.requests {
		if q.good {
			good = append(good, point{q.sent, q.took})
		}
	}
	if len(good) == 0 {
		return l
	}
	took := make([]float64, len(good))
	for i, g := range good {
		took[i] = g.y
	}
	add := func(name, unit string, value float64, n int) {
		if !math.IsNaN(value) {
			l.scalars = append(l.scalars, namedValue{name, unit, value, n})
		}
	}

	end := p.regimeEnd()
	averages := stat.MovingAverage(took, averaged)
	line := make([]point, len(averages))
	var residuals []float64
	for i, mean := range averages {
		newest := good[i+averaged-1]
		line[i] = point{newest.x, mean}
		if newest.x < end && mean > 0 {
			residuals = append(residuals, newest.y/mean-1)
		}
	}
	l.requests, l.averages = thin(good, budget), thin(line, budget)
	add("consistency", finding.Ratio, stat.Spread(residuals), len(residuals))

	for _, w := range p.windows(latencyWindow) {
		if took := w.good(); len(took) > 0 {
			slices.Sort(took)
			l.medians = append(l.medians, sample{point{w.middle(), stat.Quantile(took, 0.5)}, len(took)})
			l.p95s = append(l.p95s, sample{point{w.middle(), stat.Quantile(took, 0.95)}, len(took)})
		}
	}
	slope, windows := p.trendSlope(end)
	add("trend_slope", finding.SecondsPerUser, slope, windows)

	add("mean", finding.Seconds, stat.Mean(took), len(took))
	slices.Sort(took)
	for _, percentile := range []struct {
		name string
		p    float64
	}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1}} {
		add(percentile.name, finding.Seconds, stat.Quantile(took, percentile.p), len(took))
	}
	return l
}

// good returns how long the window's successful requests took.
func (w window) good() []float64 {
	var took []float64
	for _, q := range w.requests {
		if q.good {
			took = append(took, q.took)
		}
	}
	return took
}

// trendSlope returns the Theil-Sen slope, in seconds a user, of the medians of the
// windows that end before the given time against the users in them, and the number of
// windows; NaN if they are fewer than three.
func (p *ramp) trendSlope(end float64) (slope float64, windows int) {
	var users, medians []float64
	for _, w := range p.windows(max(latencyWindow, p.duration/trendWindows)) {
		if w.to > end {
			break
		}
		var took []float64
		sum := 0.0
		for _, q := range w.requests {
			if q.good {
				took = append(took, q.took)
				sum += float64(q.users)
			}
		}
		if len(took) > 0 {
			users = append(users, sum/float64(len(took)))
			medians = append(medians, stat.Median(took))
		}
	}
	if len(users) < 3 {
		return math.NaN(), len(users)
	}
	return stat.TheilSen(users, medians), len(users)
}
