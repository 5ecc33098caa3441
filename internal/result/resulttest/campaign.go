// Package resulttest makes up findings for the tests of whatever reports them.
// Nothing here was measured.
package resulttest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

// Testbed is how a made-up testbed behaves.
type Testbed struct {
	Name, Technology, Class string
	Page                    float64 // seconds a page takes alone
	SwapUsers               float64 // users at which it starts to swap; 0: never
	ErrorUsers              float64 // users at which it starts to fail; 0: never
	Select                  float64 // seconds
	Insert                  float64 // seconds, unstressed
	Degradation             float64 // by four stressors
	Startup                 float64 // seconds
	Memory                  float64 // bytes of the idle testbed
	Checkpoint              float64 // seconds; 0: it can't
	Accelerator             string
	Kernel                  string
	Until                   float64 // seconds after which no request succeeds; 0: never
	TimedOut                float64 // share of the requests, so that it is not known how slow they are
}

// Native, LXC, UML, Docker and Xen behave roughly as such testbeds do.
var (
	Native = Testbed{Name: "native", Technology: "native", Class: "none", Page: .015, SwapUsers: 49, ErrorUsers: 56, Select: .000022, Insert: .18, Degradation: 9, Startup: .6, Memory: 230e6, Accelerator: "none", Kernel: "6.18.5"}
	LXC    = Testbed{Name: "lxc", Technology: "lxc", Class: "container", Page: .016, SwapUsers: 48, ErrorUsers: 55, Select: .00003, Insert: .2, Degradation: 11, Startup: 1.3, Memory: 240e6, Accelerator: "none", Kernel: "6.18.5"}
	UML    = Testbed{Name: "uml", Technology: "uml", Class: "para-virtualisation", Page: .062, SwapUsers: 41, ErrorUsers: 0, Select: .00085, Insert: 1.07, Degradation: 1.9, Startup: 6.5, Memory: 450e6, Accelerator: "uml", Kernel: "6.1.129"}
	GVisor = Testbed{Name: "gvisor", Technology: "gvisor", Class: "sandbox", Page: .04, SwapUsers: 38, ErrorUsers: 50, Select: .00034, Insert: .5, Degradation: 6, Startup: .9, Memory: 360e6, Checkpoint: 2.1, Accelerator: "ptrace", Kernel: "4.4.0"}
	QEMU   = Testbed{Name: "qemu", Technology: "qemu", Class: "full-virtualisation", Page: .37, SwapUsers: 16, ErrorUsers: 40, Select: .00061, Insert: 1.9, Degradation: 1.5, Startup: 16, Memory: 870e6, Checkpoint: 6, Accelerator: "tcg", Kernel: "6.1.0"}
	Docker = Testbed{Name: "docker", Technology: "docker", Class: "container", Page: .0165, SwapUsers: 47, ErrorUsers: 54, Select: .000031, Insert: .21, Degradation: 12, Startup: 1.8, Memory: 370e6, Accelerator: "none", Kernel: "6.18.5"}
	Xen    = Testbed{Name: "xen", Technology: "xen", Class: "para-virtualisation", Page: .8, SwapUsers: 0, ErrorUsers: 0, Select: .0057, Insert: 9.2, Degradation: 1.2, Startup: 45, Memory: 2.6e9, Checkpoint: 14, Accelerator: "tcg", Kernel: "6.1.0"}
)

// Campaign is a made-up comparison; Findings gives what analysing it would.
type Campaign struct {
	Testbeds      []Testbed
	Baseline      string
	Runs          int
	Demonstration bool
	Matrix        bool     // every victim was measured beside every aggressor
	Open          bool     // there was an open loop too
	Without       []string // analyses that find nothing
}

// Seven is a campaign of all testbeds.
func Seven() Campaign {
	return Campaign{Testbeds: []Testbed{Native, LXC, Docker, GVisor, UML, QEMU, Xen}, Baseline: "native", Runs: 5}
}

