package analysis

import (
	"maps"
	"slices"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// unstressed is the aggressor of a measurement beside none.
const unstressed = "none"

// victims says which metric tells how a victim does, by the name in its label.
var victims = map[string]string{"select": selectDuration, "insert": insertDuration, "http": requestDuration}

// matrix tells how much each victim in one guest suffers from each class of stress in
// another: a run's median query, batch or request beside it over the same run's median
// alone (Matthews et al., ExpCS 2007). A request that timed out counts at its limit, so
// that degradation is then a lower bound.
func matrix(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Isolation) {
		for victim, metric := range victims {
			took := map[string][]float64{} // by aggressor
			for _, s := range run.all(metric, "victim", victim) {
				if aggressor, ok := s.labels.Lookup("aggressor"); ok {
					took[aggressor] = append(took[aggressor], s.values()...)
				}
			}
			calm := median(took[unstressed])
			for _, aggressor := range slices.Sorted(maps.Keys(took)) {
				note := csvio.MakeLabels("aggressor", aggressor, "victim", victim)
				m, n := median(took[aggressor]), len(took[aggressor])
				if aggressor == unstressed {
					q.of("unstressed", finding.Seconds, finding.None, note).set(run.runKey, m, n)
					continue
				}
				q.of("stressed", finding.Seconds, finding.None, note).set(run.runKey, m, n)
				if calm > 0 {
					q.of("degradation", finding.Ratio, finding.None, note).setRatio(run.runKey, m, calm, n+len(took[unstressed]))
				}
			}
		}
	}
	q.flush()
}

// median returns the median, and 0 of nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return stat.Quantile(slices.Sorted(slices.Values(values)), 0.5)
}
