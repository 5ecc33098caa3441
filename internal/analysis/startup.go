package analysis

import (
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// Metrics of the startup experiment.
const (
	startupDuration    = "startup_duration_seconds" // from stopped to the first good page
	imageBuildDuration = "image_build_duration_seconds"
	imageSize          = "image_size_bytes"
)

// startup tells how long a testbed takes to serve, and what its image takes. An image
// is built once: runs that report the same build, to the last digit, are one.
func startup(c *campaign, r *report) {
	q := newQuantities(r)
	type build struct {
		testbed, metric string
		value           float64
	}
	seen := map[build]bool{}
	for _, run := range c.of(observation.Startup) {
		if values := run.values(startupDuration); len(values) > 0 {
			q.plain("first_page", finding.Seconds).set(run.runKey, stat.Mean(values), len(values))
		}
		for _, m := range []struct{ metric, name, unit string }{
			{imageBuildDuration, "image_build", finding.Seconds},
			{imageSize, "image_size", finding.Bytes},
		} {
			values := run.values(m.metric)
			if len(values) == 0 {
				continue
			}
			b := build{run.testbed, m.metric, stat.Mean(values)}
			if !seen[b] {
				q.plain(m.name, m.unit).set(run.runKey, b.value, len(values))
			}
			seen[b] = true
		}
	}
	q.flush()
}
