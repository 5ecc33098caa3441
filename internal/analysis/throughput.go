package analysis

import (
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// containerCPU is the CPU time that a guest's control group has used, on the host.
const containerCPU = "container_cpu_usage_seconds_total"

// allCodes stands for the sum over the codes of failed requests.
const allCodes = "all"

// throughput counts what the ramp's users got and failed to get, and what it cost.
func throughput(c *campaign, r *report) {
	ramps := c.ramps()
	tallies := make([]tally, len(ramps))
	parallel(len(ramps), func(i int) { tallies[i] = ramps[i].tally(&c.codes) })
	codes := map[string]map[string]bool{} // of failures, by testbed
	for i, p := range ramps {
		if codes[p.testbed] == nil {
			codes[p.testbed] = map[string]bool{}
		}
		for code := range tallies[i].failed {
			codes[p.testbed][code] = true
		}
	}
	q := newQuantities(r)
	for i, p := range ramps {
		t, n := tallies[i], len(p.requests)
		q.plain("successful_requests", finding.Requests).set(p.runKey, float64(t.good), n)
		q.of("failed_requests", finding.Requests, finding.None, codeNote(allCodes)).set(p.runKey, float64(n-t.good), n)
		for code := range codes[p.testbed] { // one that this run has none of too
			one := q.of("failed_requests", finding.Requests, finding.None, codeNote(code))
			one.absolute = true // testbeds need not fail in the same ways
			one.set(p.runKey, float64(t.failed[code]), n)
		}
		if seconds, ok := p.cpuSeconds(); ok && t.good > 0 {
			q.plain("cpu_per_request", finding.Seconds).set(p.runKey, seconds/float64(t.good), t.good)
		}
		r.series(p.runKey, "requests_per_second", finding.RequestsPerSecond, t.rate)
	}
	q.flush()
}

// tally is what a run's requests came to.
type tally struct {
	good   int
	failed map[string]int // by code
	rate   []sample       // of successful requests
}

func (p *ramp) tally(c *codes) tally {
	t := tally{failed: map[string]int{}, rate: p.rate(func(_ code, f fate) bool { return f == good })}
	for i, e := range p.endings.codes {
		switch {
		case e.all == 0:
		case e.fate == good:
			t.good += e.all
		default:
			t.failed[c.names[i]] = e.all
		}
	}
	return t
}

func codeNote(code string) csvio.Labels { return csvio.MakeLabels("code", code) }

// cpuSeconds returns the CPU time of both guests over the run, from their control
// groups; ok is false if one of them has no counter.
func (p *ramp) cpuSeconds() (seconds float64, ok bool) {
	for _, guest := range []string{app, db} {
		counters := p.all(containerCPU, "host", guest)
		if len(counters) == 0 {
			return 0, false
		}
		for _, s := range counters {
			seconds += increase(s.points)
		}
	}
	return seconds, seconds > 0
}

// increase returns by how much a cumulative counter grew in all, resets not counted.
func increase(points []point) float64 {
	sum := 0.0
	for i := 1; i < len(points); i++ {
		sum += max(0, points[i].y-points[i-1].y)
	}
	return sum
}
