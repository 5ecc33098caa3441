package analysis

import (
	"iter"
	"strconv"
	"strings"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

const (
	generatorCPU    = "process_cpu_seconds_total"
	generatorWindow = 10  // seconds
	generatorShare  = 0.8 // of the CPU time of the machine that it runs on
)

// generatorLoad warns of a generator that has no CPU time left: it measures itself.
func generatorLoad(c *campaign, r *report) {
	for _, experiment := range []string{observation.Open, observation.Ramp} {
		c.broken(r, finding.GeneratorSaturated, experiment, c.saturated)
	}
}

// saturated returns the largest share of its machine that a run's generator used.
func (c *campaign) saturated(p *run) (float64, []string) {
	cpus, ok := c.facts.number(p.testbed, generator, "cpus")
	if !ok || cpus <= 0 {
		cpus = 1
	}
	var used cumulative
	for _, s := range p.all(generatorCPU, "host", generator) {
		used = sum(used, grown(s, 1))
	}
	if len(used) < 2 {
		return 0, nil
	}
	most, at := 0.0, 0.0
	last := used[len(used)-1].x
	for _, q := range used {
		if q.x > last-generatorWindow && q.x != used[0].x {
			break
		}
		span := min(generatorWindow, last-q.x)
		if share := (used.at(q.x+span) - q.y) / span / cpus; span > 0 && share > most {
			most, at = share, q.x
		}
	}
	if most <= generatorShare {
		return 0, nil
	}
	return most, []string{"share", short(most), "cpus", short(cpus), "time", short(at)}
}

// stolenShare is the share of CPU time that other machines on the same hardware may take.
const stolenShare = 0.05

// disturbance warns of CPU time lost to other machines, which is no testbed's doing.
func disturbance(c *campaign, r *report) {
	for _, experiment := range c.experiments() {
		c.broken(r, finding.Disturbed, experiment, func(run *run) (float64, []string) {
			text, _ := c.facts.trial("cpu_steal_share", run.runKey)
			share, err := csvio.ParseFinite(text)
			if err != nil || share <= stolenShare {
				return 0, nil
			}
			return share, []string{"share", short(share)}
		})
	}
}

// offSchedule warns of ramps whose users are more than one off the plan: those are other ramps.
func offSchedule(c *campaign, r *report) {
	c.broken(r, finding.OffSchedule, observation.Ramp, func(run *run) (float64, []string) {
		p := run.ramp
		if !p.schedule.known() {
			return 0, nil
		}
		most, at := 0, request{}
		for _, q := range p.requests {
			if q.users < 0 || q.sent < 0 || q.sent > p.duration {
				continue
			}
			off := int(q.users) - p.schedule.users(q.sent)
			if off = max(off, -off); off > most {
				most, at = off, q
			}
		}
		if most <= 1 {
			return 0, nil
		}
		return float64(most), []string{"time", short(at.sent), "users", strconv.Itoa(int(at.users)), "planned", strconv.Itoa(p.schedule.users(at.sent))}
	})
}

// incompleteRuns warns of ramps that were broken off, and so count fewer requests, and
// of runs without all SELECTs, or all numbers of stressors, that were planned.
func incompleteRuns(c *campaign, r *report) {
	c.broken(r, finding.IncompleteRun, observation.Ramp, func(run *run) (float64, []string) {
		plan := run.ramp.schedule.end
		if plan <= 0 || run.ramp.whole() {
			return 0, nil
		}
		return plan - run.end, []string{"end", short(run.end), "planned", short(plan)}
	})
	c.broken(r, finding.IncompleteRun, observation.Select, func(run *run) (float64, []string) {
		plan, _ := c.facts.number(run.testbed, generator, "select_queries")
		n := len(run.values(selectDuration))
		return plan - float64(n), []string{"queries", strconv.Itoa(n), "planned", short(plan)}
	})
	c.broken(r, finding.IncompleteRun, observation.Insert, func(run *run) (float64, []string) {
		var missing []string
		for level := range c.planned(run.testbed, "insert_stressors") {
			if run.one(insertDuration, "stress", level) == nil {
				missing = append(missing, level)
			}
		}
		return float64(len(missing)), []string{"stress", strings.Join(missing, ",")}
	})
	c.broken(r, finding.IncompleteRun, observation.Isolation, func(run *run) (float64, []string) {
		var missing []string
		for aggressor := range c.planned(run.testbed, "isolation_aggressors") {
			for victim := range c.planned(run.testbed, "isolation_victims") {
				if run.one(victims[victim], "aggressor", aggressor, "victim", victim) == nil {
					missing = append(missing, aggressor+"/"+victim)
				}
			}
		}
		return float64(len(missing)), []string{"cells", strings.Join(missing, ",")}
	})
}

// planned yields the names that a fact of the generator lists.
func (c *campaign) planned(testbed, key string) iter.Seq[string] {
	names, ok := c.facts.lookup(testbed, generator, key)
	if !ok {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(names, ",")
}

// failedProbes warns of failed measurements outside ramps, which are in no number.
func failedProbes(c *campaign, r *report) {
	for _, experiment := range c.experiments() {
		failed := map[string]int{}
		for _, run := range c.of(experiment) {
			failed[run.testbed] += run.failed
		}
		for _, testbed := range c.testbeds {
			if n := failed[testbed]; n > 0 {
				r.warn(testbed, finding.FailedProbes, n, "experiment", experiment, "rows", strconv.Itoa(n))
			}
		}
	}
}

// duplicateRows warns of requests that agree in everything, to the nanosecond: they were read twice.
func duplicateRows(c *campaign, r *report) {
	for _, experiment := range []string{observation.Open, observation.Ramp} {
		c.broken(r, finding.DuplicateRows, experiment, func(p *run) (float64, []string) {
			n := 0
			for i := 1; i < len(p.requests); i++ {
				if p.requests[i] == p.requests[i-1] {
					n++
				}
			}
			// Requests refused at once may agree by chance.
			if n*100 < len(p.requests) || c.coarse(p.testbed) {
				return 0, nil
			}
			return float64(n), []string{"rows", strconv.Itoa(n)}
		})
	}
}

// clientOutside warns of SQL timed by the generator, which includes the way into the guest.
func clientOutside(c *campaign, r *report) {
	for _, p := range []struct{ experiment, metric string }{{observation.Select, selectDuration}, {observation.Insert, insertDuration}} {
		outside := map[string]int{}
		for _, run := range c.of(p.experiment) {
			if run.one(p.metric, "client", generator) != nil {
				outside[run.testbed]++
			}
		}
		for _, testbed := range c.testbeds {
			if n := outside[testbed]; n > 0 {
				r.warn(testbed, finding.ClientOutside, n, "experiment", p.experiment, "runs", strconv.Itoa(n))
			}
		}
	}
}
