package paper

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"virtcmp/internal/figure"
	"virtcmp/internal/finding"
	"virtcmp/internal/result/resulttest"
)

// What 2014 related is related the same way whatever the baseline is, with an interval
// where each testbed has one.
func TestRelations(t *testing.T) {
	of := func(baseline string, runs int) []figure.Relation {
		return newView(t, change(func(c *resulttest.Campaign) { c.Baseline, c.Runs = baseline, runs })).relations()
	}
	want := of("native", 5)
	if len(want) != 3 {
		t.Fatalf("%d relations: %+v", len(want), want)
	}
	for i, then := range []float64{4.06, 91.0 / 85, 335.0 / 16} {
		if r := want[i]; math.Abs(r.Then-then) > 1e-9 || r.Container != "lxc" || r.Para != "uml" || !(r.Now.Low < r.Now.Value && r.Now.Value < r.Now.High) {
			t.Errorf("%+v, in 2014 %v", r, then)
		}
	}
	for _, baseline := range []string{"lxc", "uml"} {
		for i, r := range of(baseline, 5) {
			if w := want[i].Now; math.Abs(float64(r.Now.Value/w.Value)-1) > 1e-9 || math.Abs(float64(r.Now.High/w.High)-1) > 0.05 || math.Abs(float64(r.Now.Low/w.Low)-1) > 0.05 {
				t.Errorf("against %s: %+v, against native %+v", baseline, r.Now, w)
			}
		}
	}
	for _, r := range of("native", 1) {
		if r.Now.Low.Present() || !(r.Now.Value > 0) {
			t.Errorf("of one run: %+v", r)
		}
	}
	if one := newView(t, change(func(c *resulttest.Campaign) { c.Testbeds, c.Baseline = c.Testbeds[:2], "" })).relations(); one != nil {
		t.Errorf("no para-virtualised guest: %+v", one)
	}
}

func TestQuotient(t *testing.T) {
	estimate := func(v, low, high finding.Number) finding.Finding {
		return finding.Finding{Value: v, Low: low, High: high, N: 5}
	}
	exact := estimate(2, 2, 2)
	if f := quotient(estimate(6, 5, 7.2), exact); f.Value != 3 || math.Abs(float64(f.Low)-2.5) > 1e-9 || math.Abs(float64(f.High)-3.6) > 1e-9 {
		t.Errorf("by what is known exactly: %+v", f)
	}
	if f := quotient(exact, estimate(6, 5, 7.2)); math.Abs(float64(f.Low)-2/7.2) > 1e-9 || math.Abs(float64(f.High)-0.4) > 1e-9 {
		t.Errorf("of what is known exactly: %+v", f)
	}
	if f := quotient(estimate(6, 5, 7.2), estimate(6, 5, 7.2)); math.Abs(math.Log(float64(f.High))-math.Sqrt2*math.Log(1.2)) > 1e-9 {
		t.Errorf("of two alike: %+v", f)
	}
	if f := quotient(exact, estimate(6, finding.None, finding.None)); f.Low.Present() || f.Value != 2.0/6 {
		t.Errorf("without an interval: %+v", f)
	}
}

// Which way a relation points follows from the findings: turned round, the sentence turns.
func TestLikewise(t *testing.T) {
	requests := func(lxc, uml finding.Number) []finding.Finding {
		return []finding.Finding{
			over(finding.Throughput, "lxc", "successful_requests", finding.Requests, lxc, lxc*0.95, lxc*1.05, ""),
			over(finding.Throughput, "uml", "successful_requests", finding.Requests, uml, uml*0.95, uml*1.05, ""),
		}
	}
	users := []finding.Finding{
		over(finding.SwapOnset, "lxc", "users", finding.Users, 40, 39, 41, "source=counters"),
		over(finding.SwapOnset, "uml", "users", finding.Users, 50, 49, 51, "source=counters"),
	}
	for _, tc := range []struct {
		findings []finding.Finding
		want     string
	}{
		{requests(900, 300), "The relation points the same way as in 2014 in the number of successful requests."},
		{requests(300, 900), "The relation points the opposite way to 2014’s in the number of successful requests."},
		{requests(300, 301), "Which way the relation points in the number of successful requests these runs do not tell."},
		{append(requests(900, 300), users...), "The relation points the same way as in 2014 in the number of successful requests. It points the opposite way to 2014’s in the number of users at the onset of swapping."},
		{nil, ""},
	} {
		if got, err := newView(t, tc.findings).likewise(); err != nil || got != tc.want {
			t.Errorf("%q, %v\nwant %q", got, err, tc.want)
		}
	}
}

// The slowest requests are told as far out as every testbed's are known, and not what
// the 99th percentile tells.
func TestTail(t *testing.T) {
	at := func(testbed string, x, seconds finding.Number) finding.Finding {
		f := over(finding.Latency, testbed, "quantile", finding.Seconds, seconds, finding.None, finding.None, "")
		f.X = x
		return f
	}
	lxc, uml := []finding.Finding{at("lxc", .99, 1), at("lxc", .999, 2), at("lxc", .9999, 3)}, []finding.Finding{at("uml", .99, 4), at("uml", .999, 5)}
	for _, tc := range []struct {
		findings []finding.Finding
		want     string
	}{
		{append(lxc, uml...), `One request in 1,000 took longer than this: LXC 2 s and User\-Mode Linux 5 s.`},
		{lxc, "One request in 10,000 took longer than this: LXC 3 s."},
		{append(lxc, uml[:1]...), ""},
		{nil, ""},
	} {
		if got := strings.ReplaceAll(newView(t, tc.findings).tail(), nbsp, " "); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// The figure of architectures has every technology that the paper knows.
func TestArchitectures(t *testing.T) {
	v := newView(t, nil)
	var svg bytes.Buffer
	if err := v.material.Figures["architecture"].Write(&svg, "svg", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	for _, k := range v.sources.technologies {
		if !strings.Contains(svg.String(), k.Name) {
			t.Errorf("%s is in none of its stacks", k.Name)
		}
	}
}
