package analysis

import (
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// operations are the metrics of the operation experiment, with their findings.
var operations = []struct {
	metric, state string // state: the label's value, if it must have one
	name, unit    string
}{
	{startupDuration, "cold", "first_page_cold", finding.Seconds},
	{startupDuration, "warm", "first_page_warm", finding.Seconds},
	{"guest_written_bytes", "", "written", finding.Bytes},
	{"teardown_duration_seconds", "", "teardown", finding.Seconds},
	{"pause_duration_seconds", "", "pause", finding.Seconds},
	{"resume_duration_seconds", "", "resume", finding.Seconds},
	{"snapshot_duration_seconds", "", "snapshot", finding.Seconds},
	{"snapshot_size_bytes", "", "snapshot_size", finding.Bytes},
	{"checkpoint_duration_seconds", "", "checkpoint", finding.Seconds},
	{"checkpoint_size_bytes", "", "checkpoint_size", finding.Bytes},
	{"restore_duration_seconds", "", "restore", finding.Seconds},
}

var operationMetrics = func() (all []string) {
	for _, o := range operations {
		if !slices.Contains(all, o.metric) {
			all = append(all, o.metric)
		}
	}
	return all
}()

// operation tells what starting, stopping, pausing and copying a testbed takes.
func operation(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Operation) {
		for _, o := range operations {
			var labels []string
			if o.state != "" {
				labels = []string{"state", o.state}
			}
			if values := run.values(o.metric, labels...); len(values) > 0 {
				q.plain(o.name, o.unit).set(run.runKey, stat.Mean(values), len(values))
			}
		}
	}
	q.flush()
}
