package analysis_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"virtcmp/internal/analysis"
	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// swapping returns a quiet ramp of 100 s with one more user every second, and a
// counter once a second that says what total returns.
func swapping(metric string, total func(second int) float64) []observation.Observation {
	rows := []observation.Observation{fact("a", 1, "generator", "ramp_end_seconds", "100")}
	for i := range 1000 {
		rows = append(rows, request("a", 1, float64(i)/10, 0.01, 1+i/10, "200"))
	}
	for i := range 101 {
		rows = append(rows, counter("a", 1, float64(i), metric, total(i), "host=app"))
	}
	return rows
}

func TestSwapOnset(t *testing.T) {
	const out, used = "node_vmstat_pswpout", "container_memory_swap"
	// from counts so many a second from one second to another.
	from := func(begin, end int, rate float64) func(int) float64 {
		return func(i int) float64 { return 5000 + rate*float64(min(max(i-begin, 0), end-begin)) }
	}
	for _, tc := range []struct {
		name   string
		metric string
		total  func(int) float64
		want   float64 // seconds, -1: none
	}{
		{"none", out, from(0, 0, 0), -1},
		{"from 60 s on", out, from(60, 100, 400), 60.5},
		{"below the floor", out, from(60, 100, 40), -1},
		{"a burst", out, from(60, 62, 4000), -1},
		{"ten seconds", out, from(60, 70, 400), -1},
		{"twenty seconds", out, from(60, 80, 400), 60.5},
		{"from the start", out, from(0, 100, 1000), 0.5},
		{"every third second", out, func(i int) float64 { return 600 * float64(max(0, i-60)/3) }, 62.5},
		{"noise at the start is learned", out, func(i int) float64 { // 80 +- 40 a second, then 300 more
			return 80*float64(i) + 20*float64(i%5) + 300*float64(max(0, i-60))
		}, 60.5},
		{"a restarted counter", out, func(i int) float64 {
			if i < 50 {
				return 1e6
			}
			return 0
		}, -1},
		{"too late to tell", out, from(95, 100, 400), -1},
		{"a control group's swap", used, from(60, 100, 400*4096), 60.5},
		{"a control group's falling swap", used, func(i int) float64 { return 1e9 - 400*4096*float64(i) }, -1},
		{"a control group's refaults", "container_memory_workingset_refault_anon", from(60, 100, 400), 60.5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := analyse(t, swapping(tc.metric, tc.total))
			counters := func(f finding.Finding) bool { return f.Run == 1 && f.Note.Get("source") == "counters" }
			if tc.want < 0 {
				f.one(t, "swap_onset/none", "a", counters)
				return
			}
			if got := f.one(t, "swap_onset/time", "a", counters); got.Value != finding.Number(tc.want) {
				t.Errorf("%v, want %v", got, tc.want)
			}
			if got := f.one(t, "swap_onset/users", "a", counters); int(got.Value) != 1+int(tc.want) {
				t.Errorf("%v", got)
			}
		})
	}
}

// Without counters there is no word of swapping, neither of an onset nor of none.
func TestSwapOnsetWithoutCounters(t *testing.T) {
	f := analyse(t, swapping("node_vmstat_pswpout", func(int) float64 { return 0 })[:1001])
	for _, name := range []string{"time", "users", "none", "swap_rate", "swap_used"} {
		if got := f.get("swap_onset/"+name, "a", func(f finding.Finding) bool { return f.Note.Get("source") != "latency" }); len(got) != 0 {
			t.Errorf("%v", got)
		}
	}
}

