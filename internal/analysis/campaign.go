package analysis

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// campaign is what the analyses look at: the observations that one of them reads,
// by run, and the facts.
type campaign struct {
	gatherings []*gathering // until they are put together
	codes      codes

	runs     []*run // about as they came
	facts    facts
	unread   map[string]int // rows by experiment that no analysis knows
	baseline string
	seed     uint64
	sources  []csvio.Stat // that the rows came from

	// Set by settle, in order of name and number.
	testbeds []string
	sorted   []*run
	twins    []twins
	draws    map[string]stat.Draws // by testbed

	found [][]finding.Finding // by the analyses that are done
}

// runKey identifies a run: one repetition of one experiment on one testbed.
type runKey struct {
	testbed, experiment string
	number              int
}

// run holds the observations of one run.
type run struct {
	runKey
	end      float64   // seconds: when the newest row says something of
	unsorted requests  // as they come
	requests []request // by when they were sent, once settled
	series   map[seriesKey]*series
	failed   int // rows of series whose code says so; they are in no series

	newest *series // of the row before

	ramp *ramp // of a ramp, once settled
}

// request is one HTTP request; a run may have millions.
type request struct {
	sent, took float64 // seconds
	users      int32   // negative: not recorded; of an open loop, see late
	code       code
	fate       fate
}

// fate is how a request ended, as far as the analyses care.
type fate uint8

const (
	good       fate = iota // succeeded
	timedOut               // was given up: it would have taken at least as long
	unfinished             // was cut off by the run's end: likewise, and it has not failed
	failed                 // in any other way, at whatever speed
)

func fateOf(code string) fate {
	switch {
	case observation.Good(code):
		return good
	case code == observation.CodeTimeout:
		return timedOut
	case code == observation.CodeUnfinished:
		return unfinished
	}
	return failed
}

// ended is when the request was answered or given up.
func (r request) ended() float64 { return r.sent + r.took }

// seriesKey names a counter or a probe's measurements within a run.
type seriesKey struct {
	metric string
	labels csvio.Labels
}

// series is a counter over time, or the measurements of a probe.
type series struct {
	seriesKey
	points []point
}

// point is a value at a time, or at another x.
type point struct{ x, y float64 }

// values returns the points' values in order of time.
func (s *series) values() []float64 {
	v := make([]float64, len(s.points))
	for i, p := range s.points {
		v[i] = p.y
	}
	return v
}

// settle brings everything into an order that does not depend on that of the rows.
func (c *campaign) settle() {
	c.together()
	c.sorted = slices.SortedFunc(slices.Values(c.runs), func(a, b *run) int {
		return cmp.Or(cmp.Compare(a.testbed, b.testbed), cmp.Compare(a.experiment, b.experiment), cmp.Compare(a.number, b.number))
	})
	for _, r := range c.sorted {
		c.testbeds = append(c.testbeds, r.testbed)
	}
	c.testbeds = slices.Compact(c.testbeds)
	c.twins = c.findTwins()
	c.draws = map[string]stat.Draws{}
	for _, testbed := range c.testbeds {
		c.draws[testbed] = c.drawsOf(testbed)
	}
	parallel(len(c.runs), func(i int) { // in order of their first rows, slabs come free one after the other
		r := c.runs[i]
		r.requests = r.unsorted.sorted(c.byTime)
		for _, s := range r.series {
			slices.SortFunc(s.points, func(a, b point) int {
				return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
			})
		}
		if r.experiment == observation.Ramp {
			r.ramp = c.newRamp(r)
		}
	})
}

// byTime orders requests by when they were sent, and those sent at once by what else is known of them.
func (c *campaign) byTime(a, b request) int {
	switch {
	case a.sent < b.sent:
		return -1
	case a.sent > b.sent:
		return 1
	}
	return cmp.Or(cmp.Compare(a.took, b.took), cmp.Compare(a.users, b.users), strings.Compare(c.codes.names[a.code], c.codes.names[b.code]))
}

// of returns the runs of an experiment.
func (c *campaign) of(experiment string) []*run {
	var runs []*run
	for _, r := range c.sorted {
		if r.experiment == experiment {
			runs = append(runs, r)
		}
	}
	return runs
}

// all returns the run's series of a metric whose labels have the given key=value
// pairs, in order of their labels.
func (r *run) all(metric string, pairs ...string) []*series {
	var found []*series
	for key, s := range r.series {
		if key.metric == metric && has(key.labels, pairs) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b *series) int { return cmp.Compare(a.labels, b.labels) })
	return found
}

func has(l csvio.Labels, pairs []string) bool {
	for i := 0; i+1 < len(pairs); i += 2 {
		if l.Get(pairs[i]) != pairs[i+1] {
			return false
		}
	}
	return true
}

// values returns the values of all such series.
func (r *run) values(metric string, pairs ...string) []float64 {
	var values []float64
	for _, s := range r.all(metric, pairs...) {
		values = append(values, s.values()...)
	}
	return values
}

// one returns the first of all, or nil.
func (r *run) one(metric string, pairs ...string) *series {
	if s := r.all(metric, pairs...); len(s) > 0 {
		return s[0]
	}
	return nil
}

// parallel calls fn with 0 to n-1, as many at a time as there are processors.
func parallel(n int, fn func(int)) {
	var group sync.WaitGroup
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		limit <- struct{}{}
		group.Go(func() {
			fn(i)
			<-limit
		})
	}
	group.Wait()
}
