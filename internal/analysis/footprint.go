package analysis

import (
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// hostMemory is the host's memory in use, labelled state=empty or state=idle.
const hostMemory = "host_memory_footprint_bytes"

// guests of a testbed: the application's and the database's.
const guests = 2

// footprint tells what memory the host needs without and with the idle testbed.
func footprint(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Footprint) {
		state := func(name string) (float64, int) {
			values := run.values(hostMemory, "state", name)
			if len(values) > 0 {
				q.plain(name, finding.Bytes).set(run.runKey, stat.Mean(values), len(values))
			}
			return stat.Mean(values), len(values)
		}
		empty, before := state("empty")
		idle, after := state("idle")
		if before > 0 && after > 0 {
			q.plain("testbed", finding.Bytes).set(run.runKey, idle-empty, before+after)
			q.plain("guest", finding.Bytes).set(run.runKey, (idle-empty)/guests, before+after)
		}
	}
	q.flush()
}
