package analysis

import (
	"cmp"
	"slices"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// report collects the findings of one analysis.
type report struct {
	campaign *campaign
	analysis string
	full     [][]finding.Finding // each findingsTogether
	last     []finding.Finding
}

// findingsTogether is how many findings are stored together: a slice that grows is copied
// again and again.
const findingsTogether = 1024

// add adds a finding, which is of the report's analysis. One whose value is no finite
// number, as from rows near the limits of their type, says nothing and is left out;
// an interval that has no finite end is none.
func (r *report) add(f finding.Finding) {
	if !finite(f.Value) || f.X.Present() && !finite(f.X) {
		return
	}
	if !finite(f.Low) || !finite(f.High) {
		f.Low, f.High = finding.None, finding.None
	}
	f.Analysis = r.analysis
	if len(r.last) == findingsTogether {
		r.full, r.last = append(r.full, r.last), make([]finding.Finding, 0, findingsTogether)
	}
	r.last = append(r.last, f)
}

func finite(n finding.Number) bool { return n-n == 0 }

// sorted returns the findings by their columns from left to right, except that the
// points of a series stay together: the note, which tells series apart, goes before x.
// In that of a comparison are its p-values: there it does not.
func (r *report) sorted() []finding.Finding {
	var all []*finding.Finding // which are quicker to move than what they point to
	for _, some := range append(r.full, r.last) {
		for i := range some {
			all = append(all, &some[i])
		}
	}
	slices.SortFunc(all, order)
	sorted := make([]finding.Finding, len(all))
	for i, f := range all {
		sorted[i] = *f
	}
	return sorted
}

// order compares as sorted says. In a long series x is the first column that differs.
func order(a, b *finding.Finding) int {
	if c := cmp.Or(strings.Compare(a.Testbed, b.Testbed), strings.Compare(a.Baseline, b.Baseline), cmp.Compare(a.Run, b.Run)); c != 0 {
		return c
	}
	if c := cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(seriesNote(a), seriesNote(b))); c != 0 {
		return c
	}
	if c := cmp.Compare(a.X, b.X); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Note, b.Note), cmp.Compare(a.Value, b.Value), cmp.Compare(a.N, b.N))
}

// seriesNote tells series of a name apart.
func seriesNote(f *finding.Finding) csvio.Labels {
	if f.Baseline != "" {
		return ""
	}
	return f.Note
}

// scalar returns a finding without x and interval.
func scalar(testbed, name, unit string, value float64, n int) finding.Finding {
	return finding.Finding{
		Testbed: testbed, Name: name, X: finding.None, Value: finding.Number(value),
		Low: finding.None, High: finding.None, Unit: unit, N: n,
	}
}

// sample is a point of a series and the number of rows that it rests on.
type sample struct {
	point
	n int
}

// series adds a series of a run.
func (r *report) series(of runKey, name, unit string, samples []sample) {
	for _, s := range samples {
		f := scalar(of.testbed, name, unit, s.y, s.n)
		f.Run, f.X = finding.Run(of.number), finding.Number(s.x)
		r.add(f)
	}
}

// each returns the points as samples that rest on n rows each.
func each(points []point, n int) []sample {
	samples := make([]sample, len(points))
	for i, p := range points {
		samples[i] = sample{p, n}
	}
	return samples
}
