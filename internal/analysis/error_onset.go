package analysis

import (
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

const (
	failuresUsual     = 0.01 // share of requests that may fail at any time
	failuresSustained = 0.10 // share that is a regime of failures; 4 % is where the two are equally likely
	failuresLimit     = 13.8 // log(1e6): a false alarm in a million requests
	failuresLast      = 10   // seconds that the regime must last, and be over to be over
)

// errorOnset tells when the ramp's requests begin to fail for good, by what codes,
// what is served from then on, and when that is over.
func errorOnset(c *campaign, r *report) {
	ramps := c.ramps()
	onsets := make([]onset, len(ramps))
	for i, p := range ramps {
		onsets[i] = p.failing.onset
		r.series(p.runKey, "failures_per_second", finding.RequestsPerSecond, p.rate(func(_ code, f fate) bool { return f.failed() }))
		r.failuresByCode(p)
	}
	r.onsets(ramps, "", onsets)
	r.afterFailures(ramps)
}

// failed reports whether a request with this fate failed. One that was in flight at the run's end has not.
func (f fate) failed() bool { return f == failed || f == timedOut }

// failuresByCode adds the failures of each code over time; windows without any are left out.
func (r *report) failuresByCode(p *ramp) {
	for i, e := range p.endings.codes {
		if e.all == 0 || !e.fate.failed() {
			continue
		}
		for _, s := range p.rate(func(c code, _ fate) bool { return int(c) == i }) {
			if s.n == 0 {
				continue
			}
			f := scalar(p.testbed, "failures_per_second", finding.RequestsPerSecond, s.y, s.n)
			f.Run, f.X, f.Note = finding.Run(p.number), finding.Number(s.x), codeNote(r.campaign.codes.names[i])
			r.add(f)
		}
	}
}

// afterFailures adds what was served before and after failures began, and when they
// were over.
func (r *report) afterFailures(ramps []*ramp) {
	q := newQuantities(r)
	before := q.plain("goodput_before", finding.RequestsPerSecond)
	after := q.plain("goodput_after", finding.RequestsPerSecond)
	kept := q.plain("goodput_kept", finding.Ratio)
	recovery := q.plain("recovery", finding.Seconds)
	failed, recovered := map[string]int{}, map[string]int{}
	for _, p := range ramps {
		g := p.failing
		if !g.found {
			continue
		}
		failed[p.testbed]++
		served, later := p.served(g.time)
		then, since := g.time, p.duration-g.time
		if then > 0 && since > 0 {
			before.set(p.runKey, float64(served)/then, served)
			after.set(p.runKey, float64(later)/since, later)
			if served > 0 {
				kept.setRatio(p.runKey, float64(later)/since, float64(served)/then, served+later)
			}
		}
		if g.over > 0 {
			recovered[p.testbed]++
			recovery.set(p.runKey, g.over, len(p.requests))
			continue
		}
		f := scalar(p.testbed, "no_recovery", "", 0, len(p.requests))
		f.Run = finding.Run(p.number)
		r.add(f)
	}
	for testbed, runs := range failed {
		without := runs - recovered[testbed]
		recovery.sayOverRuns(testbed, csvio.MakeLabels("runs", strconv.Itoa(runs), "without", strconv.Itoa(without)))
		if without == runs {
			r.add(scalar(testbed, "no_recovery", "", 0, runs))
		}
	}
	q.flush()
}

// served returns how many requests succeeded before a time and from then on, by when they
// were answered.
func (p *ramp) served(time float64) (before, after int) {
	for _, q := range p.requests {
		switch at := q.ended(); {
		case q.fate != good || at < 0 || at >= p.duration:
		case at < time:
			before++
		default:
			after++
		}
	}
	return before, after
}

// failing is a run's regime of failures.
type failing struct {
	onset
	over float64 // seconds: when it ended; 0 if it lasted until the run's end
}

// findFailing finds the first episode, in order of the requests' ends, in which Page's
// cumulative sum reaches its limit and whose failures span failuresLast seconds. It
// begins with its first failure. The run has recovered from its last such episode if
// the sum comes back to zero and the run goes on for as long without another; the
// episode ended when the sum was last as high as it ever was in it, where a change of
// the share of failures is most likely.
func (p *ramp) findFailing() failing {
	g := failing{onset: onset{measured: true}}
	o := p.outcomes()
	cusum := stat.Cusum{Good: failuresUsual, Bad: failuresSustained, Limit: failuresLimit}
	var first, peak float64
	zero, alarmed, sustained := true, false, false // zero: the sum is, and more successes leave it there
	for i, n := range o.succeeded {
		for ; n > 0 && !zero; n-- {
			if _, _, zero = cusum.Add(false); zero && sustained {
				g.over, sustained = peak, false
			}
		}
		if i == len(o.failed) {
			break
		}
		at := o.failed[i]
		began, alarm, _ := cusum.Add(true)
		if zero = false; began {
			first, alarmed, sustained = at, false, false
		}
		if cusum.Peak() {
			peak = at
		}
		alarmed = alarmed || alarm
		if alarmed && at-first >= failuresLast && !sustained {
			sustained = true
			if !g.found {
				g.found, g.time = true, first
			}
			g.over = 0
		}
	}
	if o.last-g.over < failuresLast {
		g.over = 0
	}
	return g
}

// outcomes are when requests failed, in order, and how many succeeded in between.
type outcomes struct {
	failed    []float64
	succeeded []int   // before each failure, those that ended at the same time too, and after the last
	last      float64 // when the last of them all ended
}

// outcomes returns those of the requests that ended; without a failure there are none.
func (p *ramp) outcomes() outcomes {
	var o outcomes
	for _, q := range p.requests {
		if q.fate.failed() {
			o.failed = append(o.failed, q.ended())
		}
	}
	if len(o.failed) == 0 {
		return o
	}
	slices.Sort(o.failed)
	o.succeeded, o.last = make([]int, len(o.failed)+1), o.failed[len(o.failed)-1]
	for _, q := range p.requests {
		if q.fate != good {
			continue
		}
		at, i := q.ended(), 0
		if at > o.failed[0] { // as most are not
			i, _ = slices.BinarySearch(o.failed, at)
		}
		o.succeeded[i]++
		o.last = max(o.last, at)
	}
	return o
}
