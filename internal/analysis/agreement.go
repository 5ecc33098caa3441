package analysis

import (
	"math"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// agreeing is how far apart, in shares of the run, two onsets may be and agree.
const agreeing = 0.05

// agreement adds by how much service degrades, as latency alone tells, after swapping
// begins, as counters tell; negative before. The two agree where they are no more than
// 5 % of the run apart, or half the gap between the counters' samples beyond that. Where
// only one is there, they do not agree, and are at least as far apart as it is from the
// run's end. Runs with neither say nothing.
func (r *report) agreement(ramps []*ramp, counters, latencies []onset) {
	q := newQuantities(r)
	both := q.plain("agreement", finding.Seconds)
	both.absolute = true // a ratio of differences means nothing
	type tally struct {
		agree, both, only int
		within, step      float64
		least             []float64 // of runs with only one
	}
	all := map[string]*tally{}
	for i, p := range ramps {
		c, l := counters[i], latencies[i]
		if !c.measured || !l.measured || c.until > 0 || !c.found && !l.found {
			continue
		}
		t := all[p.testbed]
		if t == nil {
			t = &tally{}
			all[p.testbed] = t
		}
		within := agreeing*p.duration + c.gap/2
		if !c.found || !l.found {
			t.only++
			apart, which := p.duration-c.time, "counters"
			if l.found {
				apart, which = l.time-p.duration, "latency"
			}
			t.least = append(t.least, apart)
			f := scalar(p.testbed, "agreement", finding.Seconds, apart, len(p.requests))
			f.Run, f.Note = finding.Run(p.number), csvio.MakeLabels("agree", "no", "only", which)
			r.add(f)
			continue
		}
		t.both++
		apart := l.time - c.time
		both.set(p.runKey, apart, len(p.requests))
		agree := "no"
		if math.Abs(apart) <= within {
			agree = "yes"
			t.agree++
		}
		both.say(p.runKey, csvio.MakeLabels("agree", agree, "within", short(within)))
		t.step += c.gap*c.gap + l.resolution*l.resolution
		both.steps(p.testbed, math.Sqrt(t.step/float64(t.both)))
	}
	for testbed, t := range all {
		runs := t.both + t.only
		agree := "in-some"
		switch t.agree {
		case runs:
			agree = "yes"
		case 0:
			agree = "no"
		}
		note := csvio.MakeLabels("agree", agree, "runs", strconv.Itoa(runs), "agreeing", strconv.Itoa(t.agree))
		if t.only > 0 {
			note = note.With("one_only", strconv.Itoa(t.only))
		}
		both.sayOverRuns(testbed, note)
		if t.both == 0 { // no difference is known, only a least one
			sum := 0.0
			for _, v := range t.least {
				sum += v
			}
			f := scalar(testbed, "agreement", finding.Seconds, sum/float64(runs), runs)
			f.Note = note.With("interval", "bound")
			r.add(f)
		}
	}
	q.flush()
}