// First is the campaign most tests use.
func First() Campaign {
	return Campaign{Testbeds: []Testbed{Native, LXC, UML}, Baseline: "native", Runs: 5}
}

const (
	rampTo, rampOver, rampEnd = 60.0, 120.0, 140.0
	cores                     = 2
)

type builder struct {
	c   Campaign
	rng *rand.Rand
	out []finding.Finding
}

// Findings returns the findings of the campaign, the same on every call.
func (c Campaign) Findings() []finding.Finding {
	b := &builder{c: c, rng: rand.New(rand.NewPCG(7, 11))}
	for _, t := range c.Testbeds {
		b.ramp(t)
		b.capacity(t)
		if c.Open {
			b.open(t)
		}
		b.sql(t)
		if c.Matrix {
			b.matrix(t)
		}
		b.costs(t)
		b.operation(t)
		b.facts(t)
	}
	b.compare()
	b.laterUsers()
	for _, t := range c.Testbeds {
		b.agreement(t)
		b.aftermath(t)
		b.curves(t)
		b.meanQuantiles(finding.Latency, t)
		b.meanQuantiles(finding.OpenLoop, t)
	}
	if c.Runs < 3 {
		b.warn("", "warning", "too-few-runs", "runs", strconv.Itoa(c.Runs), "experiment", "insert,ramp,select")
	} else if c.Runs < 10 {
		b.warn("", "warning", "few-runs", "runs", strconv.Itoa(c.Runs), "experiment", "insert,ramp,select")
	}
	if c.Demonstration {
		b.warn("", "warning", "demonstration")
	}
	for i := range c.Testbeds {
		t := c.Testbeds[i]
		if t.Accelerator == "tcg" {
			b.warn(t.Name, "warning", "software-emulation", "accelerator", "tcg")
		}
		b.add(finding.Finding{Analysis: finding.Environment, Testbed: t.Name, Name: "source", X: finding.None, Value: 81234, Low: finding.None, High: finding.None, Unit: finding.Rows, N: 1,
			Note: csvio.MakeLabels("file", fmt.Sprintf("observations/%02d-%s-ramp.csv.zst", i, t.Name), "sha256", fmt.Sprintf("%064x", uint64(i+1)*0x9e3779b97f4a7c15))})
	}
	return slices.DeleteFunc(b.out, func(f finding.Finding) bool { return slices.Contains(c.Without, f.Analysis) })
}

func (b *builder) add(f finding.Finding) { b.out = append(b.out, f) }

func (b *builder) warn(testbed string, labels ...string) {
	b.add(finding.Finding{Analysis: finding.Validity, Testbed: testbed, Name: "warning", X: finding.None, Value: finding.None, Low: finding.None, High: finding.None, Note: csvio.MakeLabels(labels...)})
}

// scalar adds a value for every run and over all of them.
func (b *builder) scalar(analysis, testbed, name, unit string, x finding.Number, note csvio.Labels, n int, values []float64) {
	for i, v := range values {
		b.add(finding.Finding{Analysis: analysis, Testbed: testbed, Run: finding.Run(i + 1), Name: name, X: x, Value: finding.Number(v), Low: finding.None, High: finding.None, Unit: unit, N: n, Note: note})
	}
	all := over(values, note)
	all.Analysis, all.Testbed, all.Name, all.X, all.Unit = analysis, testbed, name, x, unit
	b.add(all)
}

// over returns the finding over runs that have these values.
func over(values []float64, note csvio.Labels) finding.Finding {
	sum, ss := 0.0, 0.0
	for _, v := range values {
		sum += v
	}
	k := float64(len(values))
	mean := sum / k
	for _, v := range values {
		ss += (v - mean) * (v - mean)
	}
	all := finding.Finding{X: finding.None, Value: finding.Number(mean), Low: finding.None, High: finding.None, N: len(values), Note: note}
	if len(values) >= 3 {
		half := 2.5 * math.Sqrt(ss/(k-1)/k)
		all.Low, all.High = finding.Number(mean-half), finding.Number(mean+half)
	} else {
		all.Note = all.Note.With("interval", "too-few-runs")
	}
	return all
}

