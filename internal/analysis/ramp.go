package analysis

import (
	"math"
	"sort"

	"virtcmp/internal/observation"
)

// requestDuration is the metric of a request: a row each.
const requestDuration = "http_request_duration_seconds"

// ramp is a closed ramp's run, made ready for the analyses.
type ramp struct {
	*run
	duration float64 // seconds: as planned, else until the last row
	schedule schedule
	swap     onset // from counters
	degraded onset // from latency
	failing  failing

	endings  endings
	occupied occupancy
	scaling  scaling
}

func (c *campaign) newRamp(r *run) *ramp {
	p := &ramp{run: r, schedule: c.scheduleOf(r.testbed), duration: r.end}
	if p.whole() && r.end <= p.schedule.end/wholeRun { // an answer may come in a little late
		p.duration = p.schedule.end
	}
	p.swap = p.swapFromCounters()
	p.degraded = p.degradationFromLatency()
	p.failing = p.findFailing()
	p.endings = p.countEndings()
	p.occupied = p.occupancy()
	p.scaling = p.scale()
	return p
}

// wholeRun is the share of its planned time that a run must have lasted.
const wholeRun = 0.95

// whole reports whether the run lasted as long as planned.
func (p *ramp) whole() bool { return p.schedule.end > 0 && p.end >= wholeRun*p.schedule.end }

// ramps returns the runs of ramps that sent requests.
func (c *campaign) ramps() []*ramp {
	var ramps []*ramp
	for _, r := range c.of(observation.Ramp) {
		if len(r.requests) > 0 {
			ramps = append(ramps, r.ramp)
		}
	}
	return ramps
}

// regimeEnd is when the run's first regime ends: the earlier of the onsets of
// swapping and of degradation, +Inf if there is neither.
func (p *ramp) regimeEnd() float64 {
	end := math.Inf(1)
	for _, o := range []onset{p.swap, p.degraded} {
		if o.found {
			end = min(end, o.time)
		}
	}
	return end
}

// users returns how many virtual users were active t seconds after the start: as
// many as when the last request before t was sent, for every new user sends at once.
// It is negative where the rows do not say.
func (p *ramp) users(t float64) int {
	i := sort.Search(len(p.requests), func(i int) bool { return p.requests[i].sent > t })
	return int(p.requests[max(i-1, 0)].users)
}

// window is the requests sent within a span of time.
type window struct {
	number   int     // from 0
	from, to float64 // seconds
	requests []request
}

func (w window) middle() float64 { return (w.from + w.to) / 2 }

// windows returns the windows of that width in which something was sent; the last may
// be cut short by the run's end. Requests sent after that are in none.
func (p *ramp) windows(width float64) []window {
	var all []window
	for next := 0; next < len(p.requests) && p.requests[next].sent < p.duration; {
		number := max(0, int(p.requests[next].sent/width))
		w := window{number: number, from: float64(number) * width, to: min(float64(number+1)*width, p.duration)}
		first := next
		for next < len(p.requests) && p.requests[next].sent < w.to {
			next++
		}
		if next == first {
			next++ // rounding put it at the window's very end
		}
		w.requests = p.requests[first:next]
		all = append(all, w)
	}
	return all
}

const (
	rateWindow  = 5    // seconds: the width of the windows that requests are counted in
	rateWindows = 4000 // of a run, at most; the windows of a longer one are wider
)

// endings counts a run's requests by how and when they ended.
type endings struct {
	codes   []ending // by code
	windows int
	width   float64 // seconds
}

// ending is one code's.
type ending struct {
	fate   fate
	all    int   // requests; those of a code that none has say nothing
	counts []int // by window
}

// countEndings counts the run's, which has no windows if it has no duration.
func (p *ramp) countEndings() endings {
	e := endings{width: rateWindow * max(1, math.Ceil(p.duration/(rateWindow*rateWindows)))}
	if p.duration > 0 {
		e.windows = int(math.Ceil(p.duration / e.width))
	}
	for i := range p.requests {
		q := &p.requests[i]
		for int(q.code) >= len(e.codes) {
			e.codes = append(e.codes, ending{})
		}
		c := &e.codes[q.code]
		if c.all++; c.counts == nil {
			c.fate, c.counts = q.fate, make([]int, e.windows)
		}
		if e.windows > 0 {
			i := int(min(q.ended(), p.duration) / e.width)
			c.counts[min(max(i, 0), e.windows-1)]++
		}
	}
	return e
}

// rate returns how many requests a second ended, of those that count says, by window.
func (p *ramp) rate(count func(code, fate) bool) []sample {
	e := p.endings
	samples := make([]sample, e.windows)
	for i := range samples {
		n := 0
		for k, c := range e.codes {
			if c.all > 0 && count(code(k), c.fate) {
				n += c.counts[i]
			}
		}
		from, to := float64(i)*e.width, min(float64(i+1)*e.width, p.duration)
		samples[i] = sample{point{(from + to) / 2, float64(n) / (to - from)}, n}
	}
	return samples
}

// schedule is a ramp's plan: zero where no fact tells.
type schedule struct {
	from, to  int
	over, end float64 // seconds
}

func (c *campaign) scheduleOf(testbed string) schedule {
	get := func(key string) float64 {
		v, _ := c.facts.number(testbed, generator, key)
		return v
	}
	return schedule{from: int(get("ramp_from")), to: int(get("ramp_to")), over: get("ramp_over_seconds"), end: get("ramp_end_seconds")}
}

// known reports whether the plan says how many users there should be.
func (s schedule) known() bool { return s.to >= s.from && s.from > 0 && s.over > 0 }

// users returns how many users there should be t seconds after the start.
func (s schedule) users(t float64) int {
	return min(s.from+int(math.Floor(t*float64(s.to-s.from+1)/s.over)), s.to)
}
