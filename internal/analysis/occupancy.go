package analysis

import (
	"math"
	"slices"

	"virtcmp/internal/stat"
)

// occupancy sets what a ramp's rows say of its users against what its requests add up
// to. In a closed loop without pauses every user has one request in flight at any time,
// so that both are the same: Little's law, users = throughput x latency, in the form that
// holds for any span of time because it counts the request-seconds within it (Little,
// Little's law as viewed on its 50th anniversary, Operations Research 59, 2011).
type occupancy struct {
	width    float64   // seconds: of a window
	users    []float64 // user-seconds by window, as the rows have it
	inFlight []float64 // request-seconds by window
	// answered counts successful requests by the window in which half of their time was
	// over. Counted when they end, a growing ramp has too few: what a new user sends does
	// not count until it is answered. On simulated ramps of two laws that made λ 4 and 6 %
	// too low and σ 17 and 10 %; half-way both are within 0.4 %.
	answered []int
	paused   []bool  // users may have waited in it before they tried again
	complete float64 // seconds: until when answered is complete; what was in flight at the end is not in it
}

const (
	occupancyWindow = 1     // second
	occupancyFewest = 60    // windows of a run, at least; they are shorter if need be
	occupancyMost   = 10000 // at most
	// longestPause is how long a user waits at most after a refused connection, in seconds.
	longestPause = 1
)

// occupancy counts the run's. It has no windows if the rows don't tell the users.
func (p *ramp) occupancy() occupancy {
	if p.duration <= 0 || slices.ContainsFunc(p.requests, func(q request) bool { return q.users < 0 }) {
		return occupancy{}
	}
	o := occupancy{width: max(min(occupancyWindow, p.duration/occupancyFewest), p.duration/occupancyMost)}
	n := max(1, int(p.duration/o.width+1e-9)) // what is left at the end is no window
	o.users, o.inFlight, o.answered, o.paused = make([]float64, n), make([]float64, n), make([]int, n), make([]bool, n)
	window := func(t float64) int { return min(max(int(t/o.width), 0), n-1) }
	end := float64(n) * o.width
	within := func(t float64) float64 { return min(max(t, 0), end) }
	through := make([]int, n+1) // by how much the requests in flight all through a window are more than in the one before
	cutOff, age := 0, 0.0       // requests in flight at the end, and since when
	for i, q := range p.requests {
		from, to := within(q.sent), within(q.ended())
		first, last := window(from), window(to)
		if first == last {
			o.inFlight[first] += to - from
		} else {
			o.inFlight[first] += float64(first+1)*o.width - from
			o.inFlight[last] += to - float64(last)*o.width
			through[first+1]++
			through[last]--
		}
		switch q.fate {
		case good:
			if half := q.sent + q.took/2; half < end {
				o.answered[window(half)]++
			}
		case unfinished:
			cutOff, age = cutOff+1, age+q.took
		case failed:
			for k := last; k <= window(to+longestPause); k++ {
				o.paused[k] = true
			}
		}
		// Every new user sends at once, so there are as many users until the next request is sent.
		next := end
		if i+1 < len(p.requests) {
			next = within(p.requests[i+1].sent)
		}
		for k := first; from < next; k++ {
			until := next
			if k < n-1 {
				until = min(next, float64(k+1)*o.width)
			}
			o.users[k] += float64(q.users) * (until - from)
			from = until
		}
	}
	o.complete = end
	if cutOff > 0 {
		o.complete -= 2 * age / float64(cutOff) // as long as requests took then: those in flight are half way on average
	}
	all := 0
	for k := range n {
		all += through[k]
		o.inFlight[k] += float64(all) * o.width
	}
	return o
}

// little returns the median over the windows that end before the given time of the
// requests in flight a user, and the number of windows; NaN if there are none.
func (o occupancy) little(end float64) (ratio float64, windows int) {
	var ratios []float64
	for k := range o.users {
		if float64(k+1)*o.width <= end && o.users[k] > 0 {
			ratios = append(ratios, o.inFlight[k]/o.users[k])
		}
	}
	return stat.Median(ratios), len(ratios)
}

// holeShare is the share of a window's user-seconds that no request accounts for from which on it has a hole.
const holeShare = 0.1

// holes returns the user-seconds that are missing in windows with a hole where nobody
// waited before trying again, all user-seconds, and when the worst of these windows
// began. Where users pause in general, a hole is what is less than that.
func (o occupancy) holes() (missing, all, at float64) {
	usual, _ := o.little(math.Inf(1))
	worst := 0.0
	for k, users := range o.users {
		all += users
		users *= min(usual, 1)
		if lack := users - o.inFlight[k]; lack > holeShare*users && !o.paused[k] {
			missing += lack
			if lack > worst {
				worst, at = lack, float64(k)*o.width
			}
		}
	}
	return missing, all, at
}

// loads returns throughput by users in spans of the run that end before the given
// time, with the number of requests of each: as short as is possible with loadRequests
// successful ones in a span, on average.
func (o occupancy) loads(end float64) (loads []stat.Load, answered []int) {
	windows, total := 0, 0
	end = min(end, o.complete)
	for k := range o.users {
		if float64(k+1)*o.width <= end {
			windows, total = k+1, total+o.answered[k]
		}
	}
	if total == 0 {
		return nil, nil
	}
	per := max(1, int(math.Ceil(loadRequests*float64(windows)/float64(total))), int(math.Ceil(float64(windows)/loadSpans)))
	for k := 0; k+per <= windows; k += per {
		users, n, span := 0.0, 0, float64(per)*o.width
		for i := k; i < k+per; i++ {
			users, n = users+o.users[i], n+o.answered[i]
		}
		if users < 0.95*span { // the first user came late, or rows are missing
			continue
		}
		loads = append(loads, stat.Load{Users: max(1, users/span), Throughput: float64(n) / span, Weight: span})
		answered = append(answered, n)
	}
	return loads, answered
}

const (
	loadRequests = 10  // in a span of a run that is one measurement of its throughput, on average
	loadSpans    = 400 // of a run, at most
)