// draw returns one noisy value for every run.
func (b *builder) draw(v, sigma float64) []float64 {
	values := make([]float64, b.c.Runs)
	for i := range values {
		values[i] = v * math.Exp(sigma*b.rng.NormFloat64())
	}
	return values
}

func users(t float64) float64 { return min(math.Floor(t*rampTo/rampOver)+1, rampTo) }

// latency is the request time a queue of that many users gives, longer once it swaps.
func (t Testbed) latency(n float64) float64 {
	v := t.Page * math.Max(1, n/cores)
	if t.SwapUsers > 0 && n > t.SwapUsers {
		v *= 1 + .12*math.Pow(n-t.SwapUsers, 1.4)
	}
	return v
}

func (b *builder) ramp(t Testbed) {
	var good, bad, mean, p50, p90, p95, p99, longest, cpu, slope, spread []float64
	var swapAt, errorAt []float64
	for run := 1; run <= b.c.Runs; run++ {
		point := func(analysis, name, unit string, x, v float64) {
			b.add(finding.Finding{Analysis: analysis, Testbed: t.Name, Run: finding.Run(run), Name: name, X: finding.Number(x), Value: finding.Number(v), Low: finding.None, High: finding.None, Unit: unit, N: 1})
		}
		speed := math.Exp(.015 * b.rng.NormFloat64())
		ok, failed, swap := 0.0, 0.0, 0.0
		var all, window []float64
		for i := range 560 {
			at := rampEnd * float64(i) / 560
			n := users(at)
			l := t.latency(n) * speed
			v := l * math.Exp(.22*b.rng.NormFloat64())
			if b.rng.IntN(60) == 0 {
				v *= 1 + 3*b.rng.Float64()
			}
			if t.Until > 0 && at > t.Until {
				continue
			}
			ok += n / l * rampEnd / 560
			all, window = append(all, v), append(window, v)
			point(finding.Latency, "request", finding.Seconds, at, v)
			if len(all) >= 30 {
				sum := 0.0
				for _, w := range all[len(all)-30:] {
					sum += w
				}
				point(finding.Latency, "moving_average_30", finding.Seconds, at, sum/30)
			}
			if len(window) == 40 {
				slices.Sort(window)
				point(finding.Latency, "median_10s", finding.Seconds, at-5, window[20])
				point(finding.Latency, "p95_10s", finding.Seconds, at-5, window[38])
				window = nil
			}
			if i%4 == 0 {
				point(finding.Throughput, "requests_per_second", finding.RequestsPerSecond, at, n/l)
				rate, fail := 0.0, 0.0
				if t.SwapUsers > 0 && n > t.SwapUsers {
					rate = 900 * math.Sqrt(n-t.SwapUsers) * (1 + .3*b.rng.NormFloat64())
					swap += rate * 100
				}
				if t.ErrorUsers > 0 && n > t.ErrorUsers {
					fail = (n - t.ErrorUsers) * (.5 + b.rng.Float64())
					failed += fail
				}
				point(finding.SwapOnset, "swap_rate", finding.PagesPerSecond, at, max(rate, 0))
				point(finding.SwapOnset, "swap_used", finding.Bytes, at, max(swap, 0))
				point(finding.ErrorOnset, "failures_per_second", finding.RequestsPerSecond, at, fail)
			}
		}
		slices.Sort(all)
		q := func(p float64) float64 { return all[int(p*float64(len(all)-1))] }
		sum := 0.0
		for _, v := range all {
			sum += v
		}
		b.quantiles(finding.Latency, t, run, all, math.Round(ok))
		good, bad = append(good, math.Round(ok)), append(bad, math.Round(failed))
		mean, p50, p90, p95 = append(mean, sum/560), append(p50, q(.5)), append(p90, q(.9)), append(p95, q(.95))
		p99, longest, cpu = append(p99, q(.99)), append(longest, q(1)), append(cpu, t.Page*speed)
		slope, spread = append(slope, t.Page/cores*speed), append(spread, .21*speed)
		if t.SwapUsers > 0 {
			swapAt = append(swapAt, (t.SwapUsers+b.rng.NormFloat64())*rampOver/rampTo)
		}
		if t.ErrorUsers > 0 {
			errorAt = append(errorAt, (t.ErrorUsers+b.rng.NormFloat64())*rampOver/rampTo)
		}
	}
	add := func(analysis, name, unit string, note csvio.Labels, values []float64) {
		b.scalar(analysis, t.Name, name, unit, finding.None, note, 560, values)
	}
	add(finding.Throughput, "successful_requests", finding.Requests, "", good)
	add(finding.Throughput, "failed_requests", finding.Requests, "code=all", bad)
	if slices.Max(bad) > 0 {
		add(finding.Throughput, "failed_requests", finding.Requests, "code=timeout", bad)
	}
	add(finding.Throughput, "cpu_per_request", finding.Seconds, "", cpu)
	for i, values := range [][]float64{mean, p50, p90, p95, p99, longest} {
		add(finding.Latency, []string{"mean", "p50", "p90", "p95", "p99", "max"}[i], finding.Seconds, "", values)
	}
	add(finding.Latency, "trend_slope", finding.SecondsPerUser, "", slope)
	add(finding.Latency, "consistency", finding.Ratio, "", spread)
	b.onset(finding.SwapOnset, t, "source=counters", swapAt)
	b.onset(finding.SwapOnset, t, "source=latency", swapAt)
	b.onset(finding.ErrorOnset, t, "", errorAt)
}

