package analysis_test

import (
	"testing"

	"virtcmp/internal/analysis"
	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/observation"
)

// manyRows returns three runs of the ramp that collect has as its default on three
// testbeds: about 450,000 rows.
func manyRows() []observation.Observation {
	c := simulate.First(1)
	c.Runs, c.Ramp = 3, simulate.Ramp{From: 1, To: 100, Over: 720, End: 800, Timeout: 30}
	return c.Rows()
}

func observe(rows []observation.Observation) *analysis.Analyzer {
	a := analysis.New(analysis.Options{Seed: 1})
	for i := range rows {
		a.Observe(&rows[i])
	}
	return a
}

func BenchmarkObserve(b *testing.B) {
	rows := manyRows()
	for b.Loop() {
		observe(rows)
	}
	reportRows(b, len(rows))
}

func BenchmarkFindings(b *testing.B) {
	rows := manyRows()
	for b.Loop() {
		b.StopTimer()
		a := observe(rows)
		b.StartTimer()
		if _, err := a.Findings(nil); err != nil {
			b.Fatal(err)
		}
	}
	reportRows(b, len(rows))
}

// reportRows adds the time a row takes.
func reportRows(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}