// A guest with a kernel of its own knows better than its control group, which sees the emulator.
func TestSwapCounters(t *testing.T) {
	rows := swapping("container_memory_swap", func(i int) float64 { return 4e6 * float64(i) })
	f := analyse(t, rows)
	if got := f.get("swap_onset/swap_used", "a", ofRun(1)); len(got) != 101 || got[100].Value != 4e8 || got[100].X != 100 || got[100].Unit != finding.Bytes {
		t.Errorf("%v", got)
	}
	for i := range 101 {
		rows = append(rows, counter("a", 1, float64(i), "node_vmstat_pswpout", 7, "host=app"),
			counter("a", 1, float64(i), "node_vmstat_pswpin", 2*float64(i), "host=app"),
			counter("a", 1, float64(i), "node_memory_SwapFree_bytes", 1e9-1000*float64(i), "host=app"),
			counter("a", 1, float64(i), "node_vmstat_pswpout", 1e4*float64(i), "host=host"))
	}
	f = analyse(t, rows)
	if got := f.get("swap_onset/swap_used", "a", ofRun(1)); len(got) != 101 || got[100].Value != 1e5 {
		t.Errorf("%v", got)
	}
	if got := f.get("swap_onset/swap_rate", "a", ofRun(1)); len(got) != 100 || got[99].Value != 2 || got[99].Unit != finding.PagesPerSecond {
		t.Errorf("%v", got)
	}
	f.one(t, "swap_onset/none", "a", func(f finding.Finding) bool { return f.Run == 1 && f.Note.Get("source") == "counters" })
}

// Counters of some runs only: the mean over the runs that have an onset, and how many have none.
func TestSwapOnsetOverRuns(t *testing.T) {
	var rows []observation.Observation
	for run, begin := range []int{60, 70, 200, 80} {
		for _, o := range swapping("node_vmstat_pswpout", func(i int) float64 { return 400 * float64(max(0, i-begin)) }) {
			o.Run = run + 1
			rows = append(rows, o)
		}
	}
	f := analyse(t, rows)
	got := f.one(t, "swap_onset/time", "a", overRuns("", "source", "counters"))
	if got.Value != 70.5 || got.N != 3 || got.Note != "source=counters;runs=4;without=1" || !holds(got, 70.5) {
		t.Errorf("%+v", got)
	}
	if none := f.get("swap_onset/none", "a", overRuns("", "source", "counters")); len(none) != 0 {
		t.Errorf("and yet %v", none)
	}
}

