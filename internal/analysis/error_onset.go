package analysis

import (
	"cmp"
	"slices"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
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
	failed := func(q request) bool { return !q.good && c.codes.names[q.code] != observation.CodeUnfinished }
	r.onsets(ramps, "", func(p *ramp) onset { return p.firstFailures(&c.codes, failed) })
	for _, p := range ramps {
		r.series(p.runKey, "failures_per_second", finding.RequestsPerSecond, p.rate(failed))
	}
}

// firstFailures finds the first failure of the first episode, in order of the
// requests' ends, in which Page's cumulative sum reaches its limit and whose
// failures span failuresLast seconds. Requests in flight at the run's end have not failed.
func (p *ramp) firstFailures(c *codes, failed func(request) bool) onset {
	if !slices.ContainsFunc(p.requests, failed) {
		return onset{measured: true}
	}
	ended := slices.Clone(p.requests)
	slices.SortFunc(ended, func(a, b request) int {
		return cmp.Or(cmp.Compare(a.ended(), b.ended()), cmp.Compare(a.sent, b.sent), strings.Compare(c.names[a.code], c.names[b.code]))
	})
	cusum := stat.Cusum{Good: failuresUsual, Bad: failuresSustained, Limit: failuresLimit}
	var first float64
	alarmed := false
	for _, q := range ended {
		if c.names[q.code] == observation.CodeUnfinished {
			continue
		}
		bad := failed(q)
		began, alarm, over := cusum.Add(bad)
		if began {
			first, alarmed = q.ended(), false
		}
		alarmed = alarmed && !over || alarm
		if alarmed && bad && q.ended()-first >= failuresLast {
			return onset{measured: true, found: true, time: first}
		}
	}
	return onset{measured: true}
}
