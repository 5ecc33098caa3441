package analysis_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"virtcmp/internal/analysis"
	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// found is the outcome of an analysis.
type found []finding.Finding

func analyse(t testing.TB, rows []observation.Observation) found {
	t.Helper()
	return analyseWith(t, analysis.Options{Seed: 1}, rows)
}

func analyseWith(t testing.TB, options analysis.Options, rows []observation.Observation) found {
	t.Helper()
	a := analysis.New(options)
	for i := range rows {
		a.Observe(&rows[i])
	}
	all, err := a.Findings(nil)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(all...)
}

// get returns the findings of an analysis and name for which keep holds.
func (f found) get(name, testbed string, keep func(finding.Finding) bool) found {
	kind, name, _ := strings.Cut(name, "/")
	var some found
	for _, one := range f {
		if one.Analysis == kind && one.Name == name && one.Testbed == testbed && keep(one) {
			some = append(some, one)
		}
	}
	return some
}

func ofRun(n int) func(finding.Finding) bool {
	return func(f finding.Finding) bool { return int(f.Run) == n }
}

// overRuns keeps what is of all runs, and compared with the baseline of that name, "" for none.
func overRuns(baseline string, labels ...string) func(finding.Finding) bool {
	return func(f finding.Finding) bool {
		for i := 0; i+1 < len(labels); i += 2 {
			if f.Note.Get(labels[i]) != labels[i+1] {
				return false
			}
		}
		return f.Run == finding.AllRuns && f.Baseline == baseline
	}
}

// one returns the only such finding.
func (f found) one(t testing.TB, name, testbed string, keep func(finding.Finding) bool) finding.Finding {
	t.Helper()
	some := f.get(name, testbed, keep)
	if len(some) != 1 {
		t.Fatalf("%d findings %s of %s, want one: %v", len(some), name, testbed, some)
	}
	return some[0]
}

// warnings returns the notes of all warnings.
func (f found) warnings() []string {
	var notes []string
	for _, one := range f {
		if one.Analysis == finding.Validity && one.Name == "warning" {
			note := string(one.Note)
			if one.Testbed != "" {
				note = one.Testbed + ": " + note
			}
			notes = append(notes, note)
		}
	}
	return notes
}

