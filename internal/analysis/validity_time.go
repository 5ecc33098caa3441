package analysis

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// littleOff is how far the requests in flight a user may be from one.
const littleOff = 0.1

// littleViolated warns of ramps whose requests don't add up to their users: these paused, or
// were fewer, or requests are missing.
func littleViolated(c *campaign, r *report) {
	c.brokenRamps(r, finding.LittleViolated, func(p *ramp) (float64, []string) {
		ratio, windows := p.occupied.little(min(p.regimeEnd(), p.duration))
		off := math.Abs(ratio - 1)
		if windows == 0 || off <= littleOff {
			return 0, nil
		}
		return off, []string{"ratio", short(ratio)}
	})
}

// lostShare is the share of a run's user-seconds that may be missing in holes.
const lostShare = 0.002

// lostRows warns of closed loops with holes: stretches in which fewer requests were in
// flight than there were users. Rows are missing, or the generator stood still.
func lostRows(c *campaign, r *report) {
	c.brokenRamps(r, finding.LostRows, func(p *ramp) (float64, []string) {
		missing, all, at := p.occupied.holes()
		if missing <= lostShare*all {
			return 0, nil
		}
		return missing, []string{"user_seconds", short(missing), "share", short(missing / all), "time", short(at)}
	})
}

const (
	longGap     = 5 // seconds without a sample of the generator's counters
	longestGaps = 5 // or so many times what is usual between samples, if that is more
)

// samplingGaps warns of gaps in the generator's own counters, which no guest can hold
// up: it stood still, its clock was set forward, or rows are missing. Which of them
// can't be told.
func samplingGaps(c *campaign, r *report) {
	for _, experiment := range []string{observation.Open, observation.Ramp} {
		c.broken(r, finding.SamplingGap, experiment, func(run *run) (float64, []string) {
			s := run.one(generatorCPU, "host", generator)
			if s == nil || len(s.points) < 2 {
				return 0, nil
			}
			var gaps []float64
			for i := 1; i < len(s.points); i++ {
				gaps = append(gaps, s.points[i].x-s.points[i-1].x)
			}
			worst := 0
			for i, gap := range gaps {
				if gap > gaps[worst] {
					worst = i
				}
			}
			gap := gaps[worst]
			if gap <= max(longGap, longestGaps*stat.Median(slices.Clone(gaps))) {
				return 0, nil
			}
			return gap, []string{"gap", short(gap), "time", short(s.points[worst].x)}
		})
	}
}

// clockSteps warns of trials that had begun, by the clock, before the one before them
// had ended: the clock was set back, or two were measured at once. Within a run there is
// nothing to see of the clock, whose rows count from the start by a timer that can't be set. The worst of
// each testbed is named.
func clockSteps(c *campaign, r *report) {
	type trial struct {
		*run
		number int
		start  time.Time
	}
	var trials []trial
	for _, run := range c.sorted {
		text, _ := c.facts.trial("start_time", run.runKey)
		start, err := time.Parse(time.RFC3339, text)
		if number, ok := c.facts.order(run.runKey); ok && err == nil {
			trials = append(trials, trial{run, number, start})
		}
	}
	slices.SortFunc(trials, func(a, b trial) int { return cmp.Compare(a.number, b.number) })
	for i := 1; i < len(trials); i++ {
		if trials[i].number == trials[i-1].number {
			return // of several collectors, whose clocks are their own
		}
	}
	// A trial may have been repeated later than its number says.
	slices.SortStableFunc(trials, func(a, b trial) int { return a.start.Compare(b.start) })
	const resolution = 2 // seconds: start times are whole ones
	worst := map[string]float64{}
	labels := map[string][]string{}
	for i := 1; i < len(trials); i++ {
		before, now := trials[i-1], trials[i]
		early := before.end - now.start.Sub(before.start).Seconds()
		if early > max(resolution, worst[now.testbed]) {
			worst[now.testbed] = early
			labels[now.testbed] = []string{"experiment", now.experiment, "run", strconv.Itoa(now.run.number), "seconds", short(early), "after", before.testbed}
		}
	}
	for testbed, labels := range labels {
		r.warn(testbed, finding.ClockStep, 1, labels...)
	}
}

// brokenRamps is broken for ramps that sent requests.
func (c *campaign) brokenRamps(r *report, warning string, how func(*ramp) (float64, []string)) {
	c.broken(r, warning, observation.Ramp, func(run *run) (float64, []string) {
		if len(run.requests) == 0 {
			return 0, nil
		}
		return how(run.ramp)
	})
}
