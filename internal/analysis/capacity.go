package analysis

import (
	"math"
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/stat"
)

const (
	// loadLevels is how many numbers of users a scalability law must rest on.
	loadLevels = 6
	// farthestPeak is how many times the most users that were measured a peak may have.
	farthestPeak = 2
	// surely is the least significance, in standard errors, of a bend in each run where
	// these are too few for an interval over them.
	surely = 3
	// nearPeak is the part of the most users measured beyond which a peak is too near them
	// for throughput to be seen to fall behind it.
	nearPeak = 0.8
	// fallsSurely is the share by which throughput must fall in each run where these are
	// too few for an interval.
	fallsSurely = 0.05
	// poorFit is the share that a law may be off, see stat.USLFit.
	poorFit = 0.1
	// curvePoints is how many points a fitted curve has at most.
	curvePoints = 100
)

// scaling is what a run's throughput before any onset says of its scalability.
type scaling struct {
	stat.USLFit
	fitted      bool
	loads       []stat.Load
	answered    []int // of each load
	requests    int   // their sum
	levels      int   // whole numbers of users among the loads
	least, most float64
}

// scale fits the law to the run's throughput before service degrades or begins to fail.
func (p *ramp) scale() scaling {
	end := min(p.regimeEnd(), p.duration)
	if p.swap.found {
		end = min(end, p.swap.time-p.swap.gap/2) // it began after the sample before, and no one knows when
	}
	if p.failing.found {
		end = min(end, p.failing.time)
	}
	s := scaling{least: math.Inf(1)}
	s.loads, s.answered = p.occupied.loads(end)
	levels := map[float64]bool{}
	for i, l := range s.loads {
		levels[math.Round(l.Users)] = true
		s.least, s.most = min(s.least, l.Users), max(s.most, l.Users)
		s.requests += s.answered[i]
	}
	if s.levels = len(levels); s.levels >= loadLevels {
		s.USLFit, s.fitted = stat.FitUSL(s.loads)
	}
	return s
}

// scalings are the fitted runs of a testbed.
type scalings []*ramp

// scalable returns the runs with a fit, by testbed.
func (c *campaign) scalable() map[string]scalings {
	all := map[string]scalings{}
	for _, p := range c.ramps() {
		if p.scaling.fitted {
			all[p.testbed] = append(all[p.testbed], p)
		}
	}
	return all
}

// delays returns each run's parameters, whatever their signs, without bias.
func (s scalings) delays() []stat.Delays {
	all := make([]stat.Delays, len(s))
	for i, p := range s {
		all[i] = p.scaling.Unbiased
	}
	return all
}

// span returns the fewest and the most users that were measured.
func (s scalings) span() (least, most float64) {
	least = math.Inf(1)
	for _, p := range s {
		least, most = min(least, p.scaling.least), max(most, p.scaling.most)
	}
	return least, most
}

// parameter is what is found of a law.
type parameter struct {
	name, unit string
	of         func(stat.Delays) float64
	natural    bool // may be nothing: its interval is on the natural scale, and ratios mean nothing
	squared    bool // of gives the square
	peak       bool // only where there is one
}

var parameters = []parameter{
	{name: "lambda", unit: finding.RequestsPerSecond, of: func(d stat.Delays) float64 { return d.USL().Lambda }},
	{name: "sigma", unit: finding.Ratio, of: func(d stat.Delays) float64 { return d.USL().Sigma }, natural: true},
	{name: "kappa", unit: finding.Ratio, of: kappa, natural: true},
	// The square, unlike the peak, goes on below one user, where throughput falls from the first on.
	{name: "peak_users", unit: finding.Users, of: func(d stat.Delays) float64 { return (d.Alone - d.Contention) / d.Coherency }, squared: true, peak: true},
	{name: "peak_throughput", unit: finding.RequestsPerSecond, of: func(d stat.Delays) float64 { return d.Throughput(d.Peak()) }, peak: true},
}

func kappa(d stat.Delays) float64 { return d.USL().Kappa }

// own is a parameter of the run's own best law. A peak far beyond what was measured is none.
func (s scaling) own(p parameter) float64 {
	peak := s.Bounded.Peak()
	switch {
	case p.peak && peak > farthestPeak*s.most:
		return math.NaN()
	case p.squared:
		return peak
	}
	return p.of(s.Bounded)
}

// over is a function's value of the runs' mean delays.
func (s scalings) over(of func(stat.Delays) float64) float64 {
	return stat.Mean(stat.Linearise(s.delays(), of))
}

// bends reports whether throughput was shown to bend towards a peak: whether κ's interval
// over runs leaves out 0, or where runs are too few it is far from 0 in every one.
func (s scalings) bends() bool {
	if len(s) >= stat.MinRuns {
		return stat.AboveZero(stat.Linearise(s.delays(), kappa))
	}
	for _, p := range s {
		if p.scaling.Significance < surely {
			return false
		}
	}
	return true
}

// known says what a law's peak is worth.
type known int

const (
	unknown known = iota // throughput was not seen to bend, or to fall, or the peak is far from what was measured
	beyond               // the peak is where few users, or none, more were measured: the law says so, not the data
	seen                 // throughput was seen to fall with more users
)

