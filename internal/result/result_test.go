package result_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result"
	"virtcmp/internal/result/resulttest"
)

func TestSet(t *testing.T) {
	s := result.New(resulttest.First().Findings())
	if got := s.Testbeds(); !reflect.DeepEqual(got, []string{"native", "lxc", "uml"}) {
		t.Errorf("testbeds %v", got)
	}
	if s.Baseline() != "native" || !reflect.DeepEqual(s.Others(), []string{"lxc", "uml"}) {
		t.Errorf("baseline %q, others %v", s.Baseline(), s.Others())
	}
	f, ok := s.Scalar(finding.Throughput, "lxc", "successful_requests")
	if !ok || f.Run != finding.AllRuns || f.Baseline != "" || f.N != 5 {
		t.Errorf("scalar %+v, %v", f, ok)
	}
	r, ok := s.Ratio(finding.Throughput, "uml", "successful_requests")
	if !ok || result.Judge(r) != result.Less {
		t.Errorf("ratio %+v, %v", r, ok)
	}
	if _, ok := s.Ratio(finding.Throughput, "native", "successful_requests"); ok {
		t.Error("the baseline is compared with itself")
	}
	if got := s.Rows(finding.Isolation, "lxc", "stressed").Absolute().Overall().Xs(); !reflect.DeepEqual(got, []float64{1, 2, 4}) {
		t.Errorf("stressors %v", got)
	}
	if got := s.Runs(finding.Latency, "lxc", "request"); len(got) != 5 || got[0] != 1 {
		t.Errorf("runs %v", got)
	}
	if got := s.Fact("uml", result.Host, "class"); got != "para-virtualisation" {
		t.Errorf("class %q", got)
	}
	if ramp, ok := s.Ramp(); !ok || ramp != (result.Ramp{From: 1, To: 60, Over: 120, End: 140}) {
		t.Errorf("ramp %+v, %v", ramp, ok)
	}
	if len(s.Sources()) != 3 || len(s.Warnings()) != 1 || s.Demonstration() {
		t.Errorf("sources %v, warnings %v", s.Sources(), s.Warnings())
	}
}

// The 2014 paper's two onsets pin the schedule: users(610) = 85, users(655) = 91.
func TestRampUsers(t *testing.T) {
	r := result.Ramp{From: 1, To: 100, Over: 720, End: 800}
	for at, want := range map[float64]int{0: 1, 7.1: 1, 7.3: 2, 610: 85, 655: 91, 719: 100, 800: 100} {
		if got := r.Users(at); got != want {
			t.Errorf("users(%v) = %d, want %d", at, got, want)
		}
	}
	if got := r.Start(85); math.Abs(got-604.8) > 1e-9 {
		t.Errorf("user 85 starts at %v", got)
	}
}

func TestRepresentative(t *testing.T) {
	run := func(n finding.Run, v finding.Number) finding.Finding {
		return finding.Finding{Analysis: finding.Throughput, Testbed: "a", Name: "successful_requests", Run: n, X: finding.None, Value: v}
	}
	for _, tc := range []struct {
		rows []finding.Finding
		want finding.Run
	}{
		{nil, finding.AllRuns},
		{[]finding.Finding{run(1, 5)}, 1},
		{[]finding.Finding{run(1, 9), run(2, 5), run(3, 7)}, 3},
		{[]finding.Finding{run(1, 9), run(2, 5)}, 2},
		{[]finding.Finding{run(2, 5), run(1, 5), run(3, 5)}, 2},
	} {
		if got := result.New(tc.rows).Representative("a"); got != tc.want {
			t.Errorf("%v: run %d, want %d", tc.rows, got, tc.want)
		}
	}
}

func TestJudge(t *testing.T) {
	none := finding.None
	for _, tc := range []struct {
		low, high finding.Number
		want      result.Verdict
	}{
		{none, none, result.Unsure}, {1.01, 1.2, result.More}, {.8, .99, result.Less}, {.9, 1.1, result.NotSeen}, {1, 1.2, result.NotSeen},
	} {
		if got := result.Judge(finding.Finding{Value: 1.1, Low: tc.low, High: tc.high}); got != tc.want {
			t.Errorf("[%v, %v]: %v, want %v", tc.low, tc.high, got, tc.want)
		}
	}
	// The analysis' verdict goes before the interval.
	for note, want := range map[csvio.Labels]result.Verdict{
		"p=0.008;verdict=better": result.More, "verdict=worse": result.More, "verdict=indistinguishable;reason=below-floor": result.NotSeen,
		"p=0.1;verdict=none;reason=too-few-runs": result.Unsure, "p=0.008;p_holm=0.016": result.More, "verdict=nonsense": result.More,
	} {
		if got := result.Judge(finding.Finding{Value: 1.02, Low: 1.01, High: 1.03, Note: note}); got != want {
			t.Errorf("%s: %v, want %v", note, got, want)
		}
	}
	if got := result.Judge(finding.Finding{Value: 0.5, Low: none, High: none, Note: "verdict=better"}); got != result.Less {
		t.Errorf("better by less: %v", got)
	}
}

func TestNotesOfComparisons(t *testing.T) {
	f := finding.Finding{Value: 1.02, Note: "p=0.008;p_holm=0.016;verdict=indistinguishable;reason=below-floor;floor=0.05;floor_from=default"}
	if p, ok := result.P(f); !ok || p != 0.016 {
		t.Errorf("p %v, %v", p, ok)
	}
	if floor, ok := result.Floor(f); !ok || floor != 0.05 {
		t.Errorf("floor %v, %v", floor, ok)
	}
	for _, note := range []csvio.Labels{"", "p=0.5", "p_holm=x", "p_holm=-1", "p_holm=2", "p_holm=NaN"} {
		if p, ok := result.P(finding.Finding{Note: note}); ok {
			t.Errorf("%s: p %v", note, p)
		}
	}
	for _, note := range []csvio.Labels{"", "floor=x", "floor=-1", "floor=Inf"} {
		if floor, ok := result.Floor(finding.Finding{Note: note}); ok {
			t.Errorf("%s: floor %v", note, floor)
		}
	}
}

func TestTwins(t *testing.T) {
	row := func(note csvio.Labels) finding.Finding {
		return finding.Finding{Analysis: finding.Validity, Testbed: "native2", Name: "a_a", X: finding.None, Value: 0.034, Note: note}
	}
	s := result.New([]finding.Finding{row("pair=native,native2;quantity=latency/p50"), row("pair=native,lxc;quantity=latency/p50"), row("")})
	if got, want := s.Twins(), []result.Twins{{A: "native", B: "native2", Apart: 0.034, Analysis: "latency", Name: "p50"}}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	all := resulttest.First().Findings()
	a := result.New(all)
	mixed := slices.Clone(all)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	b := result.New(mixed)
	for _, f := range all {
		x, y := a.Rows(f.Analysis, f.Testbed, f.Name), b.Rows(f.Analysis, f.Testbed, f.Name)
		if len(x) != len(y) {
			t.Fatalf("%s %s %s: %d and %d rows", f.Analysis, f.Testbed, f.Name, len(x), len(y))
		}
		for i := range x {
			if x[i].Run != y[i].Run || x[i].Value != y[i].Value && x[i].Value.Present() {
				t.Fatalf("row %d: %+v and %+v", i, x[i], y[i])
			}
		}
		if f.Analysis == finding.Latency {
			break // one long series will do
		}
	}
}
