package analysis

import (
	"math"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat"
)

// intendedUnknown stands in the lateness of a request whose row does not tell it.
const intendedUnknown = math.MinInt32

// late turns a request of an open loop into one from its intended send: where the
// server, or the generator, was behind, waiting to be sent is part of what a visitor waits. Counted from the
// real send, a server that stands still would be asked less and look good (Tene, How
// not to measure latency, 2013: coordinated omission). An open loop has no users: the lateness
// takes their place, in microseconds.
func (q *request) late(labels csvio.Labels) {
	q.users = intendedUnknown
	text, ok := labels.Lookup("lateness")
	seconds, err := csvio.ParseFinite(text)
	if !ok || err != nil || math.Abs(seconds) > 1e8 {
		return
	}
	seconds = max(seconds, 0) // what the clocks' resolution makes of a punctual one
	q.users = int32(min(math.Round(seconds*1e6), math.MaxInt32))
	q.sent -= seconds
	q.took += seconds
}

// openRun is what is found in one run of an open loop.
type openRun struct {
	ramp     // with windows and rates; there are no users and no onsets
	tally    tally
	scalars  []namedValue
	timeouts int
	censored int // unfinished requests that are among those timed

	medians, p95s, intended []sample
	quantiles               quantiles
}

// openRuns returns what is found in the runs of open loops that sent requests.
func (c *campaign) openRuns() []*openRun {
	var all []*openRun
	for _, run := range c.of(observation.Open) {
		if len(run.requests) > 0 {
			all = append(all, &openRun{ramp: ramp{run: run, duration: run.end}})
		}
	}
	parallel(len(all), func(i int) { all[i].find(&c.codes) })
	return all
}

// durations are how long requests took. What timed out, and what was in flight at the
// end and had already taken longer than the mean, took at least as long as its row says;
// other failures say nothing.
type durations struct {
	took     []float64
	timeouts int
	censored int     // unfinished requests
	limit    float64 // the shortest of both
}

// durations returns those of the run.
func (r *run) durations() durations {
	d, sum := durations{limit: math.Inf(1)}, 0.0
	for _, q := range r.requests {
		if q.fate == good || q.fate == timedOut {
			d.took, sum = append(d.took, q.took), sum+q.took
		}
		if q.fate == timedOut {
			d.timeouts++
			d.limit = min(d.limit, q.took)
		}
	}
	mean := sum / float64(max(1, len(d.took)))
	for _, q := range r.requests {
		if q.fate == unfinished && q.took > mean {
			d.took = append(d.took, q.took)
			d.censored++
			d.limit = min(d.limit, q.took)
		}
	}
	return d
}

// lateness returns by how many seconds the requests were sent late, of those whose rows tell it.
func (r *run) lateness() []float64 {
	var late []float64
	for _, q := range r.requests {
		if q.users != intendedUnknown {
			late = append(late, float64(q.users)/1e6)
		}
	}
	return late
}

func (o *openRun) find(c *codes) {
	o.endings = o.countEndings()
	o.tally = o.ramp.tally(c)
	add := func(name string, v float64, n int, bounded bool) {
		if !math.IsNaN(v) {
			o.scalars = append(o.scalars, namedValue{name, finding.Seconds, v, n, bounded})
		}
	}
	d := o.durations()
	o.timeouts, o.censored = d.timeouts, d.censored
	n := len(d.took)
	add("mean", stat.Mean(d.took), n, true)
	o.quantiles = distributed(d.took, d.limit)
	for i, v := range stat.Quantiles(d.took, 0.5, 0.9, 0.95, 0.99, 1) {
		add([]string{"p50", "p90", "p95", "p99", "max"}[i], v, n, true)
	}
	late := o.lateness()
	for i, v := range stat.Quantiles(late, 0.99, 1) {
		add([]string{"lateness_p99", "lateness_max"}[i], v, len(late), false)
	}
	var buf []float64
	for _, w := range o.windows(latencyWindow) {
		took := w.durations(buf)
		buf = took
		v := stat.Quantiles(took, 0.5, 0.95)
		o.medians, o.p95s = w.append(o.medians, v[0], len(took)), w.append(o.p95s, v[1], len(took))
	}
	for _, w := range o.windows(rateWindow * math.Ceil(max(1, o.duration)/(rateWindow*rateWindows))) {
		o.intended = append(o.intended, sample{point{w.middle(), float64(len(w.requests)) / (w.to - w.from)}, len(w.requests)})
	}
}