func (b *builder) onset(analysis string, t Testbed, note csvio.Labels, at []float64) {
	if len(at) == 0 {
		for run := range b.c.Runs + 1 { // run 0 stands for all
			b.add(finding.Finding{Analysis: analysis, Testbed: t.Name, Run: finding.Run(run), Name: "none", X: finding.None, Value: 0, Low: finding.None, High: finding.None, N: b.c.Runs, Note: note})
		}
		return
	}
	var n []float64
	for _, v := range at {
		n = append(n, users(v))
	}
	b.scalar(analysis, t.Name, "time", finding.Seconds, finding.None, note, 1, at)
	b.scalar(analysis, t.Name, "users", finding.Users, finding.None, note, 1, n)
}

// about returns values about v without drawing any.
func (b *builder) about(v float64) []float64 {
	values := make([]float64, b.c.Runs)
	for i := range values {
		values[i] = v * (1 + .02*(float64(i)-float64(b.c.Runs-1)/2))
	}
	return values
}

// laterUsers adds by how many users onsets come later than the baseline's.
func (b *builder) laterUsers() {
	var all []finding.Finding
	for _, f := range b.out {
		if f.Name != "users" || f.Run != finding.AllRuns || f.Baseline != "" || f.Testbed == b.c.Baseline {
			continue
		}
		if base, ok := b.overall(f); ok {
			f.Name, f.Value, f.Note = "users_more", f.Value-base.Value, f.Note.With("against", b.c.Baseline)
			if f.Low.Present() {
				f.Low, f.High = f.Value-1.5, f.Value+1.5
			}
			all = append(all, f)
		}
	}
	b.out = append(b.out, all...)
}

// agreement adds how far apart the two ways are to tell an onset.
func (b *builder) agreement(t Testbed) {
	if t.SwapUsers > 0 {
		b.scalar(finding.SwapOnset, t.Name, "agreement", finding.Seconds, finding.None, "agree=yes;runs=5;agreeing=5", 560, b.about(2))
	}
}

// aftermath adds what is served once requests fail.
func (b *builder) aftermath(t Testbed) {
	if t.ErrorUsers > 0 {
		b.scalar(finding.ErrorOnset, t.Name, "goodput_kept", finding.Ratio, finding.None, "", 560, b.about(.6))
		for run := range b.c.Runs + 1 { // run 0 stands for all
			b.add(finding.Finding{Analysis: finding.ErrorOnset, Testbed: t.Name, Run: finding.Run(run), Name: "no_recovery", X: finding.None, Value: 0, Low: finding.None, High: finding.None, N: b.c.Runs})
		}
	}
}

