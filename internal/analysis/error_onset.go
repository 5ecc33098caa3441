package analysis

import (
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

const (
	failuresUsual     = 0.01 // share of requests that may fail at any time
	failuresSustained = 0.10 // share that is a regime of failures; 4 % is where the two are equally likely
	failuresLimit     = 13.8 // log(1e6): a false alarm in a million requests
	failuresLast      = 10   // seconds that the regime must last
)

// errorOnset tells when the ramp's requests begin to fail for good.
func errorOnset(c *campaign, r *report) {
	ramps := c.ramps()
	onsets := make([]onset, len(ramps))
	parallel(len(ramps), func(i int) { onsets[i] = ramps[i].firstFailures() })
	r.onsets(ramps, "", onsets)
	for _, p := range ramps {
		r.series(p.runKey, "failures_per_second", finding.RequestsPerSecond, p.rate(request.failed))
	}
}

// failed reports whether the request failed. One that was in flight at the run's end has not.
func (r request) failed() bool { return r.fate == failed || r.fate == timedOut }

// firstFailures finds the first failure of the first episode, in order of the
// requests' ends, in which Page's cumulative sum reaches its limit and whose
// failures span failuresLast seconds.
func (p *ramp) firstFailures() onset {
	if !slices.ContainsFunc(p.requests, request.failed) {
		return onset{measured: true}
	}
	type outcome struct {
		at     float64
		failed bool
	}
	outcomes := make([]outcome, 0, len(p.requests))
	for _, q := range p.requests {
		if q.fate != unfinished {
			outcomes = append(outcomes, outcome{q.ended(), q.failed()})
		}
	}
	slices.SortFunc(outcomes, func(a, b outcome) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		case a.failed == b.failed:
			return 0
		case a.failed:
			return 1
		}
		return -1
	})
	cusum := stat.Cusum{Good: failuresUsual, Bad: failuresSustained, Limit: failuresLimit}
	first, alarmed := 0.0, false
	for _, o := range outcomes {
		began, alarm, over := cusum.Add(o.failed)
		if began {
			first, alarmed = o.at, false
		}
		alarmed = alarmed && !over || alarm
		if alarmed && o.failed && o.at-first >= failuresLast {
			return onset{measured: true, found: true, time: first}
		}
	}
	return onset{measured: true}
}
