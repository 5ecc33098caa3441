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
	q := newQuantities(r)
	failed := map[string]map[string]bool{} // codes by testbed
	type tally struct {
		*ramp
		good   int
		failed map[string]int // by code
	}
	var tallies []tally
	for _, p := range c.ramps() {
		t := tally{ramp: p, failed: map[string]int{}}
		for _, one := range p.requests {
			if one.fate == good {
				t.good++
			} else {
				t.failed[c.codes.names[one.code]]++
			}
		}
		tallies = append(tallies, t)
		if failed[p.testbed] == nil {
			failed[p.testbed] = map[string]bool{}
		}
		for code := range t.failed {
			failed[p.testbed][code] = true
		}
	}
	for _, t := range tallies {
		n := len(t.requests)
		q.plain("successful_requests", finding.Requests).set(t.runKey, float64(t.good), n)
		q.of("failed_requests", finding.Requests, finding.None, codeNote(allCodes)).set(t.runKey, float64(n-t.good), n)
		// A code that one run has, the testbed's others have none of.
		for code := range failed[t.testbed] {
			one := q.of("failed_requests", finding.Requests, finding.None, codeNote(code))
			one.absolute = true // testbeds need not fail in the same ways
			one.set(t.runKey, float64(t.failed[code]), n)
		}
		if seconds, ok := t.cpuSeconds(); ok && t.good > 0 {
			q.plain("cpu_per_request", finding.Seconds).set(t.runKey, seconds/float64(t.good), t.good)
		}
		r.series(t.runKey, "requests_per_second", finding.RequestsPerSecond, t.rate(func(one request) bool { return one.fate == good }))
	}
	q.flush()
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