func (b *builder) sql(t Testbed) {
	b.scalar(finding.Select, t.Name, "median", finding.Seconds, finding.None, "", 1000, b.draw(t.Select, .04))
	b.scalar(finding.Select, t.Name, "mean", finding.Seconds, finding.None, "", 1000, b.draw(t.Select*1.1, .05))
	b.scalar(finding.Select, t.Name, "p99", finding.Seconds, finding.None, "", 1000, b.draw(t.Select*2, .1))
	alone := b.draw(t.Insert*10, .04)
	b.scalar(finding.Isolation, t.Name, "unstressed", finding.Seconds, finding.None, "", 5, alone)
	for _, stress := range []float64{1, 2, 4} {
		d := b.draw(1+(t.Degradation-1)*stress/4, .05)
		beside := make([]float64, len(d))
		for i := range d {
			beside[i] = alone[i] * d[i]
		}
		b.scalar(finding.Isolation, t.Name, "stressed", finding.Seconds, finding.Number(stress), "", 5, beside)
		b.scalar(finding.Isolation, t.Name, "degradation", finding.Ratio, finding.Number(stress), "", 5, d)
	}
}

// matrix makes each aggressor after the first, and each victim, worse than the one
// before, up to the testbed's degradation: the first cell has none.
func (b *builder) matrix(t Testbed) {
	aggressors, victims := []string{"cpu", "memory", "disk", "network", "fork"}, []string{"select", "insert", "http"}
	for j, victim := range victims {
		calm := b.draw([]float64{t.Select, t.Insert, t.Page}[j], .04)
		b.scalar(finding.Isolation, t.Name, "unstressed", finding.Seconds, finding.None, csvio.MakeLabels("aggressor", "none", "victim", victim), 600, calm)
		for i, aggressor := range aggressors {
			d := b.draw(math.Pow(t.Degradation, float64(i*len(victims)+j)/float64(len(aggressors)*len(victims)-1)), .04)
			beside := make([]float64, len(d))
			for k := range d {
				beside[k] = calm[k] * d[k]
			}
			note := csvio.MakeLabels("aggressor", aggressor, "victim", victim)
			b.scalar(finding.Isolation, t.Name, "stressed", finding.Seconds, finding.None, note, 100, beside)
			b.scalar(finding.Isolation, t.Name, "degradation", finding.Ratio, finding.None, note, 700, d)
		}
	}
}

func (b *builder) costs(t Testbed) {
	b.scalar(finding.Startup, t.Name, "first_page", finding.Seconds, finding.None, "", 1, b.draw(t.Startup, .06))
	b.scalar(finding.Startup, t.Name, "image_build", finding.Seconds, finding.None, "", 1, b.draw(47, .02))
	b.scalar(finding.Startup, t.Name, "image_size", finding.Bytes, finding.None, "", 1, b.draw(657e6, 0))
	empty := b.draw(412e6, .01)
	own := b.draw(t.Memory, .02)
	idle := make([]float64, len(own))
	for i := range own {
		idle[i] = empty[i] + own[i]
	}
	b.scalar(finding.Footprint, t.Name, "empty", finding.Bytes, finding.None, "", 1, empty)
	b.scalar(finding.Footprint, t.Name, "idle", finding.Bytes, finding.None, "", 1, idle)
	b.scalar(finding.Footprint, t.Name, "testbed", finding.Bytes, finding.None, "", 1, own)
	half := make([]float64, len(own))
	for i := range own {
		half[i] = own[i] / 2
	}
	b.scalar(finding.Footprint, t.Name, "guest", finding.Bytes, finding.None, "", 1, half)
}

