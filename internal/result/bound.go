package result

import (
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// Bound returns what a request time over all runs of a ramp is at least, if no more than
// that is known: in some run it is the time of requests that were given up. Where it is so
// in every run, that is the time limit.
func (s *Set) Bound(f finding.Finding) (least float64, ok bool) {
	if f.Analysis != finding.Latency || f.Note.Get("timeouts") == "" {
		return 0, false
	}
	limit, err := csvio.ParseFinite(s.Fact(f.Testbed, Generator, "ramp_timeout_seconds"))
	if err != nil {
		return 0, false
	}
	all := true
	for _, run := range s.Rows(f.Analysis, f.Testbed, f.Name).Absolute().EachRun() {
		over := float64(run.Value) >= limit
		all, ok = all && over, ok || over
	}
	if ok && all {
		return limit, true
	}
	return float64(f.Value), ok
}
