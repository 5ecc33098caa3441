package analysis

import (
	"strconv"

	"virtcmp/internal/finding"
)

// resolutionFact is how finely the file tells time that a run was read from, in seconds;
// collect's own tell it to the nanosecond, and have no such fact.
const resolutionFact = "time_resolution_seconds"

// coarse reports whether the testbed's requests may agree by chance in all that is known of them.
func (c *campaign) coarse(testbed string) bool {
	seconds, _ := c.facts.number(testbed, generator, resolutionFact)
	return seconds >= 1e-4
}

// recordedElsewhere warns of what another program recorded: of how the testbed was set up,
// and that its guests were started afresh and measured in turns, nothing is known but its facts.
func recordedElsewhere(c *campaign, r *report) {
	for _, testbed := range c.testbeds {
		form, ok := c.facts.lookup(testbed, generator, "source_format")
		if !ok {
			continue
		}
		labels := []string{"format", form}
		if tool, ok := c.facts.lookup(testbed, generator, "source_tool"); ok {
			labels = append(labels, "tool", tool)
		}
		r.warn(testbed, finding.RecordedElsewhere, c.count(testbed), labels...)
	}
}

// coarseTimes warns of requests whose times are known to the second only.
func coarseTimes(c *campaign, r *report) {
	for _, testbed := range c.testbeds {
		if seconds, _ := c.facts.number(testbed, generator, resolutionFact); seconds >= 0.5 {
			r.warn(testbed, finding.CoarseTimes, c.count(testbed), "seconds", short(seconds))
		}
	}
}

// onlySpectra warns of runs of which there are quantiles only.
func onlySpectra(c *campaign, r *report) {
	runs, requests := map[string]int{}, map[string]int{}
	for _, s := range c.spectra() {
		runs[s.testbed]++
		requests[s.testbed] += s.requests
	}
	for testbed, n := range runs {
		r.warn(testbed, finding.OnlyQuantiles, n, "runs", strconv.Itoa(n), "requests", strconv.Itoa(requests[testbed]))
	}
}
