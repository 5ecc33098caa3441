package analysis_test

import (
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

// cell returns measurements of a victim beside an aggressor.
func cell(testbed string, run int, aggressor, victim string, took ...float64) []observation.Observation {
	metric := map[string]string{"select": "sql_select_duration_seconds", "insert": "sql_insert_duration_seconds", "http": "http_request_duration_seconds"}[victim]
	var rows []observation.Observation
	for _, v := range took {
		rows = append(rows, probe(testbed, run, observation.Isolation, metric, v, csvio.MakeLabels("aggressor", aggressor, "stress", "2", "victim", victim)))
	}
	return rows
}

// Runs differ by much, what their victims suffer does not; and a few slow requests say
// nothing of the others.
func TestMatrix(t *testing.T) {
	var rows []observation.Observation
	add := func(more ...observation.Observation) { rows = append(rows, more...) }
	for i, base := range []float64{1, 2, 4} {
		run := i + 1
		add(cell("a", run, "none", "select", base, base, base*90)...)
		add(cell("a", run, "cpu", "select", base*3, base*2.9, base*3.1)...)
		add(cell("a", run, "cpu", "http", base*5)...) // none alone: no degradation
		add(cell("b", run, "none", "select", base)...)
		add(cell("b", run, "cpu", "select", base*6)...)
		add(cell("b", run, "none", "insert", base*0.9, base, base*7)...)
		add(cell("b", run, "disk", "insert", base*1.5)...)
		add(cell("b", run, "none", "http", base)...)
		late := cell("b", run, "fork", "http", 60)
		late[0].Code = observation.CodeTimeout
		quick := cell("b", run, "fork", "http", 1e-6)
		quick[0].Code = observation.CodeRefused
		add(append(late, quick...)...)
	}
	rows = append(rows, fact("b", 1, "generator", "isolation_aggressors", "cpu,disk,fork"), fact("b", 1, "generator", "isolation_victims", "select,http"))
	f := analyseWith(t, optionsWith("a"), rows)
	one := func(name, testbed, note string) finding.Finding {
		t.Helper()
		var kept found
		for _, g := range f.get("isolation/"+name, testbed, overRuns("")) {
			if string(g.Note) == note {
				kept = append(kept, g)
			}
		}
		if len(kept) != 1 {
			t.Fatalf("%s of %s, %s: %+v", name, testbed, note, kept)
		}
		return kept[0]
	}
	if got := one("degradation", "a", "aggressor=cpu;victim=select"); !equal(values(found{got}), []float64{3}) || got.Unit != finding.Ratio || got.N != 3 || got.X.Present() || got.Low < 2.99 || got.High > 3.01 {
		t.Errorf("paired by run: %+v", got)
	}
	if got := one("unstressed", "b", "aggressor=none;victim=insert"); !equal(values(found{got}), []float64{7.0 / 3}) || got.Unit != finding.Seconds {
		t.Errorf("%+v", got)
	}
	if got := one("stressed", "b", "aggressor=disk;victim=insert"); !equal(values(found{got}), []float64{3.5}) {
		t.Errorf("%+v", got)
	}
	if got := one("stressed", "b", "aggressor=fork;victim=http"); got.Value != 60 {
		t.Errorf("what timed out does not count: %+v", got)
	}
	if got := f.get("isolation/degradation", "a", ofRun(1)); len(got) != 1 || got[0].N != 6 {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "isolation/degradation", "b", overRuns("a")); !equal(values(found{got}), []float64{2}) || !strings.HasPrefix(string(got.Note), "aggressor=cpu;victim=select;p=0.1;") {
		t.Errorf("%+v", got)
	}
	warned := map[string]csvio.Labels{}
	for _, g := range f.get("validity/warning", "b", overRuns("")) {
		warned[g.Note.Get("warning")] = g.Note
	}
	if got := warned[finding.IncompleteRun].Get("cells"); got != "cpu/http,disk/select,disk/http,fork/select" {
		t.Errorf("missing cells %q", got)
	}
	if got := warned[finding.FailedProbes]; got.Get("rows") != "3" || got.Get("experiment") != "isolation" {
		t.Errorf("failed %v", got)
	}
}

// What changes in the course of a run is no aggressor's doing: each is set against the
// measurements around it.
func TestMatrixDrift(t *testing.T) {
	var rows []observation.Observation
	at := 0.0
	for _, m := range []struct {
		aggressor string
		took      float64
	}{{"none", 1}, {"cpu", 3}, {"none", 2}, {"disk", 12}, {"none", 10}, {"fork", 20}, {"none", 10}} {
		for _, o := range cell("a", 1, m.aggressor, "select", m.took, m.took) {
			at++
			o.Time = at
			rows = append(rows, o)
		}
	}
	f := analyse(t, rows)
	want := map[string]float64{"cpu": 2, "disk": 2, "fork": 2}
	for _, got := range f.get("isolation/degradation", "a", ofRun(1)) {
		if w := want[got.Note.Get("aggressor")]; !equal(values(found{got}), []float64{w}) || got.N != 6 {
			t.Errorf("%+v, want %v", got, w)
		}
		delete(want, got.Note.Get("aggressor"))
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
