package analysis

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

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
	natural    bool           // its interval is on the natural scale, see stat.Runs
	root       bool           // it is the square root of what is set of the runs
	least      finding.Number // what it can't be less than over runs, whatever the runs' scatter; None: nothing

	runs   map[string]map[int]value // by testbed and run
	remark map[string]csvio.Labels  // by testbed, on the finding over all runs
	step   map[string]float64       // by testbed, of the scale that the runs' values are read off; 0: they are exact
}

// value is a quantity's value in a run: num/den.
type value struct {
	num, den float64
	n        int          // what it rests on
	shown    *float64     // what the run's finding says, where that is another
	remark   csvio.Labels // on the run's finding
	within   *stat.Interval
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
		q.all[key] = &quantity{name: name, unit: unit, x: x, note: note, least: finding.None, runs: map[string]map[int]value{}}
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
	q.runs[r.testbed][r.number] = value{num: num, den: den, n: n}
}

// show gives what the finding of a run says, where that is not what the quantity over
// runs is made of.
func (q *quantity) show(r runKey, v float64) {
	value := q.runs[r.testbed][r.number]
	value.shown = &v
	q.runs[r.testbed][r.number] = value
}

// say adds a remark on the quantity's value in a run.
func (q *quantity) say(r runKey, remark csvio.Labels) {
	v := q.runs[r.testbed][r.number]
	v.remark = join(v.remark, remark)
	q.runs[r.testbed][r.number] = v
}

// sayOverRuns adds a remark on the quantity over all runs of a testbed.
func (q *quantity) sayOverRuns(testbed string, remark csvio.Labels) {
	if q.remark == nil {
		q.remark = map[string]csvio.Labels{}
	}
	q.remark[testbed] = remark
}

// steps says that a testbed's values are read off a scale with steps of that size.
func (q *quantity) steps(testbed string, step float64) {
	if q.step == nil {
		q.step = map[string]float64{}
	}
	q.step[testbed] = step
}

// readings returns a testbed's values and their scale.
func (q *quantity) readings(testbed string) stat.Readings {
	return stat.Readings{Values: q.sample(testbed).Num, Step: q.step[testbed]}
}

// flush adds the findings of all quantities.
func (q *quantities) flush() {
	all := slices.Collect(maps.Values(q.all)) // in any order: the report is sorted
	parts := make([][]finding.Finding, len(all))
	parallel(len(all), func(i int) { parts[i] = all[i].findings(q.report.campaign, q.report.analysis) })
	for _, part := range parts {
		for _, f := range part {
			q.report.add(f)
		}
	}
}

// findings returns what there is to say of the quantity.
func (q *quantity) findings(c *campaign, analysis string) []finding.Finding {
	var all []finding.Finding
	summaries := map[string]stat.Summary{}
	for testbed, runs := range q.runs {
		for number, v := range runs {
			f := q.finding(testbed, v.num/v.den, v.n)
			f.Run, f.Note = finding.Run(number), join(f.Note, v.remark)
			if v.within != nil {
				f.Low, f.High = finding.Number(v.within.Low), finding.Number(v.within.High)
			}
			if v.shown != nil {
				f.Value = finding.Number(*v.shown)
			}
			all = append(all, f)
		}
		summaries[testbed] = stat.Summarise(q.sample(testbed))
	}
	for testbed, s := range summaries {
		f := q.finding(testbed, s.Value, s.N)
		f.Note = join(f.Note, q.remark[testbed])
		interval, ok := s.Mean()
		if ok && q.step != nil {
			interval = q.readings(testbed).Widen(interval)
		}
		all = append(all, q.possible(bounded(f, interval, ok)))
	}
	return append(all, q.comparisons(c, analysis, summaries)...)
}

// possible takes the root where that is the quantity, and cuts what can't be.
func (q *quantity) possible(f finding.Finding) finding.Finding {
	f = q.rooted(f)
	if q.least.Present() { // None stays None
		f.Value, f.Low, f.High = max(f.Value, q.least), max(f.Low, q.least), max(f.High, q.least)
	}
	return f
}

func (q *quantity) rooted(f finding.Finding) finding.Finding {
	if q.root {
		root := func(n finding.Number) finding.Number { return finding.Number(math.Sqrt(max(0, float64(n)))) }
		f.Value, f.Low, f.High = root(f.Value), root(f.Low), root(f.High)
	}
	return f
}

// join returns the labels of both.
func join(a, b csvio.Labels) csvio.Labels {
	if a == "" || b == "" {
		return a + b
	}
	return a + ";" + b
}

// bounded sets the finding's interval, or says why it has none.
func bounded(f finding.Finding, i stat.Interval, ok bool) finding.Finding {
	switch {
	case ok:
		f.Low, f.High = finding.Number(i.Low), finding.Number(i.High)
	case f.N < stat.MinRuns:
		f.Note = f.Note.With("interval", finding.TooFewRuns)
	default:
		f.Note = f.Note.With("interval", "not-positive") // a value has no logarithm
	}
	return f
}

func (q *quantity) finding(testbed string, v float64, n int) finding.Finding {
	f := scalar(testbed, q.name, q.unit, v, n)
	f.X, f.Note = q.x, q.note
	return f
}

// sample returns a testbed's runs in order of their numbers.
func (q *quantity) sample(testbed string) stat.Runs {
	runs := q.runs[testbed]
	s := stat.Runs{Natural: q.natural}
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

// drawsOf returns the permutations of a testbed's runs. They depend on the seed and the
// testbed alone: quantities share them, so that equal ones have equal tests whatever else
// is found.
func (c *campaign) drawsOf(testbed string) stat.Draws {
	h := fnv.New64a()
	h.Write([]byte(testbed))
	return stat.DrawOnce(func() *rand.Rand { return rand.New(rand.NewPCG(c.seed, h.Sum64())) })
}
