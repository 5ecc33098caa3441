package analysis

import (
	"math"

	"virtcmp/internal/stat"
)

const (
	degradedWindows = 400 // of a run, at most: change point search is nearly quadratic in them
	degradedFewest  = 3   // requests in a window, on average
)

// degradationFromLatency finds where service degrades for good, from requests alone.
//
// In a closed loop latency grows with the users even where nothing is wrong: by
// Little's law it is users/throughput. Its logarithm after division by the users
// falls until the server is saturated, is flat from then on, and rises when
// throughput collapses; that rise is looked for.
func (p *ramp) degradationFromLatency() onset {
	width := max(1, p.duration/degradedWindows, degradedFewest*p.duration/float64(max(1, len(p.requests))))
	var signal, start []float64
	add := func(v float64, window int) {
		signal, start = append(signal, v), append(start, float64(window)*width)
	}
	next := 0
	for _, w := range p.windows(width) {
		v, ok := w.timePerUser()
		if !ok {
			continue
		}
		// While nothing was sent, every user still waited for what was sent before.
		for ; len(signal) > 0 && next < w.number; next++ {
			add(signal[len(signal)-1], next)
		}
		add(math.Log(v), w.number)
		next = w.number + 1
	}
	for ; len(signal) > 0 && float64(next)*width < p.duration; next++ {
		add(signal[len(signal)-1], next)
	}
	rise, measured := stat.FindRise(signal)
	if !measured || !rise.Found {
		return onset{measured: measured}
	}
	return onset{measured: true, found: true, time: start[rise.Index]}
}

// timePerUser returns the mean latency of the window's requests divided by the mean of
// their users. Requests that timed out, and those in flight at the run's end that had
// already taken longer than the mean, took at least as long as their rows say and
// count so; other failures say nothing. ok is false if nothing is left, or if more than
// a tenth were in flight at the end: the others were the quick ones.
func (w window) timePerUser() (seconds float64, ok bool) {
	var took, users float64
	count := func(q request) {
		took, users = took+q.took, users+float64(q.users)
	}
	ended, cutOff := 0, 0
	for _, q := range w.requests {
		switch q.fate {
		case good, timedOut:
			count(q)
			ended++
		case unfinished:
			cutOff++
		}
	}
	if ended == 0 || 10*cutOff > len(w.requests) {
		return 0, false
	}
	mean := took / float64(ended)
	for _, q := range w.requests {
		if q.fate == unfinished && q.took > mean {
			count(q)
		}
	}
	return took / users, took > 0 && users > 0
}