// operation draws nothing, so that the others' randomness does not depend on whether it
// is there.
func (b *builder) operation(t Testbed) {
	if slices.Contains(b.c.Without, finding.Operation) {
		return // its facts too
	}
	add := func(name, unit string, v float64) {
		values := make([]float64, b.c.Runs)
		for i := range values {
			values[i] = v * (1 + .01*(float64(i)-float64(b.c.Runs-1)/2))
		}
		b.scalar(finding.Operation, t.Name, name, unit, finding.None, "", 1, values)
	}
	add("first_page_cold", finding.Seconds, 1.4*t.Startup+1)
	add("first_page_warm", finding.Seconds, t.Startup)
	add("written", finding.Bytes, 128.4e6)
	add("teardown", finding.Seconds, .2+.02*t.Startup)
	if t.Name == "gvisor" {
		b.fact(t, b.c.Runs, "host", "operation_snapshot", "n/a", "reason", "its layers are in memory")
	} else {
		add("snapshot", finding.Seconds, .02+.01*t.Startup)
		add("snapshot_size", finding.Bytes, 37e3*(1+t.Startup))
	}
	add("pause", finding.Seconds, .004)
	add("resume", finding.Seconds, 3*t.Page)
	if t.Checkpoint == 0 {
		for _, what := range []string{"checkpoint", "restore"} {
			b.fact(t, b.c.Runs, "host", "operation_"+what, "n/a", "reason", "CRIU fails: vdso: Unexpected rt vDSO area bounds")
		}
		return
	}
	add("checkpoint", finding.Seconds, t.Checkpoint)
	add("checkpoint_size", finding.Bytes, t.Memory)
	add("restore", finding.Seconds, 1.3*t.Checkpoint)
}

// compare adds the ratios of what stands over all runs.
func (b *builder) compare() {
	if len(b.c.Testbeds) < 2 {
		return
	}
	var ratios []finding.Finding
	for _, f := range b.out {
		if f.Run != finding.AllRuns || f.Testbed == b.c.Baseline || f.Name == "none" || f.Analysis == finding.Environment || !f.Value.Present() {
			continue
		}
		if base, ok := b.overall(f); ok && base.Value > 0 {
			r := f
			r.Baseline, r.Unit = b.c.Baseline, finding.Ratio
			r.Value = f.Value / base.Value
			if f.Low.Present() && base.Low.Present() {
				rel := math.Hypot(float64(f.High-f.Low)/2/float64(f.Value), float64(base.High-base.Low)/2/float64(base.Value))
				r.Low, r.High = r.Value*finding.Number(math.Exp(-rel)), r.Value*finding.Number(math.Exp(rel))
			}
			r.Note = verdict(r)
			ratios = append(ratios, r)
		}
	}
	b.out = append(b.out, ratios...)
}

// verdict returns a comparison's note with the verdict that its interval suggests.
func verdict(r finding.Finding) csvio.Labels {
	preference := finding.PreferenceFor(r.Analysis, r.Name)
	labels := func(pairs ...string) csvio.Labels {
		if r.Note != "" {
			return r.Note + ";" + csvio.MakeLabels(pairs...)
		}
		return csvio.MakeLabels(pairs...)
	}
	switch {
	case preference == finding.NoPreference:
		return r.Note
	case !r.Low.Present():
		return labels("verdict", finding.NoVerdict, "reason", finding.TooFewRuns)
	case r.Low <= 1 && r.High >= 1:
		return labels("p", "0.2", "p_holm", "0.4", "verdict", finding.Indistinguishable, "reason", finding.NotSignificant, "floor", "0.05", "floor_from", "default")
	case math.Abs(math.Log(float64(r.Value))) <= math.Log(1.05):
		return labels("p", "0.007937", "p_holm", "0.01587", "verdict", finding.Indistinguishable, "reason", finding.BelowFloor, "floor", "0.05", "floor_from", "default")
	case (r.Value > 1) == (preference == finding.MoreIsBetter):
		return labels("p", "0.007937", "p_holm", "0.01587", "verdict", finding.Better, "floor", "0.05", "floor_from", "default")
	}
	return labels("p", "0.007937", "p_holm", "0.01587", "verdict", finding.Worse, "floor", "0.05", "floor_from", "default")
}

