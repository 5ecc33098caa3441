package analysis

import (
	"maps"
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// insertDuration is the metric of a batch of INSERTs: a row each, labelled with the
// rows in the batch and the CPU stressors beside it.
const insertDuration = "sql_insert_duration_seconds"

// allIsolation finds what both experiments on isolation say.
func allIsolation(c *campaign, r *report) {
	isolation(c, r)
	matrix(c, r)
}

// isolation tells how much a testbed's INSERTs suffer from CPU stressors beside
// them: against the same testbed's own unstressed batches (Matthews et al.,
// Quantifying the performance isolation properties of virtualization systems, ExpCS 2007).
func isolation(c *campaign, r *report) {
	q := newQuantities(r)
	for _, run := range c.of(observation.Insert) {
		batches := run.batches()
		// Batches of different sizes are different quantities.
		for rows, levels := range batches {
			var note csvio.Labels
			if rows != "" {
				note = csvio.MakeLabels("rows", rows)
			}
			for _, stressors := range slices.Sorted(maps.Keys(levels)) {
				took, n := stat.Mean(levels[stressors]), len(levels[stressors])
				if stressors == 0 {
					q.of("unstressed", finding.Seconds, finding.None, note).set(run.runKey, took, n)
					continue
				}
				x := finding.Number(stressors)
				q.of("stressed", finding.Seconds, x, note).set(run.runKey, took, n)
				if calm := levels[0]; len(calm) > 0 && stat.Mean(calm) > 0 {
					q.of("degradation", finding.Ratio, x, note).setRatio(run.runKey, took, stat.Mean(calm), n+len(calm))
				}
			}
		}
	}
	q.flush()
}

// batches returns the durations of the run's batches by their size, as labelled, and
// the number of stressors beside them.
func (r *run) batches() map[string]map[int][]float64 {
	batches := map[string]map[int][]float64{}
	for _, s := range r.all(insertDuration) {
		rows := s.labels.Get("rows")
		stressors, err := strconv.Atoi(s.labels.Get("stress"))
		if _, labelled := s.labels.Lookup("stress"); labelled && (err != nil || stressors < 0) {
			continue // not a number of stressors
		}
		if batches[rows] == nil {
			batches[rows] = map[int][]float64{}
		}
		batches[rows][stressors] = append(batches[rows][stressors], s.values()...)
	}
	return batches
}
