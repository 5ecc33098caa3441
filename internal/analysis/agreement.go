package analysis

import (
	"math"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

// agreeing is how far apart, in shares of the run, two onsets may be and agree.
const agreeing = 0.05

// tooLate is the share of the run before its end from which on swapping need not show in
// latency any more.
const tooLate = 0.2

// agreement adds by how much service degrades, as latency alone tells, after swapping
// begins, as counters tell; negative before. The two agree where they are no more than
// 5 % of the run apart, or half the gap between the counters' samples beyond that. Where
// only one is there, they do not agree, and are at least as far apart as it is from the
// run's end. Runs with neither say nothing, nor do those that only begin to swap in
// their last fifth.
func (r *report) agreement(ramps []*ramp, counters, latencies []onset) {
	type tally struct {
		agree int
		both  []float64 // differences
		least []float64 // of runs with only one
		steps float64   // sum of squared resolutions
	}
	all := map[string]*tally{}
	for i, p := range ramps {
		c, l := counters[i], latencies[i]
		if !c.measured || !l.measured || c.until > 0 || !c.found && !l.found {
			continue
		}
		if !l.found && c.time > (1-tooLate)*p.duration {
			continue
		}
		t := all[p.testbed]
		if t == nil {
			t = &tally{}
			all[p.testbed] = t
		}
		var apart float64
		var note csvio.Labels
		switch {
		case !l.found:
			apart, note = p.duration-c.time, csvio.MakeLabels("agree", "no", "only", "counters")
			t.least = append(t.least, apart)
		case !c.found:
			apart, note = l.time-p.duration, csvio.MakeLabels("agree", "no", "only", "latency")
			t.least = append(t.least, apart)
		default:
			apart = l.time - c.time
			within, agree := agreeing*p.duration+c.gap/2, "no"
			if math.Abs(apart) <= within {
				agree = "yes"
				t.agree++
			}
			note = csvio.MakeLabels("agree", agree, "within", short(within))
			t.both = append(t.both, apart)
			t.steps += c.resolution*c.resolution + l.resolution*l.resolution
		}
		f := scalar(p.testbed, "agreement", finding.Seconds, apart, len(p.requests))
		f.Run, f.Note = finding.Run(p.number), note
		r.add(f)
	}
	for testbed, t := range all {
		runs := len(t.both) + len(t.least)
		agree := "in-some"
		switch t.agree {
		case runs:
			agree = "yes"
		case 0:
			agree = "no"
		}
		note := csvio.MakeLabels("agree", agree, "runs", strconv.Itoa(runs), "agreeing", strconv.Itoa(t.agree))
		if len(t.least) > 0 {
			note = note.With("one_only", strconv.Itoa(len(t.least)))
		}
		if len(t.both) == 0 { // no difference is known, only a least one
			f := scalar(testbed, "agreement", finding.Seconds, stat.Mean(t.least), runs)
			f.Note = note.With("interval", "bound")
			r.add(f)
			continue
		}
		readings := stat.Readings{Values: t.both, Step: math.Sqrt(t.steps / float64(len(t.both)))}
		mean, interval, ok := readings.Mean()
		f := scalar(testbed, "agreement", finding.Seconds, mean, len(t.both))
		f.Note = note
		r.add(bounded(f, interval, ok))
	}
}