// openLoop tells what an open loop's requests got, and how long they took from when
// they were to be sent.
func openLoop(c *campaign, r *report) {
	runs := c.openRuns()
	codes := map[string]map[string]bool{} // of failures, by testbed
	for _, o := range runs {
		if codes[o.testbed] == nil {
			codes[o.testbed] = map[string]bool{}
		}
		for code := range o.tally.failed {
			codes[o.testbed][code] = true
		}
	}
	q := newQuantities(r)
	var distributions []distribution
	bounds := map[string][2]int{} // timeouts and unfinished requests of a testbed so far
	for _, o := range runs {
		n := len(o.requests)
		q.plain("successful_requests", finding.Requests).set(o.runKey, float64(o.tally.good), n)
		q.of("failed_requests", finding.Requests, finding.None, codeNote(allCodes)).set(o.runKey, float64(n-o.tally.good), n)
		for code := range codes[o.testbed] {
			one := q.of("failed_requests", finding.Requests, finding.None, codeNote(code))
			one.absolute = true
			one.set(o.runKey, float64(o.tally.failed[code]), n)
		}
		b := bounds[o.testbed]
		b = [2]int{b[0] + o.timeouts, b[1] + o.censored}
		bounds[o.testbed] = b
		for _, s := range o.scalars {
			quantity := q.plain(s.name, s.unit)
			quantity.set(o.runKey, s.value, s.n)
			quantity.absolute = !s.bounded // lateness is the generator's
			if s.bounded {
				quantity.say(o.runKey, boundNote(o.timeouts, o.censored))
				quantity.sayOverRuns(o.testbed, boundNote(b[0], b[1]))
			}
		}
		r.series(o.runKey, "median_10s", finding.Seconds, o.medians)
		r.series(o.runKey, "p95_10s", finding.Seconds, o.p95s)
		distributions = append(distributions, distribution{o.runKey, o.quantiles})
		r.series(o.runKey, "requests_per_second", finding.RequestsPerSecond, o.tally.rate)
		r.series(o.runKey, "intended_per_second", finding.RequestsPerSecond, o.intended)
	}
	spectra := c.spectra()
	for _, s := range spectra {
		distributions = append(distributions, distribution{s.runKey, s.distributed()})
	}
	r.distributions(distributions)
	spectralLatencies(spectra, q)
	q.flush()
}

// boundNote says how many durations are but lower bounds.
func boundNote(timeouts, unfinished int) csvio.Labels {
	var note csvio.Labels
	if timeouts > 0 {
		note = timeoutNote(timeouts)
	}
	if unfinished > 0 {
		note = join(note, csvio.MakeLabels("unfinished", strconv.Itoa(unfinished)))
	}
	return note
}

const (
	// lateShare is the part of the slowest requests' time that lateness may be before
	// the load counts as another than intended.
	lateShare = 0.1
	// lateLeast is what timers are off anyway, in seconds.
	lateLeast = 0.001
)

// openLoads warns of open loops that sent late, or whose rows don't tell when they were to.
func openLoads(c *campaign, r *report) {
	c.broken(r, finding.LateSends, observation.Open, func(run *run) (float64, []string) {
		late := run.lateness()
		if len(late) == 0 {
			return 0, nil
		}
		took := run.durations().took
		after, slow := stat.Quantiles(late, 0.99)[0], 0.0
		if len(took) > 0 {
			slow = stat.Quantiles(took, 0.99)[0]
		}
		if after <= max(lateLeast, lateShare*slow) {
			return 0, nil
		}
		return after, []string{"lateness", short(after), "p99", short(slow)}
	})
	c.broken(r, finding.IntendedUnknown, observation.Open, func(run *run) (float64, []string) {
		n := 0
		for _, q := range run.requests {
			if q.users == intendedUnknown {
				n++
			}
		}
		return float64(n), []string{"rows", strconv.Itoa(n)}
	})
}
