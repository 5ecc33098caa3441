package analysis_test

import (
	"fmt"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

func TestSelect(t *testing.T) {
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		for i := range 101 {
			rows = append(rows, probe("a", run, observation.Select, "sql_select_duration_seconds", float64(run)*0.001*float64(i), ""))
		}
	}
	failed := probe("a", 1, observation.Select, "sql_select_duration_seconds", 1e-9, "")
	failed.Code = "error"
	f := analyse(t, append(rows, failed))
	for name, want := range map[string]float64{"median": 0.05, "mean": 0.05, "p99": 0.099} {
		if got := f.one(t, "select/"+name, "a", ofRun(1)); !equal(values(found{got}), []float64{want}) || got.N != 101 || got.Unit != finding.Seconds {
			t.Errorf("%s: %+v", name, got)
		}
		if got := f.one(t, "select/"+name, "a", overRuns("")); !equal(values(found{got}), []float64{2 * want}) || got.N != 3 || !holds(got, 2*want) {
			t.Errorf("%s over runs: %+v", name, got)
		}
	}
}

func TestIsolation(t *testing.T) {
	var rows []observation.Observation
	add := func(testbed string, run, stressors int, took ...float64) {
		for _, v := range took {
			rows = append(rows, probe(testbed, run, observation.Insert, "sql_insert_duration_seconds", v, csvio.Labels(fmt.Sprintf("rows=10000;stress=%d", stressors))))
		}
	}
	// Runs differ by much, their degradation does not.
	for run, base := range []float64{1, 2, 4} {
		add("a", run+1, 0, base*0.9, base*1.1)
		add("a", run+1, 2, base*3)
		add("b", run+1, 0, base)
		add("b", run+1, 2, base*6.1)
	}
	add("b", 4, 2, 100) // no unstressed batch, no degradation
	f := analyseWith(t, optionsWith("a"), rows)
	if got := f.one(t, "isolation/unstressed", "a", ofRun(2)); got.Value != 2 || got.N != 2 || got.X.Present() || got.Note != "rows=10000" {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "isolation/stressed", "a", ofRun(2)); got.Value != 6 || got.X != 2 || got.N != 1 {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "isolation/degradation", "a", overRuns("")); !equal(values(found{got}), []float64{3}) || got.Unit != finding.Ratio || got.Low < 2.99 || got.High > 3.01 {
		t.Errorf("paired by run: %+v", got)
	}
	if got := f.one(t, "isolation/degradation", "b", overRuns("a")); !equal(values(found{got}), []float64{6.1 / 3}) || got.N != 3 || got.Baseline != "a" {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "isolation/stressed", "b", overRuns("a")); got.N != 3 || got.X != 2 || !holds(got, float64(got.Value)) {
		t.Errorf("%+v", got)
	}
}

// Batches of different sizes do not mix.
func TestIsolationBySize(t *testing.T) {
	f := analyse(t, []observation.Observation{
		probe("a", 1, observation.Insert, "sql_insert_duration_seconds", 1, "rows=1000;stress=0"),
		probe("a", 1, observation.Insert, "sql_insert_duration_seconds", 10, "rows=10000;stress=0"),
		probe("a", 1, observation.Insert, "sql_insert_duration_seconds", 5, "rows=1000;stress=many"),
	})
	if got := values(f.get("isolation/unstressed", "a", ofRun(1))); !equal(got, []float64{1, 10}) {
		t.Errorf("%v", got)
	}
}

func TestStartupAndFootprint(t *testing.T) {
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		for _, testbed := range []string{"a", "b"} {
			slow := 1.0
			if testbed == "b" {
				slow = 2
			}
			rows = append(rows,
				probe(testbed, run, observation.Startup, "startup_duration_seconds", slow*float64(run), ""),
				probe(testbed, run, observation.Footprint, "host_memory_footprint_bytes", 1000, "state=empty"),
				probe(testbed, run, observation.Footprint, "host_memory_footprint_bytes", 1000+slow*100*float64(run), "state=idle"))
		}
	}
	rows = append(rows,
		probe("a", 1, observation.Startup, "image_build_duration_seconds", 47, ""),
		probe("a", 2, observation.Startup, "image_build_duration_seconds", 47, ""), // the same build
		probe("a", 3, observation.Startup, "image_build_duration_seconds", 49, ""),
		probe("a", 1, observation.Startup, "image_size_bytes", 5e8, ""),
		probe("b", 4, observation.Footprint, "host_memory_footprint_bytes", 900, "state=empty"))
	f := analyse(t, rows)
	if got := f.one(t, "startup/first_page", "b", overRuns("a")); got.Value != 2 || got.N != 3 || !holds(got, 2) {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "startup/image_size", "a", overRuns("")); got.Value != 5e8 || got.Unit != finding.Bytes || got.Note != "interval=too-few-runs" {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "startup/image_build", "a", overRuns("")); got.Value != 48 || got.N != 2 {
		t.Errorf("two builds: %+v", got)
	}
	if got := f.one(t, "footprint/testbed", "a", ofRun(3)); got.Value != 300 || got.Unit != finding.Bytes {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "footprint/guest", "a", ofRun(3)); got.Value != 150 {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "footprint/testbed", "b", overRuns("a")); got.Value != 2 || got.N != 3 {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "footprint/empty", "b", overRuns("")); got.N != 4 || got.Value != 975 {
		t.Errorf("%+v", got)
	}
}

