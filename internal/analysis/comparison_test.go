package analysis_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"virtcmp/internal/analysis"
	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
	"virtcmp/internal/stat/stattest"
)

// selects returns a SELECT a run, of that mean by testbed, with lognormal noise over runs.
func selects(rng *rand.Rand, means map[string]float64, runs int, sigma float64) (rows []observation.Observation) {
	for _, testbed := range slices.Sorted(maps.Keys(means)) {
		for run := 1; run <= runs; run++ {
			rows = append(rows, probe(testbed, run, observation.Select, "sql_select_duration_seconds", means[testbed]*math.Exp(sigma*rng.NormFloat64()), ""))
		}
	}
	return rows
}

// twins are facts that make two testbeds the same technology.
func twins(testbeds ...string) (rows []observation.Observation) {
	for _, testbed := range testbeds {
		rows = append(rows, fact(testbed, 1, "host", "technology", "native"), fact(testbed, 1, "app", "limit_cpus", "1"))
	}
	return rows
}

func number(t testing.TB, f finding.Finding, label string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(f.Note.Get(label), 64)
	if err != nil {
		t.Fatalf("%s: %v", f.Note, err)
	}
	return v
}

func TestVerdicts(t *testing.T) {
	series := func(values ...float64) []float64 { return values }
	calm := series(1.00, 1.01, 0.99, 1.005, 0.995)
	times := func(factor float64, of []float64) (v []float64) {
		for i, x := range of {
			v = append(v, factor*x*(1+0.001*float64(i)))
		}
		return v
	}
	type beds map[string][]float64
	for _, tc := range []struct {
		name string
		beds beds // of SELECTs by run; a is the baseline
		want map[string]string
	}{
		{"slower", beds{"a": calm, "b": times(1.5, calm)}, map[string]string{"b": "p=0.007937;p_holm=0.007937;verdict=worse;floor=0.05;floor_from=default"}},
		{"faster", beds{"a": calm, "b": times(0.5, calm)}, map[string]string{"b": "p=0.007937;p_holm=0.007937;verdict=better;floor=0.05;floor_from=default"}},
		{"too little to count", beds{"a": calm, "b": times(1.04, calm)}, map[string]string{"b": "p=0.007937;p_holm=0.007937;verdict=indistinguishable;reason=below-floor;floor=0.05;floor_from=default"}},
		{"too little to count, downwards", beds{"a": calm, "b": times(0.955, calm)}, map[string]string{"b": "p=0.007937;p_holm=0.007937;verdict=indistinguishable;reason=below-floor;floor=0.05;floor_from=default"}},
		{"not significant", beds{"a": series(1, 2, 3, 4, 5), "b": series(1.5, 2, 3, 5, 6)}, map[string]string{"b": "p=0.6746;p_holm=0.6746;verdict=indistinguishable;reason=not-significant;floor=0.05;floor_from=default"}},
		// Of the twenty ways to part three and three runs, two are as extreme as the most extreme.
		{"three runs, forty times", beds{"a": series(1, 1.01, 1.02), "b": series(40, 41, 42)}, map[string]string{"b": "p=0.1;p_holm=0.1;verdict=none;reason=too-few-runs;floor=0.05;floor_from=default"}},
		{"two runs", beds{"a": series(1, 1.01), "b": series(40, 41)}, map[string]string{"b": "interval=too-few-runs;verdict=none;reason=too-few-runs;floor=0.05;floor_from=default"}},
		{"two runs against many", beds{"a": calm, "b": series(40, 41)}, map[string]string{"b": "interval=too-few-runs;verdict=none;reason=too-few-runs;floor=0.05;floor_from=default"}},
		// Of four and four, p is at least 2/70, which is enough for one testbed and too much for two.
		{"four runs", beds{"a": calm[:4], "b": times(2, calm[:4])}, map[string]string{"b": "p=0.02857;p_holm=0.02857;verdict=worse;floor=0.05;floor_from=default"}},
		{"four runs, two testbeds", beds{"a": calm[:4], "b": times(2, calm[:4]), "c": times(3, calm[:4])}, map[string]string{
			"b": "p=0.02857;p_holm=0.05714;verdict=none;reason=too-few-runs;floor=0.05;floor_from=default",
			"c": "p=0.02857;p_holm=0.05714;verdict=none;reason=too-few-runs;floor=0.05;floor_from=default",
		}},
		// What has too few runs for a test takes no part in the correction.
		{"one of two testbeds tested", beds{"a": calm, "b": times(2, calm), "c": series(3)}, map[string]string{
			"b": "p=0.007937;p_holm=0.007937;verdict=worse;floor=0.05;floor_from=default",
			"c": "interval=too-few-runs;verdict=none;reason=too-few-runs;floor=0.05;floor_from=default",
		}},
		{"Holm's steps", beds{"a": calm, "b": times(2, calm), "c": times(1.01, calm)}, map[string]string{
			"b": "p=0.007937;p_holm=0.01587;verdict=worse;floor=0.05;floor_from=default",
			"c": "p=0.05556;p_holm=0.05556;verdict=indistinguishable;reason=not-significant;floor=0.05;floor_from=default",
		}},
		{"nothing but zeros in a run", beds{"a": calm, "b": append([]float64{0}, times(3, calm)...)}, map[string]string{"b": "interval=not-positive;p=0.01515;p_holm=0.01515;verdict=worse;floor=0.05;floor_from=default"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []observation.Observation
			for testbed, values := range tc.beds {
				for i, v := range values {
					rows = append(rows, probe(testbed, i+1, observation.Select, "sql_select_duration_seconds", v, ""))
				}
			}
			f := analyseWith(t, optionsWith("a"), rows)
			for testbed, want := range tc.want {
				if got := f.one(t, "select/mean", testbed, overRuns("a")); string(got.Note) != want {
					t.Errorf("%s: %s\nwant %s", testbed, got.Note, want)
				}
			}
		})
	}
}

