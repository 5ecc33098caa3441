package analysis

import (
	"math"
	"slices"
	"strconv"
	"sync"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

const (
	averaged      = 30  // successive requests in the moving average, as Scheepers (2014, Fig. 5) has it
	latencyWindow = 10  // seconds
	trendWindows  = 400 // at most, in the quadratic Theil-Sen slope
)

// latency tells how long requests took. Failures, however fast, improve none of its
// numbers: those that are fast are left out of all, and those that timed out count as
// slow wherever that is possible. What was in flight at the run's end would have ended
// later than can be known.
func latency(c *campaign, r *report) {
	q := newQuantities(r)
	ramps := c.ramps()
	results := make([]latencies, len(ramps))
	parallel(len(ramps), func(i int) {
		results[i] = ramps[i].latencies(c.budget(ramps, ramps[i].testbed))
		if c.single(ramps[i].runKey) {
			results[i].within = ramps[i].within()
		}
	})
	timeouts := map[string]int{}
	var distributions []distribution
	for _, l := range results {
		timeouts[l.testbed] += l.timeouts
		for _, s := range l.scalars {
			quantity := q.plain(s.name, s.unit)
			quantity.absolute = s.name == "trend_slope" // may be negative, or nothing
			quantity.set(l.runKey, s.value, s.n)
			if s.bounded && l.timeouts > 0 {
				quantity.say(l.runKey, timeoutNote(l.timeouts))
			}
			if s.bounded && timeouts[l.testbed] > 0 {
				quantity.sayOverRuns(l.testbed, timeoutNote(timeouts[l.testbed]))
			}
		}
		for name, interval := range l.within {
			q.plain(name, finding.Seconds).within(l.runKey, interval)
		}
		r.series(l.runKey, "request", finding.Seconds, each(l.requests, 1))
		r.series(l.runKey, "moving_average_30", finding.Seconds, each(l.averages, averaged))
		r.series(l.runKey, "median_10s", finding.Seconds, l.medians)
		r.series(l.runKey, "p95_10s", finding.Seconds, l.p95s)
		distributions = append(distributions, distribution{l.runKey, l.quantiles})
	}
	r.distributions(distributions)
	q.flush()
}

func timeoutNote(n int) csvio.Labels { return csvio.MakeLabels("timeouts", strconv.Itoa(n)) }

// latencies is what latency finds in one run.
type latencies struct {
	runKey
	timeouts           int
	scalars            []namedValue
	within             map[string]stat.Interval
	requests, averages []point // thinned
	medians, p95s      []sample
	quantiles          quantiles
}

type namedValue struct {
	name, unit string
	value      float64
	n          int
	bounded    bool // from below only, if requests timed out
}

// latencies finds the run's, of thinned series at most budget points.
func (p *ramp) latencies(budget int) latencies {
	l := latencies{runKey: p.runKey}
	add := func(name, unit string, value float64, n int, bounded bool) {
		if !math.IsNaN(value) {
			l.scalars = append(l.scalars, namedValue{name, unit, value, n, bounded})
		}
	}

	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	served := slices.Grow(s.served[:0], len(p.requests)) // successful requests: when sent, how long they took
	took := slices.Grow(s.took[:0], len(p.requests))
	for _, q := range p.requests {
		if q.fate == good {
			served = append(served, point{q.sent, q.took})
			took = append(took, q.took)
		}
	}
	end := p.regimeEnd()
	averages, spread, n := consistency(served, took, end, s)
	s.served, s.took, s.averages = served, took, averages
	l.requests, l.averages = thin(served, budget), thin(averages, budget)
	add("consistency", finding.Ratio, spread, n, false)
	slope, windows := p.trendSlope(end)
	add("trend_slope", finding.SecondsPerUser, slope, windows, false)
	var buf []float64
	for _, w := range p.windows(latencyWindow) {
		took := w.durations(buf)
		buf = took
		q := stat.Quantiles(took, 0.5, 0.95)
		l.medians = w.append(l.medians, q[0], len(took))
		l.p95s = w.append(l.p95s, q[1], len(took))
	}

	limit := math.Inf(1)
	for _, q := range p.requests {
		if q.fate == timedOut {
			took = append(took, q.took)
			l.timeouts++
			limit = min(limit, q.took)
		}
	}
	add("mean", finding.Seconds, stat.Mean(took), len(took), true)
	l.quantiles = distributed(took, limit)
	for i, v := range stat.Quantiles(took, 0.5, 0.9, 0.95, 0.99, 1) {
		add([]string{"p50", "p90", "p95", "p99", "max"}[i], finding.Seconds, v, len(took), true)
	}
	return l
}

// scratch is memory that each run needs and none keeps: new one would cost more than what
// is done in it.
type scratch struct {
	served, averages []point
	took             []float64
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// consistency returns the moving average of successive requests, at the times of the
// newest, and the robust spread of the requests sent before end about it, relative to
// it, with their number. took are the durations of those served. The averages are in the
// memory of s if that is large enough.
func consistency(served []point, took []float64, end float64, s *scratch) (averages []point, spread float64, n int) {
	means := stat.MovingAverage(took, averaged)
	averages = slices.Grow(s.averages[:0], len(means))
	residuals := means[:0] // each takes the place of a mean that has been looked at
	for i, mean := range means {
		newest := served[i+averaged-1]
		averages = append(averages, point{newest.x, mean})
		if newest.x < end && mean > 0 {
			residuals = append(residuals, newest.y/mean-1)
		}
	}
	return averages, stat.Spread(residuals), len(residuals)
}

// durations returns how long the window's requests took: the successful ones as long
// as they did, those that timed out or were in flight at the run's end infinitely
// long. Without the latter, the last windows of a run would have the quick ones only.
// They are in the memory of buf if that is large enough.
func (w window) durations(buf []float64) []float64 {
	took := slices.Grow(buf[:0], len(w.requests))
	for _, q := range w.requests {
		switch q.fate {
		case good:
			took = append(took, q.took)
		case timedOut, unfinished:
			took = append(took, math.Inf(1))
		}
	}
	return took
}

// append adds a quantile of the window's n requests to a series, if it is known.
func (w window) append(series []sample, quantile float64, n int) []sample {
	if quantile < math.Inf(1) {
		series = append(series, sample{point{w.middle(), quantile}, n})
	}
	return series
}

// trendSlope returns the Theil-Sen slope, in seconds a user, of the run's trend before
// the given time, and the number of windows; NaN if they are fewer than three.
func (p *ramp) trendSlope(end float64) (slope float64, windows int) {
	users, medians := p.trend(end)
	if len(users) < 3 {
		return math.NaN(), len(users)
	}
	return stat.TheilSen(users, medians), len(users)
}

// trend returns the medians of the windows that end before the given time, and the mean
// users in them.
func (p *ramp) trend(end float64) (users, medians []float64) {
	var buf []float64
	for _, w := range p.windows(max(latencyWindow, p.duration/trendWindows)) {
		if w.to > end {
			break
		}
		buf = w.durations(buf)
		middle, sum, n := stat.Median(buf), 0.0, 0
		for _, q := range w.requests {
			if q.fate == good {
				sum += float64(q.users)
				n++
			}
		}
		if n > 0 && middle < math.Inf(1) {
			users = append(users, sum/float64(n))
			medians = append(medians, middle)
		}
	}
	return users, medians
}
