package analysis

import (
	"slices"
	"sort"

	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// Counters of memory pressure, of a guest's own kernel and of its control group on the host.
const (
	swappedIn     = "node_vmstat_pswpin"
	swappedOut    = "node_vmstat_pswpout"
	swapFree      = "node_memory_SwapFree_bytes"
	containerSwap = "container_memory_swap"
	refaults      = "container_memory_workingset_refault_anon"
)

var swapMetrics = []string{swappedIn, swappedOut, swapFree, containerSwap, refaults}

// pageBytes is the page size of every platform that the counters come from.
const pageBytes = 4096

const (
	// swapFloor is the traffic below which a guest is not called swapping: 200 kB/s,
	// which costs a disk of 100 MB/s 0.2 % of its time.
	swapFloor = 50 // pages/second
	// swapCeiling is the traffic above which it is, whatever the start of the run was like.
	swapCeiling = 4 * swapFloor
	// swapSpan and swapSpans: sustained is traffic above the threshold in each of three spans of five seconds.
	swapSpan  = 5 // seconds
	swapSpans = 3
	// learning is the share of the run from which its noise is learned.
	learning = 0.15
)

// swapOnset tells when the application guest begins to swap: from its counters,
// and independently from latency alone, which can only show that service degrades.
func swapOnset(c *campaign, r *report) {
	ramps := c.ramps()
	counters, latencies := make([]onset, len(ramps)), make([]onset, len(ramps))
	for i, p := range ramps {
		counters[i], latencies[i] = p.swap, p.degraded
		budget := c.budget(ramps, p.testbed)
		r.series(p.runKey, "swap_rate", finding.PagesPerSecond, each(thin(p.swapTraffic().rates(), budget), 1))
		r.series(p.runKey, "swap_used", finding.Bytes, each(thin(p.swapUsed(), budget), 1))
	}
	r.onsets(ramps, "counters", counters)
	r.onsets(ramps, "latency", latencies)
	r.agreement(ramps, counters, latencies)
}

// cumulative is a counter over time, by time, never falling.
type cumulative []point

// swapTraffic returns the pages that went in and out of the application guest's
// swap since the run began, or nil if no counter tells. A guest with a kernel of its
// own counts them itself. For one without, growth of its control group's swap is
// what went out, and refaults are what came in.
func (p *ramp) swapTraffic() cumulative {
	in, out := p.one(swappedIn, "host", app), p.one(swappedOut, "host", app)
	if out != nil {
		return sum(grown(out, 1), grown(in, 1))
	}
	used, back := p.one(containerSwap, "host", app), p.one(refaults, "host", app)
	if used == nil && back == nil {
		return nil
	}
	return sum(grown(used, 1.0/pageBytes), grown(back, 1))
}

// grown returns by how much a counter has grown since its first sample, falls left
// out, in units of scale. nil gives nil.
func grown(s *series, scale float64) cumulative {
	if s == nil {
		return nil
	}
	c, total := make(cumulative, len(s.points)), 0.0
	for i, q := range s.points {
		if i > 0 {
			total += max(0, q.y-s.points[i-1].y) * scale
		}
		c[i] = point{q.x, total}
	}
	return c
}

// sum adds two counters at the times of the first that is there.
func sum(a, b cumulative) cumulative {
	if len(a) == 0 {
		return b
	}
	total := slices.Clone(a)
	for i := range total {
		total[i].y += b.at(total[i].x)
	}
	return total
}

// at returns the count at a time, linear between samples; before the first and after the last it stands still.
func (c cumulative) at(t float64) float64 {
	i := sort.Search(len(c), func(i int) bool { return c[i].x >= t })
	switch {
	case len(c) == 0:
		return 0
	case i == 0:
		return c[0].y
	case i == len(c):
		return c[i-1].y
	}
	a, b := c[i-1], c[i]
	return a.y + (b.y-a.y)*(t-a.x)/(b.x-a.x)
}

// rates returns the growth a second between samples, at the later one's time.
func (c cumulative) rates() []point {
	var rates []point
	for i := 1; i < len(c); i++ {
		if dt := c[i].x - c[i-1].x; dt > 0 {
			rates = append(rates, point{c[i].x, (c[i].y - c[i-1].y) / dt})
		}
	}
	return rates
}

// swapUsed returns how much swap the application guest uses over time.
func (p *ramp) swapUsed() []point {
	if free := p.one(swapFree, "host", app); free != nil {
		most := 0.0 // the guest with its swap as empty as it ever was uses none
		for _, q := range free.points {
			most = max(most, q.y)
		}
		used := make([]point, len(free.points))
		for i, q := range free.points {
			used[i] = point{q.x, most - q.y}
		}
		return used
	}
	if p.one(swappedOut, "host", app) != nil {
		return nil // the control group is the emulator's, not the guest's
	}
	if s := p.one(containerSwap, "host", app); s != nil {
		return s.points
	}
	return nil
}

// swapFromCounters finds where sustained swapping begins: half way before the first
// sample whose rate exceeds the threshold, as do the mean rates of each of the three
// spans that begin there; only the third may be beyond the last sample. Where the
// samples end without one, more than these spans before the run does, there may have
// been one later. The threshold is twice the median rate of the spans in the first 15 %
// of the run, or the median plus five robust standard deviations if that is more;
// but at least swapFloor and at most swapCeiling. Samples more than a second apart must
// exceed it in their last second only, when the spans begin then, and before that the
// median plus the deviations: swapping that begins late in a gap is not that of the next.
func (p *ramp) swapFromCounters() onset {
	traffic := p.swapTraffic()
	if len(traffic) < 2 || p.duration <= 0 {
		return onset{}
	}
	rate := func(t float64) float64 { return (traffic.at(t+swapSpan) - traffic.at(t)) / swapSpan }
	var quiet []float64
	for t := traffic[0].x; t+swapSpan <= max(learning*p.duration, 2*swapSpan); t += max(1, p.duration/1000) {
		quiet = append(quiet, rate(t))
	}
	threshold, usual := float64(swapFloor), 0.0
	if len(quiet) > 0 {
		middle := stat.Median(slices.Clone(quiet))
		usual = min(middle+5*stat.Spread(quiet), swapCeiling)
		threshold = min(max(threshold, 2*middle, usual), swapCeiling)
	}
	last := traffic[len(traffic)-1].x
	for i := 1; i < len(traffic); i++ {
		before, now := traffic[i-1], traffic[i]
		gap := now.x - before.x
		if gap <= 0 || now.y-before.y <= threshold*min(gap, 1)+usual*max(0, gap-1) {
			continue
		}
		sustained := before.x+(swapSpans-1)*swapSpan <= last // else it is too late to tell
		for k := range swapSpans {
			from := now.x - min(gap, 1) + float64(k*swapSpan)
			sustained = sustained && (from+swapSpan > last || rate(from) > threshold)
		}
		if sustained {
			return onset{measured: true, found: true, time: (before.x + now.x) / 2, gap: gap, resolution: gap}
		}
	}
	if last < p.duration-swapSpans*swapSpan {
		return onset{measured: true, until: last}
	}
	return onset{measured: true}
}