// fiveRuns is the small campaign with enough runs for verdicts.
func fiveRuns() simulate.Campaign {
	c := small()
	c.Runs = 5
	return c
}

// A comparison the other way round has the same p and the opposite verdict.
func TestVerdictsTurnedRound(t *testing.T) {
	rows := fiveRuns().Rows()
	one, other := analyseWith(t, analysis.Options{Baseline: "native"}, rows), analyseWith(t, analysis.Options{Baseline: "lxc"}, rows)
	opposite := map[string]string{finding.Better: finding.Worse, finding.Worse: finding.Better}
	compared := 0
	for _, f := range one {
		if f.Baseline == "" || f.Testbed != "lxc" {
			continue
		}
		for _, g := range other {
			if g.Baseline != "lxc" || g.Testbed != "native" || g.Analysis != f.Analysis || g.Name != f.Name || g.X != f.X && f.X.Present() || g.Note.Get("source") != f.Note.Get("source") || g.Note.Get("code") != f.Note.Get("code") {
				continue
			}
			if f.Note.Get("p") == "" && g.Note.Get("p") == "" {
				continue
			}
			compared++
			if number(t, f, "p") != number(t, g, "p") || math.Abs(float64(f.Value*g.Value)-1) > 1e-9 {
				t.Errorf("%+v\n%+v", f, g)
			}
			want := f.Note.Get("verdict")
			if o, ok := opposite[want]; ok {
				want = o
			}
			// Holm's correction is by what else is compared.
			if got := g.Note.Get("verdict"); got != want && got != finding.Indistinguishable && want != finding.Indistinguishable {
				t.Errorf("%s/%s: %s one way, %s the other", f.Analysis, f.Name, f.Note, g.Note)
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d comparisons", compared)
	}
}

func TestPreferences(t *testing.T) {
	f := analyse(t, fiveRuns().Rows())
	for name, want := range map[string]string{
		"throughput/successful_requests": finding.Worse, "latency/p50": finding.Worse, "footprint/testbed": finding.Worse, "startup/first_page": finding.Worse,
	} {
		for _, got := range f.get(name, "uml", overRuns("native")) {
			if got.Note.Get("verdict") != want {
				t.Errorf("%s: ratio %v is %s, want %s", name, got.Value, got.Note, want)
			}
		}
	}
	if got := f.one(t, "footprint/empty", "uml", overRuns("native")); got.Note.Get("verdict") != "" || got.Note.Get("p") == "" {
		t.Errorf("the empty host: %s", got.Note)
	}
}

func TestNoiseFloor(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	rows := append(selects(rng, map[string]float64{"native": 1, "native2": 1, "lxc": 1.2}, 10, 0.01), twins("native", "native2")...)
	f := analyse(t, rows)
	a, b := f.one(t, "select/mean", "native", overRuns("")), f.one(t, "select/mean", "native2", overRuns(""))
	pair := f.one(t, "select/mean", "native2", overRuns("native"))
	lxc := f.one(t, "select/mean", "lxc", overRuns("native"))
	want := math.Expm1(max(-math.Log(float64(pair.Low)), math.Log(float64(pair.High))))
	if got := number(t, lxc, "floor"); math.Abs(got-want) > 1e-4 || lxc.Note.Get("floor_from") != "a-a" || got > 0.03 || lxc.Note.Get("verdict") != finding.Worse {
		t.Errorf("floor %v, want %v: %s", got, want, lxc.Note)
	}
	if got := pair.Note.Get("verdict"); got != finding.Indistinguishable {
		t.Errorf("twins: %s", pair.Note)
	}
	noise := f.one(t, "validity/a_a", "native2", overRuns(""))
	if want := math.Expm1(math.Abs(math.Log(float64(b.Value / a.Value)))); noise.N != 1 || noise.Note.Get("pair") != "native,native2" || noise.Unit != finding.Ratio || noise.Note.Get("quantity") != "select/median" || math.Abs(float64(noise.Value)-want) > 1e-9 {
		t.Errorf("%+v, want %v", noise, want)
	}

	for name, more := range map[string][]observation.Observation{
		"another limit":       {fact("native2", 1, "app", "limit_memory_bytes", "1000"), fact("native", 1, "app", "limit_memory_bytes", "2000")},
		"a fact of one alone": {fact("native2", 1, "host", "nested", "yes")},
		"another load":        {fact("native2", 1, "generator", "ramp_to", "10"), fact("native", 1, "generator", "ramp_to", "20")},
	} {
		f := analyse(t, append(slices.Clone(rows), more...))
		if got := f.one(t, "select/mean", "lxc", overRuns("native")); got.Note.Get("floor_from") != "default" || len(f.get("validity/a_a", "native2", overRuns(""))) > 0 {
			t.Errorf("%s: %s", name, got.Note)
		}
	}
	// The campaign's name and what a testbed can't do make no difference.
	f = analyse(t, append(slices.Clone(rows), fact("native2", 1, "generator", "campaign", "second"), fact("native2", 1, "host", "operation_pause", "n/a")))
	if got := f.one(t, "select/mean", "lxc", overRuns("native")); got.Note.Get("floor_from") != "a-a" {
		t.Errorf("%s", got.Note)
	}
	// Two runs of each say nothing of noise.
	f = analyse(t, append(selects(rng, map[string]float64{"native": 1, "native2": 1, "lxc": 1.2}, 2, 0.01), twins("native", "native2")...))
	if got := f.one(t, "select/mean", "lxc", overRuns("native")); got.Note.Get("floor_from") != "default" {
		t.Errorf("%s", got.Note)
	}
}

// TestCalibrateVerdicts measures which verdicts campaigns come to whose truth is known.
func TestCalibrateVerdicts(t *testing.T) {
	simulations := stattest.Simulations(40, 1000)
	if stattest.Full() {
		fmt.Printf("calibrate: verdicts on SELECTs that take so many times as long, in percent of %d campaigns of native, lxc and uml (or native twice and lxc: A/A); runs lognormal with sigma\n", simulations)
		fmt.Printf("%-5s %5s %5s %6s  %6s %6s %17s %6s\n", "floor", "sigma", "runs", "truth", "better", "worse", "indistinguishable", "none")
	}
	for _, aa := range []bool{false, true} {
		for _, sigma := range []float64{0.02, 0.1} {
			for _, runs := range []int{3, 5, 10} {
				for _, truth := range []float64{1, 1.03, 1.1, 1.5} {
					if !stattest.Full() && (runs > 5 || truth == 1.03 || sigma > 0.05) {
						continue
					}
					rng := rand.New(rand.NewPCG(uint64(runs), math.Float64bits(sigma*truth)))
					verdicts := map[string]int{}
					for range simulations {
						beds := map[string]float64{"native": 1, "lxc": truth, "uml": 2}
						var facts []observation.Observation
						if aa {
							beds = map[string]float64{"native": 1, "lxc": truth, "native2": 1}
							facts = twins("native", "native2")
						}
						f := analyse(t, append(selects(rng, beds, runs, sigma), facts...))
						verdicts[f.one(t, "select/mean", "lxc", overRuns("native")).Note.Get("verdict")]++
					}
					percent := func(verdict string) float64 { return 100 * float64(verdicts[verdict]) / float64(simulations) }
					if stattest.Full() {
						floor := "5 %"
						if aa {
							floor = "A/A"
						}
						fmt.Printf("%-5s %5.2f %5d %6.2f  %6.1f %6.1f %17.1f %6.1f\n", floor, sigma, runs, truth, percent(finding.Better), percent(finding.Worse), percent(finding.Indistinguishable), percent(finding.NoVerdict))
					}
					wrong := percent(finding.Better)
					if truth == 1 {
						wrong += percent(finding.Worse)
					}
					if slack := 400 * math.Sqrt(0.05*0.95/float64(simulations)); wrong > 5+slack {
						t.Errorf("A/A %v, sigma %v, %d runs, truth %v: %v", aa, sigma, runs, truth, verdicts)
					}
					if runs == 3 && verdicts[finding.NoVerdict] != simulations {
						t.Errorf("three runs come to a verdict: %v", verdicts)
					}
				}
			}
		}
	}
}