func (f found) csv(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	w := csvio.NewWriter[finding.Finding](&b)
	for _, one := range f {
		w.Write(one)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func holds(f finding.Finding, truth float64) bool {
	return float64(f.Low) <= truth && truth <= float64(f.High)
}

// small is a campaign that is quick to analyse.
func small() simulate.Campaign {
	c := simulate.First(1)
	c.Runs = 3
	c.Ramp = simulate.Ramp{From: 1, To: 20, Over: 40, End: 50, Timeout: 30}
	for i := range c.Testbeds {
		c.Testbeds[i].SwapUsers, c.Testbeds[i].ErrorUsers = 14, simulate.Never
	}
	return c
}

// The simulated campaign's truth is found again.
func TestKnownTruth(t *testing.T) {
	campaign := simulate.First(3)
	rows := campaign.Rows()
	f := analyse(t, rows)
	for _, bed := range campaign.Testbeds {
		good := 0
		for _, o := range rows {
			if o.Testbed == bed.Name && o.Experiment == observation.Ramp && observation.Good(o.Code) {
				good++
			}
		}
		if got := f.one(t, "throughput/successful_requests", bed.Name, overRuns("")); float64(got.Value) != float64(good)/5 || !holds(got, float64(got.Value)) {
			t.Errorf("%s: %v, in truth %d in five runs", bed.Name, got, good)
		}
		if got := f.one(t, "swap_onset/users", bed.Name, overRuns("", "source", "counters")); math.Abs(float64(got.Value)-float64(bed.SwapUsers)+0.5) > 1 || got.Note.Get("without") != "0" {
			t.Errorf("%s swaps at %v users, in truth at %d (%s)", bed.Name, got.Value, bed.SwapUsers, got.Note)
		}
		if got := f.one(t, "swap_onset/users", bed.Name, overRuns("", "source", "latency")); math.Abs(float64(got.Value)-float64(bed.SwapUsers)) > 5 {
			t.Errorf("%s degrades at %v users, in truth at %d", bed.Name, got.Value, bed.SwapUsers)
		}
		if bed.ErrorUsers == simulate.Never {
			f.one(t, "error_onset/none", bed.Name, overRuns(""))
		} else if got := f.one(t, "error_onset/users", bed.Name, overRuns("")); math.Abs(float64(got.Value)-float64(bed.ErrorUsers)) > 0.5 {
			t.Errorf("%s fails at %v users, in truth at %d", bed.Name, got.Value, bed.ErrorUsers)
		}
		if got := f.one(t, "select/mean", bed.Name, overRuns("")); !holds(got, bed.Select*math.Exp(0.02)) {
			t.Errorf("%s: SELECT takes %v, in truth %v", bed.Name, got, bed.Select)
		}
		for stressors, factor := range bed.Stress {
			got := f.one(t, "isolation/degradation", bed.Name, func(f finding.Finding) bool {
				return f.Run == finding.AllRuns && f.Baseline == "" && f.X == finding.Number(stressors)
			})
			if float64(got.Low) > factor*1.05 || float64(got.High) < factor*0.95 {
				t.Errorf("%s: %d stressors slow INSERTs by %v to %v, in truth by %v", bed.Name, stressors, got.Low, got.High, factor)
			}
		}
	}
	if got, want := f.one(t, "select/mean", "uml", overRuns("native")), 850.0/31; !holds(got, want) {
		t.Errorf("SELECT: uml/native is %v to %v, in truth %v", got.Low, got.High, want)
	}
	w := f.warnings()
	for _, bed := range campaign.Testbeds { // a queue before busy cores has no peak
		w = slices.DeleteFunc(w, func(w string) bool {
			return strings.HasPrefix(w, bed.Name+": warning="+finding.FewRuns) || strings.HasPrefix(w, bed.Name+": warning="+finding.KappaUnidentified)
		})
	}
	if len(w) > 0 || len(f.warnings()) != 6 {
		t.Errorf("warnings of a good campaign of 5 runs: %q", f.warnings())
	}
}

// Findings depend on the set of rows, not on their order, nor on how they are cut into files.
func TestOrderOfRows(t *testing.T) {
	rows := small().Rows()
	want := analyse(t, rows).csv(t)
	if again := analyse(t, rows).csv(t); again != want {
		t.Fatal("the same rows give other findings")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3 {
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if got := analyse(t, rows).csv(t); got != want {
			t.Fatalf("shuffled rows give other findings: %s", firstDifference(got, want))
		}
		if got := analyseShared(t, rows).csv(t); got != want {
			t.Fatalf("rows that several observe give other findings: %s", firstDifference(got, want))
		}
	}
}

// analyseShared analyses rows that three observers take in turns, side by side.
func analyseShared(t *testing.T, rows []observation.Observation) found {
	t.Helper()
	a := analysis.New(analysis.Options{Seed: 1})
	var group sync.WaitGroup
	observers := a.Observers(3)
	for first, observe := range observers {
		group.Go(func() {
			for i := first; i < len(rows); i += len(observers) {
				observe(&rows[i])
			}
		})
	}
	group.Wait()
	all, err := a.Findings(nil)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(all...)
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got " + g[i] + ", want " + w[i]
		}
	}
	return "one is longer"
}

// The seed moves the p-values of tests that cannot look at every permutation, and
// nothing else.
func TestSeed(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rows := selects(rng, map[string]float64{"a": 1, "b": 1.1}, 12, 0.1)
	one, two := analyseWith(t, analysis.Options{Seed: 1}, rows), analyseWith(t, analysis.Options{Seed: 2}, rows)
	moved := 0
	for i := range one {
		a, b := one[i], two[i]
		if a.Baseline != "" && a.Note != b.Note {
			moved++
			if p, q := number(t, a, "p"), number(t, b, "p"); math.Abs(p-q) > 0.02 {
				t.Errorf("the seed moves p from %v to %v", p, q)
			}
			a.Note, b.Note = "", ""
		}
		if got, want := (found{b}).csv(t), (found{a}).csv(t); got != want {
			t.Fatalf("the seed moves\n%sto\n%s", want, got)
		}
	}
	if moved == 0 {
		t.Error("the seed moves nothing")
	}
}

func TestBaseline(t *testing.T) {
	campaign := func(recorded string, names ...string) []observation.Observation {
		var rows []observation.Observation
		for _, name := range names {
			for run := 1; run <= 3; run++ {
				rows = append(rows, probe(name, run, observation.Select, "sql_select_duration_seconds", 1, ""))
				if recorded != "" {
					rows = append(rows, fact(name, run, "generator", "baseline", recorded))
				}
			}
		}
		return rows
	}
	for _, tc := range []struct {
		name, asked, recorded, want string
		testbeds                    []string
	}{
		{"asked for", "lxc", "uml", "lxc", []string{"lxc", "native", "uml"}},
		{"recorded", "", "uml", "uml", []string{"lxc", "native", "uml"}},
		{"recorded but not there", "", "kvm", "native", []string{"lxc", "native", "uml"}},
		{"native", "", "", "native", []string{"lxc", "native", "uml"}},
		{"first by name", "", "", "docker", []string{"uml", "docker"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := analyseWith(t, analysis.Options{Baseline: tc.asked}, campaign(tc.recorded, tc.testbeds...))
			for _, testbed := range tc.testbeds {
				got := f.get("select/mean", testbed, func(f finding.Finding) bool { return f.Baseline != "" })
				if testbed == tc.want && len(got) != 0 || testbed != tc.want && (len(got) != 1 || got[0].Baseline != tc.want) {
					t.Errorf("%s: %v", testbed, got)
				}
			}
		})
	}
	a := analysis.New(analysis.Options{Baseline: "kvm"})
	for _, o := range campaign("", "lxc", "uml") {
		a.Observe(&o)
	}
	if _, err := a.Findings(nil); err == nil || err.Error() != `baseline "kvm": the testbeds are lxc, uml` {
		t.Errorf("error %v", err)
	}
}

func TestNothing(t *testing.T) {
	if f := analyse(t, nil); len(f) != 0 {
		t.Errorf("no rows give %v", f)
	}
}

// Rows by hand.

func probe(testbed string, run int, experiment, metric string, value float64, labels csvio.Labels) observation.Observation {
	return observation.Observation{Testbed: testbed, Run: run, Experiment: experiment, Metric: metric, Value: value, Users: observation.NoUsers, Labels: labels}
}

func fact(testbed string, run int, host, key, value string, more ...string) observation.Observation {
	labels := csvio.MakeLabels(append([]string{"host", host, "key", key, "value", value}, more...)...)
	return probe(testbed, run, observation.Environment, "environment_info", 1, labels)
}

func request(testbed string, run int, sent, took float64, users int, code string) observation.Observation {
	return observation.Observation{Testbed: testbed, Run: run, Experiment: observation.Ramp, Time: sent, Metric: "http_request_duration_seconds", Value: took, Users: observation.Users(users), Code: code, Labels: "user=1"}
}

func counter(testbed string, run int, at float64, metric string, value float64, labels csvio.Labels) observation.Observation {
	o := probe(testbed, run, observation.Ramp, metric, value, labels)
	o.Time, o.Users = at, 1
	return o
}

func values(f found) (v []float64) {
	for _, one := range f {
		v = append(v, float64(one.Value))
	}
	return v
}

func equal(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-9 })
}