// Equal numbers of users are no exact ones.
func TestOnsetsAtTheSameUsers(t *testing.T) {
	var rows []observation.Observation
	for run := range 3 {
		for _, o := range swapping("node_vmstat_pswpout", func(i int) float64 { return 400 * float64(max(0, i-60)) }) {
			o.Run = run + 1
			rows = append(rows, o)
		}
	}
	f := analyse(t, rows)
	for _, name := range []string{"time", "users"} {
		got := f.one(t, "swap_onset/"+name, "a", overRuns("", "source", "counters"))
		if width := float64(got.High - got.Low); !holds(got, float64(got.Value)) || width < 1 || width > 3.5 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Counters that fall silent before the run's end and the onset leave it open whether there was one.
func TestSilentCounters(t *testing.T) {
	var rows []observation.Observation
	for run, silent := range []float64{50, 80, 200} {
		for _, o := range swapping("node_vmstat_pswpout", func(i int) float64 { return 0 }) {
			o.Run = run + 1
			if o.Metric != "node_vmstat_pswpout" || o.Time <= silent {
				rows = append(rows, o)
			}
		}
	}
	counters := func(f finding.Finding) bool { return f.Note.Get("source") == "counters" }
	f := analyse(t, rows)
	if got := f.get("swap_onset/unknown_after", "a", counters); len(got) != 3 || got[0].Run != 0 || got[0].Value != 50 || got[0].N != 3 || got[1].Value != 50 || got[2].Value != 80 || got[2].Unit != finding.Seconds {
		t.Errorf("%+v", got)
	}
	if got := f.get("swap_onset/none", "a", counters); len(got) != 1 || got[0].Run != 3 {
		t.Errorf("%+v", got)
	}
	for i := range rows { // the last does swap
		if o := &rows[i]; o.Run == 3 && o.Metric == "node_vmstat_pswpout" {
			o.Value = 400 * max(0, o.Time-60)
		}
	}
	f = analyse(t, rows)
	if got := f.one(t, "swap_onset/time", "a", overRuns("", "source", "counters")); got.Value != 60.5 || got.N != 1 || got.Note != "source=counters;runs=3;without=0;unknown=2;interval=too-few-runs" {
		t.Errorf("%+v", got)
	}
}

// By how many users one testbed's onset comes later than another's.
func TestUsersMore(t *testing.T) {
	campaign := func(begins map[string][]int) found {
		var rows []observation.Observation
		for testbed, of := range begins {
			for run, begin := range of {
				for _, o := range swapping("node_vmstat_pswpout", func(i int) float64 { return 400 * float64(max(0, i-begin)) }) {
					o.Testbed, o.Run = testbed, run+1
					rows = append(rows, o)
				}
			}
		}
		return analyse(t, rows)
	}
	const never = 200
	for _, tc := range []struct {
		name        string
		native, xen []int
		want        float64
		note        csvio.Labels
		interval    bool
	}{
		{"six more", []int{60, 61, 62}, []int{66, 67, 68}, 6, "", true},
		{"fewer", []int{60, 61, 62}, []int{50, 51, 52}, -10, "", true},
		{"at least", []int{60, 61, 62}, []int{never, 67, never}, (100+68+100)/3.0 - 62, ";bound=least", true},
		{"at most", []int{never, 61, 62}, []int{60, 67, 68}, 66 - (100+62+63)/3.0, ";bound=most", true},
		{"anything", []int{never, 61, 62}, []int{never, 67, 68}, (100+68+69)/3.0 - (100+62+63)/3.0, ";bound=unknown", true},
		{"one run", []int{60}, []int{66}, 6, ";interval=too-few-runs", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := campaign(map[string][]int{"native": tc.native, "xen": tc.xen})
			got := f.one(t, "swap_onset/users_more", "xen", overRuns("", "source", "counters"))
			if math.Abs(float64(got.Value)-tc.want) > 1e-9 || got.Unit != finding.Users || got.Note != "source=counters;against=native"+tc.note {
				t.Errorf("%+v, want %v", got, tc.want)
			}
			if got.Low.Present() != tc.interval || tc.interval && (!holds(got, tc.want) || got.High-got.Low < 1) {
				t.Errorf("%+v", got)
			}
		})
	}
	neither := campaign(map[string][]int{"native": {never, never}, "xen": {never, never}})
	if got := neither.get("swap_onset/users_more", "xen", overRuns("")); len(got) != 0 {
		t.Errorf("neither swaps: %v", got)
	}
}

// Whether what the counters say and what latency says is the same.
func TestAgreement(t *testing.T) {
	// A ramp that is ten times as slow from one second on, and swaps from another.
	ramp := func(run int, slow, swap float64) (rows []observation.Observation) {
		rng := rand.New(rand.NewPCG(1, uint64(run)))
		rows = append(rows, fact("a", run, "generator", "ramp_end_seconds", "200"))
		for at := 0.0; at < 200; at += 0.1 {
			took := 0.01 * math.Exp(0.1*rng.NormFloat64())
			if at >= slow {
				took *= 10
			}
			rows = append(rows, request("a", run, at, took, 1, "200"))
		}
		for i := range 201 {
			rows = append(rows, counter("a", run, float64(i), "node_vmstat_pswpout", 400*max(0, float64(i)-swap), "host=app"))
		}
		return rows
	}
	const never = 1e9
	for _, tc := range []struct {
		name string
		runs [][2]float64 // slow, swap
		want float64      // over runs; NaN: nothing
		note string
	}{
		{"at once", [][2]float64{{100, 100}, {120, 120}, {110, 110}}, -0.5, "agree=yes;runs=3;agreeing=3"},
		{"nine seconds", [][2]float64{{109, 100}, {129, 120}, {119, 110}}, 8.5, "agree=yes;runs=3;agreeing=3"},
		{"twenty seconds", [][2]float64{{80, 100}, {100, 120}, {90, 110}}, -20.5, "agree=no;runs=3;agreeing=0"},
		{"some", [][2]float64{{100, 100}, {100, 140}, {100, 100}}, -13.83, "agree=in-some;runs=3;agreeing=2"},
		{"some with one only", [][2]float64{{100, 100}, {never, 140}, {100, 100}, {never, 165}}, -0.5, "agree=in-some;runs=3;agreeing=2;one_only=1;interval=too-few-runs"},
		{"counters only", [][2]float64{{never, 120}, {never, 140}}, 69.5, "agree=no;runs=2;agreeing=0;one_only=2;interval=bound"},
		{"neither", [][2]float64{{never, never}, {never, never}}, math.NaN(), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []observation.Observation
			for i, r := range tc.runs {
				rows = append(rows, ramp(i+1, r[0], r[1])...)
			}
			f := analyse(t, rows)
			if math.IsNaN(tc.want) {
				if got := f.get("swap_onset/agreement", "a", func(finding.Finding) bool { return true }); len(got) != 0 {
					t.Errorf("%v", got)
				}
				return
			}
			got := f.one(t, "swap_onset/agreement", "a", overRuns(""))
			if math.Abs(float64(got.Value)-tc.want) > 1.01 || string(got.Note) != tc.note {
				t.Errorf("%+v, want %v, %s", got, tc.want, tc.note)
			}
			if each := f.get("swap_onset/agreement", "a", func(f finding.Finding) bool { return f.Run > 0 }); len(each) != len(tc.runs) && tc.name != "some with one only" || len(each) > 3 {
				t.Errorf("%v", each)
			}
		})
	}
}

