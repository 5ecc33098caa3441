package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// quantity is a scalar that each run has. It stands in the findings once for every
// run, once over all runs of a testbed and, against the baseline, once as a ratio.
type quantity struct {
	name, unit string
	x          finding.Number // None but where the name is a series over levels
	note       csvio.Labels   // tells it from others of that name
	absolute   bool           // its ratio means nothing

	runs  map[string]map[int]value // by testbed and run
	outOf map[string]int           // runs by testbed that might have had it, where some may not
}

// value is a quantity's value in a run: num/den.
type value struct {
	num, den float64
	n        int // what it rests on
}

// quantities are a report's, made as they turn up.
type quantities struct {
	report *report
	all    map[quantityKey]*quantity
}

type quantityKey struct {
	name string
	x    string
	note csvio.Labels
}

func newQuantities(r *report) *quantities {
	return &quantities{r, map[quantityKey]*quantity{}}
}

// of returns the quantity of that name, x and note.
func (q *quantities) of(name, unit string, x finding.Number, note csvio.Labels) *quantity {
	key := quantityKey{name, fmt.Sprint(x), note}
	if q.all[key] == nil {
		q.all[key] = &quantity{name: name, unit: unit, x: x, note: note, runs: map[string]map[int]value{}}
	}
	return q.all[key]
}

// plain returns the quantity of that name without x and note.
func (q *quantities) plain(name, unit string) *quantity { return q.of(name, unit, finding.None, "") }

// set gives the quantity's value in a run.
func (q *quantity) set(r runKey, v float64, n int) { q.setRatio(r, v, 1, n) }

// setRatio gives the quantity's value in a run as num/den; over all runs it is the
// ratio of the means.
func (q *quantity) setRatio(r runKey, num, den float64, n int) {
	if q.runs[r.testbed] == nil {
		q.runs[r.testbed] = map[int]value{}
	}
	q.runs[r.testbed][r.number] = value{num, den, n}
}

// flush adds the findings of all quantities.
func (q *quantities) flush() {
	for _, one := range q.all { // in any order: the report is sorted
		one.flush(q.report)
	}
}

func (q *quantity) flush(r *report) {
	for testbed, runs := range q.runs {
		for number, v := range runs {
			f := q.finding(testbed, v.num/v.den, v.n)
			f.Run = finding.Run(number)
			r.add(f)
		}
		q.overRuns(r, testbed)
		q.ratio(r, testbed)
	}
}

// overRuns adds the mean over the runs of a testbed.
func (q *quantity) overRuns(r *report, testbed string) {
	s := q.sample(testbed)
	f := q.finding(testbed, s.Value(), s.N())
	if total, ok := q.outOf[testbed]; ok {
		f.Note = f.Note.With("runs", strconv.Itoa(total)).With("without", strconv.Itoa(total-s.N()))
	}
	interval, ok := s.Mean(r.random(&f))
	q.bound(&f, interval, ok)
	r.add(f)
}

// ratio adds the comparison with the baseline, if it means something.
func (q *quantity) ratio(r *report, testbed string) {
	baseline := r.campaign.baseline
	if testbed == baseline || q.absolute || len(q.runs[baseline]) == 0 {
		return
	}
	s, base := q.sample(testbed), q.sample(baseline)
	if base.Value() <= 0 || s.Value() < 0 {
		return
	}
	f := q.finding(testbed, s.Value()/base.Value(), min(s.N(), base.N()))
	f.Baseline, f.Unit = baseline, finding.Ratio
	interval, ok := s.Ratio(base, r.random(&f))
	q.bound(&f, interval, ok)
	r.add(f)
}

// bound sets the finding's interval, or says why it has none.
func (q *quantity) bound(f *finding.Finding, i stat.Interval, ok bool) {
	switch {
	case ok:
		f.Low, f.High = finding.Number(i.Low), finding.Number(i.High)
	case f.N < stat.MinRuns:
		f.Note = f.Note.With("interval", finding.TooFewRuns)
	default:
		f.Note = f.Note.With("interval", "not-positive") // a value has no logarithm
	}
}

func (q *quantity) finding(testbed string, v float64, n int) finding.Finding {
	f := scalar(testbed, q.name, q.unit, v, n)
	f.X, f.Note = q.x, q.note
	return f
}

// sample returns a testbed's runs in order of their numbers.
func (q *quantity) sample(testbed string) stat.Runs {
	runs := q.runs[testbed]
	var s stat.Runs
	paired := false
	for _, number := range slices.Sorted(maps.Keys(runs)) {
		v := runs[number]
		s.Num, s.Den = append(s.Num, v.num), append(s.Den, v.den)
		paired = paired || v.den != 1
	}
	if !paired {
		s.Den = nil
	}
	return s
}
