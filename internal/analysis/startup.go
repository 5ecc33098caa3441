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

// startup tells how long a testbed takes to serve, and what its image takes.
func startup(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Startup) {
		for _, m := range []struct{ metric, name, unit string }{
			{startupDuration, "first_page", finding.Seconds},
			{imageBuildDuration, "image_build", finding.Seconds},
			{imageSize, "image_size", finding.Bytes},
		} {
			if values := run.values(m.metric); len(values) > 0 {
				q.plain(m.name, m.unit).set(run.runKey, stat.Mean(values), len(values))
			}
		}
	}
	q.flush()
}
