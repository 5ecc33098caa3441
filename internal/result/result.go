// Package result answers the questions that figures and text put to findings:
// which testbeds there are, what was found for one of them, how it compares.
package result

import (
	"cmp"
	"maps"
	"slices"

	"virtcmp/internal/finding"
)

// Set is a collection of findings, indexed. It is not changed after New.
type Set struct {
	testbeds []string
	baseline string
	index    map[key]Rows
}

type key struct {
	analysis, testbed, name string
	cell                    Cell
}

// Cell is a place in the matrix of isolation. Findings of no cell have the zero Cell.
type Cell struct{ Aggressor, Victim string }

// New indexes the findings. Their order does not matter.
func New(all []finding.Finding) *Set {
	s := &Set{index: map[key]Rows{}}
	testbeds, baselines := map[string]bool{}, map[string]bool{}
	for _, f := range all {
		k := key{f.Analysis, f.Testbed, f.Name, Cell{}}
		if f.Analysis == finding.Isolation {
			k.cell = Cell{f.Note.Get("aggressor"), f.Note.Get("victim")}
		}
		s.index[k] = append(s.index[k], f)
		if f.Testbed != "" {
			testbeds[f.Testbed] = true
		}
		if f.Baseline != "" {
			baselines[f.Baseline] = true
		}
	}
	for _, rows := range s.index {
		slices.SortStableFunc(rows, compareRows)
	}
	if names := slices.Sorted(maps.Keys(baselines)); len(names) > 0 {
		s.baseline = names[0]
	} else {
		s.baseline = s.recordedBaseline(testbeds)
	}
	s.testbeds = slices.SortedFunc(maps.Keys(testbeds), func(a, b string) int {
		return cmp.Or(boolFirst(a == s.baseline, b == s.baseline), cmp.Compare(a, b))
	})
	return s
}

// compareRows orders one name's findings: over all runs before each run, along x.
func compareRows(a, b finding.Finding) int {
	return cmp.Or(
		cmp.Compare(a.Baseline, b.Baseline),
		cmp.Compare(a.Run, b.Run),
		cmp.Compare(a.X, b.X), // NaN, so none, comes first
		cmp.Compare(a.Note, b.Note),
		cmp.Compare(a.Value, b.Value),
	)
}

func boolFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// recordedBaseline is what the campaign names as its baseline, for findings that
// compare nothing.
func (s *Set) recordedBaseline(testbeds map[string]bool) string {
	for _, t := range slices.Sorted(maps.Keys(testbeds)) {
		if b := s.Fact(t, Generator, "baseline"); testbeds[b] {
			return b
		}
	}
	return ""
}

// Testbeds returns the testbeds' names: the baseline, then the others by name.
func (s *Set) Testbeds() []string { return s.testbeds }

// Baseline returns the testbed that ratios are taken against, or "".
func (s *Set) Baseline() string { return s.baseline }

// Others returns the testbeds that are compared with the baseline.
func (s *Set) Others() []string {
	if s.baseline == "" || len(s.testbeds) == 0 {
		return nil
	}
	return s.testbeds[1:]
}

// Rows returns everything found under that name for the testbed, without what is of
// cells of the isolation matrix.
func (s *Set) Rows(analysis, testbed, name string) Rows {
	return s.index[key{analysis, testbed, name, Cell{}}]
}

// Cell returns everything found under that name for the testbed in a cell of the
// isolation matrix.
func (s *Set) Cell(testbed, name string, of Cell) Rows {
	return s.index[key{finding.Isolation, testbed, name, of}]
}

// aggressors and victims in the order in which they are shown; others come after them.
var (
	aggressors = []string{"cpu", "memory", "disk", "network", "fork"}
	victims    = []string{"select", "insert", "http"}
)

// Matrix returns the aggressors and the victims of the cells that have a degradation on
// any testbed.
func (s *Set) Matrix() (rows, columns []string) {
	for k := range s.index {
		if k.cell.Aggressor != "" && k.cell.Victim != "" && k.name == "degradation" {
			rows, columns = append(rows, k.cell.Aggressor), append(columns, k.cell.Victim)
		}
	}
	return inOrder(rows, aggressors), inOrder(columns, victims)
}

// inOrder returns the names without repetition: those that are known as these are, then
// the others by name.
func inOrder(names, known []string) []string {
	place := func(name string) int {
		if i := slices.Index(known, name); i >= 0 {
			return i
		}
		return len(known)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(place(a)-place(b), cmp.Compare(a, b)) })
	return slices.Compact(names)
}

