package analysis

import (
	"slices"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// selectDuration is the metric of a SELECT: a row each.
const selectDuration = "sql_select_duration_seconds"

// selects tells how long single SELECTs took.
func selects(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Select) {
		took := run.values(selectDuration)
		if len(took) == 0 {
			continue
		}
		var intervals map[string]stat.Interval
		if c.single(run.runKey) {
			intervals = within(took, "mean", map[string]float64{"median": 0.5})
		}
		slices.Sort(took)
		n := len(took)
		q.plain("median", finding.Seconds).set(run.runKey, stat.Quantile(took, 0.5), n)
		q.plain("mean", finding.Seconds).set(run.runKey, stat.Mean(took), n)
		q.plain("p99", finding.Seconds).set(run.runKey, stat.Quantile(took, 0.99), n)
		for name, interval := range intervals {
			q.plain(name, finding.Seconds).within(run.runKey, interval)
		}
	}
	q.flush()
}
