package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// A run without requests has the quantiles that are known of it, and no others.
func TestSpectrum(t *testing.T) {
	var rows []observation.Observation
	for run := 1; run <= 3; run++ {
		for _, q := range []struct {
			quantile, count string
			value           float64
		}{{"1", "1000", 9}, {"0", "1", 0.1}, {"0.5", "500", 1}, {"0.9", "900", 2}, {"0.94375", "944", 3}, {"0.990625", "991", 4}} {
			if run == 3 && q.quantile == "1" {
				continue
			}
			rows = append(rows, probe("a", run, "open", "http_request_duration_quantile_seconds", q.value, csvio.MakeLabels("quantile", q.quantile, "count", q.count)))
		}
	}
	f := analyse(t, rows)
	for name, want := range map[string]float64{"p50": 1, "p90": 2, "p95": 4, "p99": 4, "max": 9} {
		got := f.get("open_loop/"+name, "a", ofRun(1))
		if len(got) != 1 || float64(got[0].Value) != want || got[0].N != 1000 {
			t.Errorf("%s: %+v, want %g", name, got, want)
		}
	}
	if got := f.get("open_loop/max", "a", ofRun(3)); len(got) != 0 {
		t.Errorf("a maximum that nobody recorded: %+v", got)
	}
	if got := f.get("open_loop/mean", "a", ofRun(1)); len(got) != 0 {
		t.Errorf("a mean of quantiles: %+v", got)
	}
	if got := f.warnings(); !slices.Contains(got, "a: warning=only-quantiles;runs=3;requests=2991") {
		t.Errorf("warnings %q", got)
	}
}

// What another program recorded is called that.
func TestRecordedElsewhere(t *testing.T) {
	rows := []observation.Observation{
		request("a", 1, 0, 0.003, 1, "200"), fact("a", 1, "generator", "source_format", "jtl-csv"), fact("a", 1, "generator", "source_tool", "jmeter"),
		request("b", 1, 0, 0.003, 1, "200"), fact("b", 1, "generator", "source_format", "percentile-spectrum"),
		request("c", 1, 0, 0.003, 1, "200"),
	}
	var got []string
	for _, w := range analyse(t, rows).warnings() {
		if strings.Contains(w, "recorded-elsewhere") {
			got = append(got, w)
		}
	}
	if want := []string{"a: warning=recorded-elsewhere;format=jtl-csv;tool=jmeter", "b: warning=recorded-elsewhere;format=percentile-spectrum"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of coarse times requests may agree by chance; of those to the second the paper warns.
func TestCoarseTimes(t *testing.T) {
	for resolution, want := range map[string]struct{ twice, coarse bool }{"": {true, false}, "1e-9": {true, false}, "0.001": {false, false}, "1": {false, true}} {
		rows := []observation.Observation{request("a", 1, 0, 0.003, 1, "200"), request("a", 1, 0, 0.003, 1, "200")}
		if resolution != "" {
			rows = append(rows, fact("a", 1, "generator", "time_resolution_seconds", resolution))
		}
		var twice, coarse bool
		for _, w := range analyse(t, rows).warnings() {
			switch csvio.Labels(strings.TrimPrefix(w, "a: ")).Get("warning") {
			case "duplicate-rows":
				twice = true
			case "coarse-times":
				coarse = true
			}
		}
		if twice != want.twice || coarse != want.coarse {
			t.Errorf("resolution %q: duplicates %v, coarse %v", resolution, twice, coarse)
		}
	}
}
