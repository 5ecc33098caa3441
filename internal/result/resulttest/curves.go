package resulttest

import (
	"math"
	"math/rand/v2"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// Nothing here draws from the builder's random numbers, so that the others do not
// depend on whether it is there.

// slower are the shares of requests above the quantiles of a distribution.
var slower = []float64{
	.99, .95, .9, .8, .63, .5, .4, .315, .25, .2, .16, .125, .1, .08, .063, .05, .04, .0315, .025, .02, .016, .0125, .01,
	.008, .0063, .005, .004, .00315, .0025, .002, .0016, .00125, .001, .0008, .00063, .0005, .0004, .000315, .00025, .0002, .00016, .000125, .0001,
}

func share(slower float64) finding.Number {
	return finding.Number(math.Round((1-slower)*1e6) / 1e6)
}

// quantiles adds a run's distribution: of the sorted times, and beyond them as of so
// many requests with a heavy tail.
func (b *builder) quantiles(analysis string, t Testbed, run int, sorted []float64, requests float64) {
	const drawn = 0.02
	at := func(p float64) float64 { return sorted[int(p*float64(len(sorted)-1))] }
	for i, s := range slower {
		if s*requests < 10 || s <= t.TimedOut {
			break
		}
		var note csvio.Labels
		if i+1 < len(slower) && slower[i+1] <= t.TimedOut {
			note = "rest=unknown"
		}
		v := at(1 - max(s, drawn))
		if s < drawn {
			v *= math.Pow(drawn/s, .25)
		}
		b.add(finding.Finding{Analysis: analysis, Testbed: t.Name, Run: finding.Run(run), Name: "quantile", X: share(s), Value: finding.Number(v),
			Low: finding.None, High: finding.None, Unit: finding.Seconds, N: int(requests), Note: note})
	}
}

// meanQuantiles adds the distribution over runs.
func (b *builder) meanQuantiles(analysis string, t Testbed) {
	runs := map[finding.Number][]float64{}
	notes := map[finding.Number]csvio.Labels{}
	for _, f := range b.out {
		if f.Analysis == analysis && f.Testbed == t.Name && f.Name == "quantile" {
			runs[f.X] = append(runs[f.X], float64(f.Value))
			notes[f.X] = f.Note
		}
	}
	for _, s := range slower {
		if values := runs[share(s)]; len(values) == b.c.Runs {
			f := over(values, notes[share(s)])
			f.Analysis, f.Testbed, f.Name, f.X, f.Unit = analysis, t.Name, "quantile", share(s), finding.Seconds
			b.add(f)
		}
	}
}

// open adds an open loop's requests, which take as long as a page alone but for a tail.
func (b *builder) open(t Testbed) {
	const requests = 20000
	times := make([]float64, 2000)
	for i := range times {
		p := (float64(i) + .5) / float64(len(times))
		times[i] = t.Page * (1 - .3*math.Log(1-p))
	}
	for run := 1; run <= b.c.Runs; run++ {
		b.quantiles(finding.OpenLoop, t, run, times, requests)
	}
	add := func(name, unit string, v float64) {
		b.scalar(finding.OpenLoop, t.Name, name, unit, finding.None, "", requests, b.about(v))
	}
	add("successful_requests", finding.Requests, requests)
	add("p50", finding.Seconds, times[1000])
	add("p95", finding.Seconds, times[1900])
	add("p99", finding.Seconds, times[1980])
}

// law is a testbed's throughput by users, as it has it before any onset.
type law struct{ lambda, sigma, kappa, peak, most float64 }

// law has a peak where the testbed swaps: well before that of containers, of others
// where it can hardly be seen.
func (t Testbed) law() law {
	l := law{lambda: 1 / t.Page, sigma: .5, most: rampTo}
	if t.SwapUsers > 0 {
		l.most, l.peak = t.SwapUsers, .6*t.SwapUsers
		if t.beyond() {
			l.peak = .9 * t.SwapUsers
		}
		l.kappa = (1 - l.sigma) / (l.peak * l.peak)
	}
	return l
}

func (t Testbed) beyond() bool { return t.Class != "none" && t.Class != "container" }

func (l law) at(n float64) float64 {
	return l.lambda * n / (1 + l.sigma*(n-1) + l.kappa*n*(n-1))
}

// capacity adds the parameters of the scalability law that are compared.
func (b *builder) capacity(t Testbed) {
	l := t.law()
	add := func(name, unit string, v float64) {
		b.scalar(finding.Capacity, t.Name, name, unit, finding.None, "", 5000, b.about(v))
	}
	add("lambda", finding.RequestsPerSecond, l.lambda)
	if l.peak > 0 {
		add("peak_users", finding.Users, l.peak)
		add("peak_throughput", finding.RequestsPerSecond, l.at(l.peak))
	}
}

// curves adds the others and the law's curve, with what it was fitted to.
func (b *builder) curves(t Testbed) {
	l := t.law()
	for _, p := range []struct {
		name string
		v    float64
	}{{"sigma", l.sigma}, {"kappa", l.kappa}, {"misfit", .03}} {
		b.scalar(finding.Capacity, t.Name, p.name, finding.Ratio, finding.None, "", 5000, b.about(p.v))
	}
	if l.peak == 0 {
		b.warn(t.Name, "warning", finding.KappaUnidentified, "users", "60")
	}
	for i := range b.out {
		f := &b.out[i]
		if f.Testbed == t.Name && (f.Name == "peak_users" || f.Name == "peak_throughput") && f.Run == finding.AllRuns && f.Baseline == "" && t.beyond() {
			f.Note = f.Note.With("beyond", "1")
		}
	}
	rng := rand.New(rand.NewPCG(3, 5))
	for run := 1; run <= b.c.Runs; run++ {
		for n := 1.0; n <= l.most; n += .25 {
			v := l.at(n) * math.Exp(.1*rng.NormFloat64())
			b.add(finding.Finding{Analysis: finding.Capacity, Testbed: t.Name, Run: finding.Run(run), Name: "throughput_by_users", X: finding.Number(n),
				Value: finding.Number(v), Low: finding.None, High: finding.None, Unit: finding.RequestsPerSecond, N: 12})
		}
	}
	for n := 1.0; n <= l.most; n++ {
		f := over(b.about(l.at(n)), "")
		f.Analysis, f.Testbed, f.Name, f.X, f.Unit = finding.Capacity, t.Name, "usl", finding.Number(n), finding.RequestsPerSecond
		b.add(f)
	}
}