// peak returns the number of users that the law has the highest throughput at, and
// what that is worth. A law alone does not prove a peak: one fitted to a server that
// is simply busy from some number of users on has one too.
func (s scalings) peak() (users float64, is known) {
	users = s.over(stat.Delays.Peak)
	least, most := s.span()
	switch {
	case !s.bends() || users > farthestPeak*most || users < least/farthestPeak:
		return users, unknown
	case users > nearPeak*most:
		return users, beyond
	case s.fall(users):
		return users, seen
	}
	return users, unknown
}

// fall reports whether throughput falls beyond that many users: on the straight line
// through each run's measurements, with an interval over runs that leaves out 0, or
// where runs are too few for one by fallsSurely in each.
func (s scalings) fall(from float64) bool {
	falls := make([]float64, len(s))
	for i, p := range s {
		falls[i] = p.scaling.fall(from)
	}
	if len(s) >= stat.MinRuns {
		return stat.AboveZero(falls)
	}
	return slices.Min(falls) > fallsSurely
}

// fall returns by what share the run's throughput falls from that many users to the most.
func (s scaling) fall(from float64) float64 {
	var n, x, y, xx, xy float64
	for _, l := range s.loads {
		if l.Users >= from {
			n, x, y, xx, xy = n+1, x+l.Users, y+l.Throughput, xx+l.Users*l.Users, xy+l.Users*l.Throughput
		}
	}
	if scatter := xx - x*x/n; n >= 3 && scatter > 0 && y > 0 {
		return -(xy - x*y/n) / scatter * (s.most - from) / (y / n)
	}
	return 0
}

// capacity fits the Universal Scalability Law to throughput by users, before onset, and
// checks the ramp against Little's law. The runs are the units: each has a fit of its own,
// and the parameters over runs are those of the mean of the fits, in the form in which a mean
// is unbiased. TestCalibrateUSL and TestCalibrateCapacity measure how often the intervals hold the truth.
func capacity(c *campaign, r *report) {
	q := newQuantities(r)
	for _, p := range c.ramps() {
		if ratio, windows := p.occupied.little(min(p.regimeEnd(), p.duration)); windows > 0 {
			little := q.plain("little_ratio", finding.Ratio)
			little.absolute = true
			little.set(p.runKey, ratio, windows)
		}
	}
	for testbed, runs := range c.scalable() {
		_, is := runs.peak()
		for _, parameter := range parameters {
			if parameter.peak && is == unknown {
				continue
			}
			quantity := q.plain(parameter.name, parameter.unit)
			quantity.absolute, quantity.natural, quantity.least = parameter.natural, parameter.natural, 0
			if parameter.squared {
				quantity.root, quantity.least = true, 1
			}
			for i, v := range stat.Linearise(runs.delays(), parameter.of) {
				quantity.set(runs[i].runKey, v, runs[i].scaling.requests)
				quantity.show(runs[i].runKey, runs[i].scaling.own(parameter))
			}
			if parameter.peak && is == beyond {
				quantity.sayOverRuns(testbed, csvio.MakeLabels("beyond", "1"))
			}
		}
		misfit := q.plain("misfit", finding.Ratio)
		misfit.absolute = true
		for _, p := range runs {
			misfit.set(p.runKey, p.scaling.Misfit, len(p.scaling.loads))
			for i, l := range p.scaling.loads {
				f := scalar(testbed, "throughput_by_users", finding.RequestsPerSecond, l.Throughput, p.scaling.answered[i])
				f.Run, f.X = finding.Run(p.number), finding.Number(l.Users)
				r.add(f)
			}
		}
		runs.curve(c, r)
	}
	q.flush()
}

// curve adds the law over runs with its interval, between the fewest and the most users that were measured.
func (s scalings) curve(c *campaign, r *report) {
	testbed := s[0].testbed
	least, most := s.span()
	step := max(1, math.Ceil((most-least)/curvePoints))
	for users := math.Ceil(least); users <= most; users += step {
		throughput := func(d stat.Delays) float64 { return d.Throughput(users) }
		over := stat.Summarise(stat.Runs{Num: stat.Linearise(s.delays(), throughput)})
		f := scalar(testbed, "usl", finding.RequestsPerSecond, over.Value, len(s))
		f.X = finding.Number(users)
		interval, ok := over.Mean()
		r.add(bounded(f, interval, ok))
	}
}

// poorScaling warns of ramps too short for a scalability law, of laws that do not show
// where throughput peaks, and of those that throughput does not follow.
func poorScaling(c *campaign, r *report) {
	c.brokenRamps(r, finding.TooFewLevels, func(p *ramp) (float64, []string) {
		if len(p.occupied.users) == 0 {
			return 0, nil
		}
		return float64(loadLevels - p.scaling.levels), []string{"levels", strconv.Itoa(p.scaling.levels)}
	})
	fits := c.scalable()
	for _, testbed := range c.testbeds {
		runs := fits[testbed]
		if len(runs) == 0 {
			continue
		}
		_, most := runs.span()
		if users, is := runs.peak(); is == unknown {
			labels := []string{"users", short(math.Round(most))}
			if runs.bends() {
				labels = append(labels, "peak_users", short(users))
			}
			r.warn(testbed, finding.KappaUnidentified, len(runs), labels...)
		}
		misfit := 0.0
		for _, p := range runs {
			misfit += p.scaling.Misfit / float64(len(runs))
		}
		if misfit > poorFit {
			r.warn(testbed, finding.PoorFit, len(runs), "misfit", short(misfit))
		}
	}
}