// Has reports whether the analysis gave anything at all for the testbed.
func (s *Set) Has(analysis, testbed string) bool {
	for k := range s.index {
		if k.analysis == analysis && k.testbed == testbed {
			return true
		}
	}
	return false
}

// Names returns every name the analysis gave findings under, sorted.
func (s *Set) Names(analysis string) []string {
	names := map[string]bool{}
	for k := range s.index {
		if k.analysis == analysis {
			names[k.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Scalar returns the testbed's value over all runs.
func (s *Set) Scalar(analysis, testbed, name string) (finding.Finding, bool) {
	return s.Rows(analysis, testbed, name).Absolute().Overall().First()
}

// Ratio returns the testbed's value over all runs as a ratio to the baseline's.
func (s *Set) Ratio(analysis, testbed, name string) (finding.Finding, bool) {
	return s.Rows(analysis, testbed, name).Compared(s.baseline).Overall().First()
}

// Runs returns the numbers of the testbed's runs that have the name.
func (s *Set) Runs(analysis, testbed, name string) []finding.Run {
	var runs []finding.Run
	for _, f := range s.Rows(analysis, testbed, name).Absolute() {
		if f.Run != finding.AllRuns && !slices.Contains(runs, f.Run) {
			runs = append(runs, f.Run)
		}
	}
	slices.Sort(runs)
	return runs
}

// Representative returns the testbed's run with the median number of successful
// requests: the one that is drawn where only one can be. Of two in the middle it is
// the lesser. Without requests it is the first run of the request series, or AllRuns.
func (s *Set) Representative(testbed string) finding.Run {
	runs := s.Rows(finding.Throughput, testbed, "successful_requests").Absolute().EachRun()
	if len(runs) == 0 {
		if all := s.Runs(finding.Latency, testbed, "request"); len(all) > 0 {
			return all[0]
		}
		return finding.AllRuns
	}
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Run, b.Run))
	})
	return runs[(len(runs)-1)/2].Run
}

// Rows are findings of one analysis, testbed and name, from over all runs to the
// last run, along x. The methods narrow them down.
type Rows []finding.Finding

// where keeps some: as they are in order, often a stretch, of which no copy is made.
func (r Rows) where(keep func(*finding.Finding) bool) Rows {
	var kept Rows
	first, n := 0, 0 // of the stretch
	for i := range r {
		if !keep(&r[i]) {
			continue
		}
		switch {
		case kept == nil && n == 0:
			first, n = i, 1
		case kept == nil && i == first+n:
			n++
		default:
			if kept == nil {
				kept = append(kept, r[first:first+n]...)
			}
			kept = append(kept, r[i])
		}
	}
	if kept == nil && n > 0 {
		return r[first : first+n : first+n]
	}
	return kept
}

// Absolute keeps what is not a comparison.
func (r Rows) Absolute() Rows {
	return r.where(func(f *finding.Finding) bool { return f.Baseline == "" })
}

// Compared keeps the comparisons with the baseline.
func (r Rows) Compared(baseline string) Rows {
	return r.where(func(f *finding.Finding) bool { return f.Baseline != "" && f.Baseline == baseline })
}

// Overall keeps what stands over all runs.
func (r Rows) Overall() Rows { return r.OfRun(finding.AllRuns) }

// OfRun keeps what stands for that run.
func (r Rows) OfRun(run finding.Run) Rows {
	return r.where(func(f *finding.Finding) bool { return f.Run == run })
}

// EachRun keeps what stands for a single run.
func (r Rows) EachRun() Rows {
	return r.where(func(f *finding.Finding) bool { return f.Run != finding.AllRuns })
}

// At keeps what stands at x.
func (r Rows) At(x float64) Rows {
	return r.where(func(f *finding.Finding) bool { return float64(f.X) == x })
}

// Labelled keeps what has the label, key=value, in its note.
func (r Rows) Labelled(key, value string) Rows {
	return r.where(func(f *finding.Finding) bool { return f.Note.Get(key) == value })
}

// First returns the first row, if there is one.
func (r Rows) First() (finding.Finding, bool) {
	if len(r) == 0 {
		return finding.Finding{}, false
	}
	return r[0], true
}

// Xs returns the distinct x there are, ascending.
func (r Rows) Xs() []float64 {
	var xs []float64
	for _, f := range r {
		if f.X.Present() {
			xs = append(xs, float64(f.X))
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}