// What a testbed can't do it has no finding of.
func TestOperation(t *testing.T) {
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		for testbed, slow := range map[string]float64{"a": 1, "b": 2} {
			rows = append(rows,
				probe(testbed, run, observation.Operation, "startup_duration_seconds", 8*slow, "state=cold"),
				probe(testbed, run, observation.Operation, "startup_duration_seconds", 2*slow, "state=warm"),
				probe(testbed, run, observation.Operation, "teardown_duration_seconds", slow, ""),
				probe(testbed, run, observation.Operation, "guest_written_bytes", 1e8*float64(run), ""))
		}
		rows = append(rows,
			probe("b", run, observation.Operation, "checkpoint_duration_seconds", 4, ""),
			probe("b", run, observation.Operation, "checkpoint_size_bytes", 3e8, ""))
	}
	f := analyse(t, rows)
	for name, want := range map[string]float64{"first_page_cold": 16, "first_page_warm": 4, "teardown": 2, "written": 2e8, "checkpoint": 4, "checkpoint_size": 3e8} {
		if got := f.one(t, "operation/"+name, "b", overRuns("")); float64(got.Value) != want || got.N != 3 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := f.one(t, "operation/first_page_cold", "b", overRuns("a")); got.Value != 2 {
		t.Errorf("%+v", got)
	}
	if got := f.get("operation/checkpoint", "a", overRuns("")); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := f.get("startup/first_page", "a", overRuns("")); len(got) != 0 {
		t.Errorf("a start of another experiment: %+v", got)
	}
}

// A testbed whose host had more memory free than the empty host has a negative
// footprint: an interval, on the natural scale, but no ratio.
func TestFootprintNotPositive(t *testing.T) {
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		for testbed, idle := range map[string]float64{"a": 990 + float64(run), "b": 1100} {
			rows = append(rows,
				probe(testbed, run, observation.Footprint, "host_memory_footprint_bytes", 1000, "state=empty"),
				probe(testbed, run, observation.Footprint, "host_memory_footprint_bytes", idle, "state=idle"))
		}
	}
	f := analyse(t, rows)
	if got := f.one(t, "footprint/testbed", "a", overRuns("")); got.Value != -8 || !holds(got, -8) {
		t.Errorf("%+v", got)
	}
	if got := f.get("footprint/testbed", "b", overRuns("a")); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestEnvironment(t *testing.T) {
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		kernel := "6.1.0"
		if run == 3 {
			kernel = "6.1.1"
		}
		for _, experiment := range []string{"ramp", "select"} {
			rows = append(rows,
				fact("a", run, "app", "kernel", kernel),
				fact("a", run, "app", "mood", "a;b=c", "since", "monday"),
				fact("a", run, "generator", "start_time", fmt.Sprintf("2026-01-02T03:%02d:00Z", run), "experiment", experiment))
		}
	}
	f := analyse(t, rows)
	kernels := f.get("environment/kernel", "a", overRuns(""))
	if len(kernels) != 2 || kernels[0].N != 2 || kernels[0].Value != 1 || kernels[0].Note != "host=app;value=6.1.0" || kernels[1].N != 1 || kernels[1].Note != "host=app;value=6.1.1" {
		t.Errorf("%+v", kernels)
	}
	if got := f.one(t, "environment/mood", "a", overRuns("")); got.N != 3 || got.Note != "host=app;value=a%3Bb%3Dc;since=monday" {
		t.Errorf("%+v", got)
	}
	if got := f.get("environment/start_time", "a", ofRun(2)); len(got) != 2 || got[0].Note != "host=generator;experiment=ramp;value=2026-01-02T03:02:00Z" || got[1].Note.Get("experiment") != "select" {
		t.Errorf("%+v", got)
	}
}
