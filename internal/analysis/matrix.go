package analysis

import (
	"maps"
	"math"
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
// alone right before and after it, so that what drifts in between is not its doing
// (Matthews et al., ExpCS 2007). A request that timed out counts at its limit: where
// there are many, degradation is a lower bound.
func matrix(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Isolation) {
		for victim, metric := range victims {
			took := map[string][]point{} // by aggressor
			for _, s := range run.all(metric, "victim", victim) {
				if aggressor, ok := s.labels.Lookup("aggressor"); ok {
					took[aggressor] = append(took[aggressor], s.points...)
				}
			}
			for _, aggressor := range slices.Sorted(maps.Keys(took)) {
				note := csvio.MakeLabels("aggressor", aggressor, "victim", victim)
				m, n := median(took[aggressor]), len(took[aggressor])
				if aggressor == unstressed {
					q.of("unstressed", finding.Seconds, finding.None, note).set(run.runKey, m, n)
					continue
				}
				q.of("stressed", finding.Seconds, finding.None, note).set(run.runKey, m, n)
				calm := around(took, aggressor)
				if m0 := median(calm); m0 > 0 {
					q.of("degradation", finding.Ratio, finding.None, note).setRatio(run.runKey, m, m0, n+len(calm))
				}
			}
		}
	}
	q.flush()
}

// around returns the measurements alone that no other aggressor lies between and this one.
func around(took map[string][]point, aggressor string) []point {
	begin, end := span(took[aggressor])
	from, to := math.Inf(-1), math.Inf(1)
	for other, points := range took {
		if other == unstressed || other == aggressor {
			continue
		}
		switch b, e := span(points); {
		case e < begin:
			from = max(from, e)
		case b > end:
			to = min(to, b)
		}
	}
	var near []point
	for _, p := range took[unstressed] {
		if p.x > from && p.x < to {
			near = append(near, p)
		}
	}
	return near
}

// span is when the first and the last of the points were measured.
func span(points []point) (begin, end float64) {
	begin, end = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		begin, end = min(begin, p.x), max(end, p.x)
	}
	return begin, end
}

// median returns the points' median value, and 0 of none.
func median(points []point) float64 {
	if len(points) == 0 {
		return 0
	}
	values := make([]float64, len(points))
	for i, p := range points {
		values[i] = p.y
	}
	slices.Sort(values)
	return stat.Quantile(values, 0.5)
}
