package observation_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

const header = "testbed,run,experiment,time,metric,value,users,code,labels\n"

func read(text string) ([]observation.Observation, error) {
	var all []observation.Observation
	_, err := observation.Scan(context.Background(), []csvio.Source{csvio.NewSource("obs.csv", strings.NewReader(text))}, func(o *observation.Observation) error {
		all = append(all, *o)
		return nil
	})
	return all, err
}

func TestContract(t *testing.T) {
	const text = header +
		"lxc,1,ramp,610.2,http_request_duration_seconds,0.017123456,85,200,user=17\n" +
		"lxc,1,ramp,611,node_vmstat_pswpout,12345678901,85,,host=host\n" +
		"lxc,2,select,0.5,sql_select_duration_seconds,0.00003,,,\n"
	want := []observation.Observation{
		{Testbed: "lxc", Run: 1, Experiment: "ramp", Time: 610.2, Metric: "http_request_duration_seconds", Value: 0.017123456, Users: 85, Code: "200", Labels: "user=17"},
		{Testbed: "lxc", Run: 1, Experiment: "ramp", Time: 611, Metric: "node_vmstat_pswpout", Value: 12345678901, Users: 85, Labels: "host=host"},
		{Testbed: "lxc", Run: 2, Experiment: "select", Time: 0.5, Metric: "sql_select_duration_seconds", Value: 0.00003, Users: observation.NoUsers},
	}
	got, err := read(text)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v\n%+v\nwant\n%+v", err, got, want)
	}
	var b bytes.Buffer
	w := csvio.NewWriter[observation.Observation](&b)
	for _, o := range got {
		w.Write(o)
	}
	if err := w.Flush(); err != nil || b.String() != text {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), text)
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct{ row, err string }{
		{"lxc,0,ramp,1,m,1,,,", "obs.csv:2: column run: 0: runs count from 1"},
		{"lxc,1.5,ramp,1,m,1,,,", "column run"},
		{",1,ramp,1,m,1,,,", "column testbed: empty"},
		{"lxc,1,,1,m,1,,,", "column experiment: empty"},
		{"lxc,1,ramp,1,,1,,,", "column metric: empty"},
		{"lxc,1,ramp,,m,1,,,", "column time"},
		{"lxc,1,ramp,1767225600,m,1,,,", "column time: 1767225600: not in seconds since the experiment's start"},
		{"lxc,1,ramp,1,m,,,,", "column value"},
		{"lxc,1,ramp,1,http_request_duration_seconds,-1,,,", "column value: -1: a duration is not negative"},
		{"lxc,1,ramp,1,m,NaN,,,", "column value"},
		{"lxc,1,ramp,1,m,+Inf,,,", "column value"},
		{"lxc,1,ramp,1,m,1,-1,,", "column users"},
		{"lxc,1,ramp,1,m,1,many,,", "column users"},
	} {
		if _, err := read(header + tc.row + "\n"); err == nil || !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: error %v, want %q", tc.row, err, tc.err)
		}
	}
}

func TestGood(t *testing.T) {
	for code, want := range map[string]bool{"200": true, "302": true, "404": false, "502": false, "": false, "body": false, "timeout": false, "2xx0": false} {
		if observation.Good(code) != want {
			t.Errorf("Good(%q) = %v", code, !want)
		}
	}
}

// sample returns n rows like those of a ramp.
func sample(n int) []observation.Observation {
	rng := rand.New(rand.NewPCG(1, 1))
	beds := []string{"native", "lxc", "uml"}
	rows := make([]observation.Observation, n)
	for i := range rows {
		rows[i] = observation.Observation{
			Testbed: beds[i*len(beds)/n], Run: 1 + i%3, Experiment: observation.Ramp, Time: float64(i/100) / 1e4,
			Metric: "http_request_duration_seconds", Value: float64(rng.IntN(1e9)) / 1e9, Users: observation.Users(1 + i*100/n),
			Code: "200", Labels: csvio.MakeLabels("user", string(rune('0'+rng.IntN(10)))),
		}
	}
	return rows
}

func BenchmarkWrite(b *testing.B) {
	rows := sample(100_000)
	for b.Loop() {
		w := csvio.NewWriter[observation.Observation](&bytes.Buffer{})
		for _, r := range rows {
			w.Write(r)
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkScan(b *testing.B) {
	rows := sample(500_000)
	var buf bytes.Buffer
	w := csvio.NewWriter[observation.Observation](&buf)
	for _, r := range rows {
		w.Write(r)
	}
	w.Flush()
	b.SetBytes(int64(buf.Len()))
	for b.Loop() {
		n := 0
		_, err := observation.Scan(context.Background(), []csvio.Source{csvio.NewSource("x", bytes.NewReader(buf.Bytes()))}, func(o *observation.Observation) error { n++; return nil })
		if err != nil || n != len(rows) {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
}