func (b *builder) overall(f finding.Finding) (finding.Finding, bool) {
	for _, g := range b.out {
		if g.Testbed == b.c.Baseline && g.Run == finding.AllRuns && g.Analysis == f.Analysis && g.Name == f.Name && g.Note == f.Note &&
			(g.X == f.X || !g.X.Present() && !f.X.Present()) {
			return g, true
		}
	}
	return finding.Finding{}, false
}

func (b *builder) facts(t Testbed) {
	for _, f := range [][3]string{
		{"generator", "campaign", "made-up"}, {"generator", "virtcmp_version", "0.1.0"}, {"generator", "seed", "42"},
		{"generator", "baseline", b.c.Baseline}, {"generator", "loop", "closed"}, {"generator", "cpus", "2"},
		{"generator", "kernel", "6.18.5"}, {"generator", "cpu_model", "Intel(R) Xeon(R) Processor @ 2.60GHz"}, {"generator", "memory_bytes", "8323072000"},
		{"generator", "ramp_from", "1"}, {"generator", "ramp_to", "60"}, {"generator", "ramp_over_seconds", "120"},
		{"generator", "ramp_end_seconds", "140"}, {"generator", "ramp_timeout_seconds", "30"}, {"generator", "path", "/"},
		{"generator", "expect", "Hello world!"}, {"generator", "select_queries", "1000"}, {"generator", "insert_rows", "10000"},
		{"generator", "insert_stressors", "0,1,2,4"}, {"host", "kernel", "6.18.5"}, {"host", "os", "Debian GNU/Linux 12 (bookworm)"},
		{"host", "cpu_model", "Intel(R) Xeon(R) Processor @ 2.60GHz"}, {"host", "cpus", "2"}, {"host", "memory_bytes", "8323072000"},
		{"host", "swap_bytes", "4294967296"}, {"host", "cgroup_version", "1"}, {"host", "driver", t.Name}, {"host", "technology", t.Technology},
		{"host", "class", t.Class}, {"host", "accelerator", t.Accelerator},
		{"app", "kernel", t.Kernel}, {"app", "os", "Debian GNU/Linux 12 (bookworm)"}, {"app", "limit_memory_bytes", "201326592"},
		{"app", "limit_swap_bytes", "536870912"}, {"app", "limit_cpus", "1"}, {"app", "software_apache2", "2.4.62-1~deb12u2"},
		{"app", "software_php", "8.2.26"}, {"app", "software_wordpress", "6.1.6+dfsg1-0+deb12u1"}, {"app", "cgroup_parent", "/virtcmp"},
		{"app", "image_digest", "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"},
		{"db", "kernel", t.Kernel}, {"db", "os", "Debian GNU/Linux 12 (bookworm)"}, {"db", "limit_memory_bytes", "201326592"}, {"db", "limit_swap_bytes", "536870912"},
		{"db", "limit_cpus", "1"}, {"db", "software_mariadb", "10.11.6"},
	} {
		b.fact(t, b.c.Runs, f[0], f[1], f[2])
	}
	if b.c.Demonstration {
		b.fact(t, b.c.Runs, "generator", "demonstration", "yes")
	}
	for run := range b.c.Runs {
		b.fact(t, 1, "generator", "trial", strconv.Itoa(run+1), "experiment", "ramp")
		b.fact(t, 1, "generator", "start_time", fmt.Sprintf("2025-05-12T%02d:07:31Z", 9+run), "experiment", "ramp")
	}
}

func (b *builder) fact(t Testbed, n int, host, name, value string, more ...string) {
	b.add(finding.Finding{Analysis: finding.Environment, Testbed: t.Name, Name: name, X: finding.None, Value: 1, Low: finding.None, High: finding.None, N: n,
		Note: csvio.MakeLabels(append([]string{"host", host, "value", value}, more...)...)})
}
