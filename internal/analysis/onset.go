package analysis

import (
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

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
	measured, found := map[string]int{}, map[string]int{}
	for i, p := range ramps {
		o := onsets[i]
		if !o.measured {
			continue
		}
		measured[p.testbed]++
		if !o.found {
			f := scalar(p.testbed, "none", "", 0, len(p.requests))
			f.Run, f.Note = finding.Run(p.number), note
			r.add(f)
			continue
		}
		found[p.testbed]++
		time.set(p.runKey, o.time, len(p.requests))
		if n := p.users(o.time); n >= 0 {
			users.set(p.runKey, float64(n), len(p.requests))
		}
		if o.gap > wideGap {
			time.say(p.runKey, csvio.MakeLabels("gap", short(o.gap)))
		}
	}
	for testbed, runs := range measured {
		remark := csvio.MakeLabels("runs", strconv.Itoa(runs), "without", strconv.Itoa(runs-found[testbed]))
		time.sayOverRuns(testbed, remark)
		users.sayOverRuns(testbed, remark)
		if found[testbed] == 0 {
			f := scalar(testbed, "none", "", 0, runs)
			f.Note = note
			r.add(f)
		}
	}
	q.flush()
}
