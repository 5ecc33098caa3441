package analysis

import (
	"math"
	"slices"
	"strings"
	"sync"

	"virtcmp/internal/observation"
)

// gathering takes in observations. A campaign may be gathered by several side by side,
// each of which has some of the rows of any run; what they have is put together at the end.
type gathering struct {
	runs   map[runKey]*run
	came   []*run // in order of their first rows
	facts  facts
	unread map[string]int // rows by experiment that no analysis knows

	codes *codes
	slab  slab

	newest *run // of the row before: the next is nearly always the same run's
	code   coded
	coded  map[string]coded // those that have been met
}

// gather returns a gathering that is part of the campaign.
func (c *campaign) gather() *gathering {
	g := &gathering{runs: map[runKey]*run{}, facts: facts{}, unread: map[string]int{}, codes: &c.codes, coded: map[string]coded{}}
	c.gatherings = append(c.gatherings, g)
	return g
}

// together puts together what was gathered.
func (c *campaign) together() {
	all := gathering{runs: map[runKey]*run{}, facts: facts{}, unread: map[string]int{}}
	for _, g := range c.gatherings {
		for _, part := range g.came {
			all.run(part.runKey).add(part)
		}
		all.facts.add(g.facts)
		for experiment, rows := range g.unread {
			all.unread[experiment] += rows
		}
		*g = gathering{} // whoever has it still: it would keep what is put in order
	}
	c.runs, c.facts, c.unread, c.gatherings = all.came, all.facts, all.unread, nil
}

// observe takes in one row.
func (g *gathering) observe(o *observation.Observation) {
	r := g.newest
	if r == nil || r.testbed != o.Testbed || r.number != o.Run || r.experiment != o.Experiment {
		if o.Experiment == observation.Environment {
			g.facts.observe(o)
			return
		}
		if reads[o.Experiment] == nil {
			g.skip(o.Experiment)
			return
		}
		r = g.run(runKey{o.Testbed, o.Experiment, o.Run})
		g.newest = r
	}
	r.observe(o, g)
}

// skip counts a row of an experiment that no analysis knows.
func (g *gathering) skip(experiment string) {
	if _, ok := g.unread[experiment]; !ok {
		experiment = strings.Clone(experiment)
	}
	g.unread[experiment]++
}

// run returns the run of that key, making it if it is new.
func (g *gathering) run(key runKey) *run {
	r, ok := g.runs[key]
	if !ok {
		clone(&key.testbed, &key.experiment)
		r = &run{runKey: key, series: map[seriesKey]*series{}}
		g.runs[key], g.came = r, append(g.came, r)
	}
	return r
}

// observe takes in one of the run's rows.
func (r *run) observe(o *observation.Observation, g *gathering) {
	if o.Metric == requestDuration && (r.experiment == observation.Ramp || r.experiment == observation.Open) {
		c := g.codeOf(o.Code)
		q := r.unsorted.next(&g.slab)
		q.sent, q.took, q.users = o.Time, o.Value, int32(min(o.Users, math.MaxInt32))
		q.code, q.fate = c.code, c.fate
		if r.experiment == observation.Open {
			q.late(o.Labels)
		}
		r.end = max(r.end, q.ended())
		return
	}
	r.end = max(r.end, o.Time)
	late := o.Metric == requestDuration && o.Code == observation.CodeTimeout // it took as long at least
	if o.Code != "" && !observation.Good(o.Code) && !late {
		r.failed++
		return
	}
	key := seriesKey{o.Metric, o.Labels}
	if r.newest == nil || r.newest.seriesKey != key {
		if !reads[r.experiment][o.Metric] {
			return
		}
		s, ok := r.series[key]
		if !ok {
			clone(&key.metric, (*string)(&key.labels))
			s = &series{seriesKey: key}
			r.series[key] = s
		}
		r.newest = s
	}
	r.newest.points = append(r.newest.points, point{o.Time, o.Value})
}

// add adds another part of the same run.
func (r *run) add(part *run) {
	r.end = max(r.end, part.end)
	r.failed += part.failed
	r.unsorted.join(part.unsorted)
	for key, s := range part.series {
		if r.series[key] == nil {
			r.series[key] = s
		} else {
			r.series[key].points = append(r.series[key].points, s.points...)
		}
	}
}

// clone cuts texts loose from the rows that they came in, which are not kept for them.
func clone(texts ...*string) {
	for _, t := range texts {
		*t = strings.Clone(*t)
	}
}

// code is an index into the codes that occur.
type code uint16

// codes numbers the codes in order of appearance, which differs between orders of
// the same rows: it must not show in a finding.
type codes struct {
	mu    sync.Mutex
	names []string
}

func (c *codes) number(name string) code {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.names, name)
	if i < 0 && len(c.names) > math.MaxUint16 {
		i = math.MaxUint16 // no real campaign has as many: what comes late is lumped together
	}
	if i < 0 {
		i = len(c.names)
		c.names = append(c.names, name)
	}
	return code(i)
}

// coded is what a code means.
type coded struct {
	name string
	code code
	fate fate
}

// codeOf returns what the code means. The next is nearly always the same.
func (g *gathering) codeOf(name string) coded {
	if g.code.name != name || len(g.coded) == 0 {
		one, ok := g.coded[name]
		if !ok {
			name = strings.Clone(name)
			one = coded{name, g.codes.number(name), fateOf(name)}
			g.coded[name] = one
		}
		g.code = one
	}
	return g.code
}