// What latency alone tells, on noise of several shapes: hardly a false alarm, and onsets about where they are.
func TestDegradation(t *testing.T) {
	ramp := simulate.Ramp{From: 1, To: 60, Over: 120, End: 140, Timeout: 30}
	const runs, onset = 12, 42
	all, alarms, missed, off := 0, 0, 0, 0
	for name, noise := range map[string]simulate.Noise{"lognormal": simulate.Lognormal(0.5), "heavy tail": simulate.Pareto(2.5), "bimodal": simulate.Bimodal} {
		for _, bed := range []simulate.Testbed{
			{Name: "saturating", Service: 0.015, Cores: 2},
			{Name: "slow", Service: 0.062, Cores: 1},
			{Name: "idle", Service: 0.4, Cores: 64}, // never saturated before it swaps
			{Name: "contended", Service: 0.015, Cores: 2, Contention: 0.005},
		} {
			bed.Noise, bed.Wander, bed.ErrorUsers, bed.Thrash = noise, 0.05, simulate.Never, 5
			onsets := func(swapUsers int) (users []float64) {
				bed.SwapUsers = swapUsers
				a := analysis.New(analysis.Options{})
				simulate.Campaign{Seed: 4, Testbeds: []simulate.Testbed{bed}, Runs: runs, Ramp: ramp}.Each(func(o observation.Observation) { a.Observe(&o) })
				f, err := a.Findings(nil)
				if err != nil {
					t.Fatal(err)
				}
				return values(found(slices.Concat(f...)).get("swap_onset/users", bed.Name, func(f finding.Finding) bool { return f.Note.Get("source") == "latency" && f.Run > 0 }))
			}
			none, some := onsets(simulate.Never), onsets(onset)
			t.Logf("%s, %s: without onset %v, with one at %d users %v", name, bed.Name, none, onset, some)
			all, alarms, missed = all+runs, alarms+len(none), missed+runs-len(some)
			for _, users := range some {
				if users < onset-5 || users > onset+5 {
					off++
				}
			}
		}
	}
	if alarms > all/100 || missed > all/50 || off > all/20 {
		t.Errorf("of %d runs without onset %d degrade; of as many with one %d do not, and %d more than 5 users off", all, alarms, missed, off)
	}
}

// Requests that time out are slow, not absent: a testbed that stops answering degrades.
func TestDegradationByTimeouts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var rows []observation.Observation
	for user := range 20 {
		for at := float64(user); at < 100; {
			took, code := 0.01*float64(user+1)*(1+0.1*rng.NormFloat64()), "200"
			if at > 70 {
				took, code = 10, "timeout"
			}
			if at+took > 100 {
				took, code = 100-at, "unfinished"
			}
			rows = append(rows, request("a", 1, at, took, min(20, int(at)+1), code))
			at += took + 0.2
		}
	}
	got := analyse(t, rows).one(t, "swap_onset/time", "a", func(f finding.Finding) bool { return f.Run == 1 && f.Note.Get("source") == "latency" })
	if got.Value < 67 || got.Value > 73 {
		t.Errorf("degrades at %v s, in truth at 70", got.Value)
	}
}
