package analysis

import (
	"math"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// onset is where a regime begins in a run.
type onset struct {
	measured   bool    // the run has what it takes to tell
	found      bool    //
	time       float64 // seconds
	gap        float64 // seconds between the two samples that it lies between; 0 if nothing was sampled
	resolution float64 // seconds: two onsets so close cannot be told apart
	p          float64 // of the test that found it; 0 if there was none
	until      float64 // seconds: of one that was not found, when the samples end without it; 0 if they don't
}

// wideGap is the time between samples from which on it is told how rough an onset is:
// a guest that thrashes may be too busy to say so.
const wideGap = 5 // seconds

// onsets adds when, and at how many users, the ramps' onsets were: of each run, and
// the mean over the runs that have one. What has none is said to have none. source says
// what they were told from; it may be empty.
func (r *report) onsets(ramps []*ramp, source string, onsets []onset) {
	var note csvio.Labels
	if source != "" {
		note = csvio.MakeLabels("source", source)
	}
	q := newQuantities(r)
	time := q.of("time", finding.Seconds, finding.None, note)
	users := q.of("users", finding.Users, finding.None, note)
	all := map[string]*begun{}
	for i, p := range ramps {
		o := onsets[i]
		if !o.measured {
			continue
		}
		if all[p.testbed] == nil {
			all[p.testbed] = &begun{until: math.Inf(1)}
		}
		b := all[p.testbed]
		b.runs++
		if !o.found {
			f := scalar(p.testbed, "none", "", 0, len(p.requests))
			if o.until > 0 {
				f = scalar(p.testbed, "unknown_after", finding.Seconds, o.until, len(p.requests))
				b.unknown, b.until = b.unknown+1, min(b.until, o.until)
			} else {
				b.without++
			}
			f.Run, f.Note = finding.Run(p.number), note
			r.add(f)
			b.add(p, o)
			continue
		}
		b.found++
		b.add(p, o)
		time.set(p.runKey, o.time, len(p.requests))
		time.steps(p.testbed, math.Sqrt(b.steps/float64(b.found)))
		if n := p.users(o.time); n >= 0 {
			users.set(p.runKey, float64(n), len(p.requests))
			users.steps(p.testbed, math.Sqrt(b.userSteps/float64(b.found)))
		}
		var remark csvio.Labels
		if o.gap > wideGap {
			remark = remark.With("gap", short(o.gap))
		}
		if o.p > 0 {
			remark = remark.With("p", strconv.FormatFloat(o.p, 'g', 2, 64))
		}
		if remark != "" {
			time.say(p.runKey, remark)
		}
	}
	for testbed, b := range all {
		time.sayOverRuns(testbed, b.remark())
		users.sayOverRuns(testbed, b.remark())
		if b.found > 0 {
			continue
		}
		f := scalar(testbed, "none", "", 0, b.runs)
		if b.unknown > 0 {
			f = scalar(testbed, "unknown_after", finding.Seconds, b.until, b.runs)
		}
		f.Note = note
		r.add(f)
	}
	q.flush()
	r.usersMore(all, note)
}

// begun is what is known of the onsets of a testbed's runs.
type begun struct {
	runs, found, without, unknown int
	until                         float64   // the earliest end of samples of the unknown
	users                         []float64 // by run; of one without an onset, those until which there is none
	steps, userSteps              float64   // sums over the found of squared resolutions, in seconds and users
}

// add takes in one run's onset.
func (b *begun) add(p *ramp, o onset) {
	at := o.time
	if !o.found {
		at = p.duration
		if o.until > 0 {
			at = o.until
		}
	}
	n := p.users(at)
	if n < 0 {
		return
	}
	b.users = append(b.users, float64(n))
	if o.found {
		half := max(o.gap, o.resolution) / 2
		meanwhile := float64(p.users(at+half) - p.users(at-half))
		b.steps += 4 * half * half
		b.userSteps += 1 + meanwhile*meanwhile // whole users, as of a time known so well
	}
}

// remark counts the runs.
func (b *begun) remark() csvio.Labels {
	remark := csvio.MakeLabels("runs", strconv.Itoa(b.runs), "without", strconv.Itoa(b.without))
	if b.unknown > 0 {
		remark = remark.With("unknown", strconv.Itoa(b.unknown))
	}
	return remark
}

// usersMore adds by how many users each testbed's onset comes later than the baseline's.
// A run without an onset had none with as many users as there were, so that the
// difference is a bound.
func (r *report) usersMore(all map[string]*begun, note csvio.Labels) {
	baseline := r.campaign.baseline
	base := all[baseline]
	if base == nil || len(base.users) < base.runs {
		return
	}
	for testbed, b := range all {
		if testbed == baseline || len(b.users) < b.runs || b.found+base.found == 0 {
			continue
		}
		more, interval, ok := b.readings().Minus(base.readings())
		f := scalar(testbed, "users_more", finding.Users, more, min(b.runs, base.runs))
		f.Note = join(note, csvio.MakeLabels("against", baseline))
		switch later, sooner := b.found < b.runs, base.found < base.runs; {
		case later && sooner:
			f.Note = f.Note.With("bound", "unknown")
		case later:
			f.Note = f.Note.With("bound", "least")
		case sooner:
			f.Note = f.Note.With("bound", "most")
		}
		r.add(bounded(f, interval, ok))
	}
}

func (b *begun) readings() stat.Readings {
	step := 1.0
	if b.found > 0 {
		step = math.Sqrt(b.userSteps / float64(b.found))
	}
	return stat.Readings{Values: b.users, Step: step}
}
