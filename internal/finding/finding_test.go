package finding_test

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
)

const text = "analysis,testbed,baseline,run,name,x,value,low,high,unit,n,note\n" +
	"latency,lxc,,1,p99,,0.25,,,seconds,4000,\n" +
	"latency,lxc,,,p99,,0.25,0.2,0.31,seconds,5,\n" +
	"throughput,lxc,native,,successful_requests,,0.97,0.95,0.99,ratio,5,\n" +
	"isolation,lxc,,,stressed,4,12.5,,,seconds,2,interval=too-few-runs\n"

func TestContract(t *testing.T) {
	got, stats, err := finding.Read(context.Background(), []csvio.Source{csvio.NewSource("f.csv", strings.NewReader(text))})
	if err != nil || len(got) != 4 || stats[0].Rows != 4 {
		t.Fatalf("%v, %v, %v", got, stats, err)
	}
	if f := got[1]; f.Run != finding.AllRuns || f.X.Present() || f.Low != 0.2 || f.N != 5 {
		t.Errorf("%+v", f)
	}
	if f := got[3]; f.X != 4 || f.Low.Present() || f.Note.Get("interval") != "too-few-runs" {
		t.Errorf("%+v", f)
	}
	var b bytes.Buffer
	w := csvio.NewWriter[finding.Finding](&b)
	for _, f := range got {
		w.Write(f)
	}
	if err := w.Flush(); err != nil || b.String() != text {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), text)
	}
}

func TestDigits(t *testing.T) {
	for n, want := range map[finding.Number]string{0.1 + 0.2: "0.3", 1.0 / 3: "0.333333333333", 139.123456789: "139.123456789", 25276514304: "25276514304", 6.57e8: "657000000", 0: "0", -3.5: "-3.5", finding.None: ""} {
		if got, err := n.MarshalCSV(); err != nil || got != want {
			t.Errorf("%v is written %q, want %q (%v)", float64(n), got, want, err)
		}
	}
}

func TestRefused(t *testing.T) {
	head, _, _ := strings.Cut(text, "\n")
	for _, row := range []string{
		",lxc,,,p99,,1,,,seconds,1,",
		"latency,lxc,,,,,1,,,seconds,1,",
		"latency,lxc,,0,p99,,1,,,seconds,1,",
		"latency,lxc,,,p99,,x,,,seconds,1,",
		"latency,lxc,,,p99,,Inf,,,seconds,1,",
		"latency,lxc,,,p99,,1,,,seconds,,",
	} {
		if _, _, err := finding.Read(context.Background(), []csvio.Source{csvio.NewSource("f.csv", strings.NewReader(head+"\n"+row+"\n"))}); err == nil || !strings.HasPrefix(err.Error(), "f.csv:2: column ") {
			t.Errorf("%s: error %v", row, err)
		}
	}
	w := csvio.NewWriter[finding.Finding](&bytes.Buffer{})
	w.Write(finding.Finding{Analysis: "latency", Value: finding.Number(math.Inf(1))})
	if w.Flush() == nil {
		t.Error("an infinite value was written")
	}
}

// What is served is better the more it is, in either loop; what it costs, the less.
func TestPreferenceFor(t *testing.T) {
	for _, tc := range []struct {
		analysis, name string
		want           finding.Preference
	}{
		{finding.Throughput, "successful_requests", finding.MoreIsBetter},
		{finding.OpenLoop, "successful_requests", finding.MoreIsBetter},
		{finding.OpenLoop, "failed_requests", finding.LessIsBetter},
		{finding.OpenLoop, "p99", finding.LessIsBetter},
		{finding.Footprint, "empty", finding.NoPreference},
		{finding.Environment, "cpus", finding.NoPreference},
	} {
		if got := finding.PreferenceFor(tc.analysis, tc.name); got != tc.want {
			t.Errorf("%s %s: %v, want %v", tc.analysis, tc.name, got, tc.want)
		}
	}
}
