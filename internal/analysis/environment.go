package analysis

import (
	"path/filepath"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// environment passes every fact on, known or not: once for a testbed with the
// number of runs that it holds in, or, of a fact that each trial has its own of,
// once for every run.
func environment(c *campaign, r *report) {
	for _, row := range c.facts.all() {
		note := csvio.Labels("")
		if row.host != "" {
			note = note.With("host", row.host)
		}
		if row.experiment != "" {
			note = note.With("experiment", row.experiment)
		}
		note = note.With("value", row.value)
		note = join(note, row.more)
		f := scalar(row.testbed, row.key, "", 1, len(row.runs))
		f.Note = note
		if row.experiment == "" {
			r.add(f)
			continue
		}
		f.N = 1
		for run := range row.runs {
			f.Run = finding.Run(run)
			r.add(f)
		}
	}
	for _, s := range c.sources {
		f := scalar("", "source", finding.Rows, float64(s.Rows), s.Rows)
		f.Note = csvio.MakeLabels("file", filepath.Base(s.Name), "sha256", s.SHA256)
		r.add(f)
	}
}
