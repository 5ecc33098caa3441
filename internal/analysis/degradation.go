package analysis

import (
	"math"

	"virtcmp/internal/stat"
)

const (
	degradedWindows = 400 // of a run, at most: change point search is nearly quadratic in them
	degradedFewest  = 3   // requests in a window, on average
	degradedTold    = 30  // windows that must tell something before the absence of an onset is an answer
)

// degradationFromLatency finds where service degrades for good, from requests alone.
//
// In a closed loop latency grows with the users even where nothing is wrong: by
// Little's law it is users/throughput. Its logarithm after division by the users
// falls until the server is saturated, is flat from then on, and rises when
// throughput collapses; that rise is looked for. It cannot be told from one that
// has another cause than memory.
//
// Of 2,700 simulated runs without an onset 9 had one, all with a service time that
// wanders by 10 %, and in six of them grows with the users, or drifts, by a quarter or
// more besides. Where service slows down by a step the median error is 1 s on a ramp of
// 800 s, early by half of what a request takes; where it doubles within 5 users 3 to 6 s,
// and where that takes 12 users 7 s or 0.9 users
// (TestCalibrateFalseAlarms, TestCalibrateOnsetError).
func (p *ramp) degradationFromLatency() onset {
	signal, start, told := p.timePerUser()
	rise, measured := stat.FindRise(signal)
	if !measured || !rise.Found {
		return onset{measured: measured && told >= degradedTold}
	}
	width := start[1] - start[0]
	return onset{measured: true, found: true, time: start[rise.Index], resolution: width, p: rise.P}
}

// timePerUser returns the logarithm of the latency per user by windows, with their
// beginnings, and how many windows tell anything. The others have the value before.
func (p *ramp) timePerUser() (signal, start []float64, told int) {
	width := max(1, p.duration/degradedWindows, degradedFewest*p.duration/float64(max(1, len(p.requests))))
	add := func(v float64, window int) {
		signal, start = append(signal, v), append(start, float64(window)*width)
	}
	next := 0
	for _, w := range p.windows(width) {
		v, least, ok := w.timePerUser()
		if v = math.Log(v); !ok || least && (len(signal) == 0 || v <= signal[len(signal)-1]) {
			continue
		}
		// While nothing was sent, every user still waited for what was sent before.
		for ; len(signal) > 0 && next < w.number; next++ {
			add(signal[len(signal)-1], next)
		}
		add(v, w.number)
		next = w.number + 1
		told++
	}
	for ; len(signal) > 0 && float64(next)*width < p.duration; next++ {
		add(signal[len(signal)-1], next)
	}
	return signal, start, told
}

// timePerUser returns for how long users waited for each page that they got of the
// window's requests, divided by the mean of the users: the mean latency per user where
// all succeed. Waiting for what timed out counts and brings no page, or half of one in
// all if there is no other; other failures say nothing. Requests in flight at the run's
// end that had already taken longer than the mean count as if answered then; where
// more than a tenth were in flight, all do, and the value is but the least that it may
// be. ok is false if nothing is left.
func (w window) timePerUser() (seconds float64, least, ok bool) {
	var took, users, n, pages float64
	cutOff := 0
	for _, q := range w.requests {
		switch q.fate {
		case good, timedOut:
			took, users, n = took+q.took, users+float64(q.users), n+1
			if q.fate == good {
				pages++
			}
		case unfinished:
			cutOff++
		}
	}
	mean := took / n // NaN if nothing ended
	least = 10*cutOff > len(w.requests)
	for _, q := range w.requests {
		if q.fate == unfinished && (least || q.took > mean) {
			took, users, n, pages = took+q.took, users+float64(q.users), n+1, pages+1
		}
	}
	seconds = took / max(pages, 0.5) * n / users
	return seconds, least, took > 0 && users > 0
}
