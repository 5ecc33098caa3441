package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/golden"
)

// analyze runs the program and returns its output and exit code.
func analyze(stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	var out, log bytes.Buffer
	code = program.Execute(context.Background(), args, stdin, &out, &log)
	return out.String(), log.String(), code
}

// TestGolden runs the program on testdata/NAME.csv and compares with testdata/NAME.golden.
func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(inputs) == 0 {
		t.Fatal("no inputs", err)
	}
	for _, input := range inputs {
		name := csvio.TrimExt(filepath.Base(input))
		t.Run(name, func(t *testing.T) {
			got, stderr, code := analyze(nil, input)
			if code != command.Done || stderr != "" {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			golden.Compare(t, goldenFile(name), got)
		})
	}
}

// TestGoldenCampaign keeps what is found over all runs of a simulated campaign.
func TestGoldenCampaign(t *testing.T) {
	out, stderr, code := analyze(bytes.NewReader(simulate.First(1).CSV()))
	if code != command.Done { // a slow machine's progress is on stderr
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	all, _, err := finding.Read(context.Background(), []csvio.Source{csvio.NewSource("out", strings.NewReader(out))})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := csvio.NewWriter[finding.Finding](&b)
	for _, f := range all {
		if f.Run == finding.AllRuns && f.Analysis != finding.Environment {
			w.Write(f)
		}
	}
	w.Flush()
	golden.Compare(t, goldenFile("campaign"), b.String())
}

// goldenFile is where what the program wrote is kept.
func goldenFile(name string) string { return filepath.Join("testdata", name+".golden") }

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one ends before the other"
}

// A campaign cut into files, in whatever order and compression, or sent as streams one
// after the other, gives the findings of the whole but for the files' names.
func TestShards(t *testing.T) {
	c := simulate.First(2)
	c.Runs, c.Ramp = 3, simulate.Ramp{From: 1, To: 10, Over: 20, End: 25, Timeout: 30}
	whole := c.CSV()
	want, _, code := analyze(bytes.NewReader(whole))
	if code != command.Done {
		t.Fatal("exit code", code)
	}

	header, body, _ := strings.Cut(string(whole), "\n")
	// Every run has rows in every shard.
	shards := make([]strings.Builder, 3)
	for i, line := range strings.SplitAfter(strings.TrimSuffix(body, "\n"), "\n") {
		shards[i%len(shards)].WriteString(strings.TrimSuffix(line, "\n") + "\n")
	}
	dir := filepath.Join(t.TempDir(), "observations")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var plain, packed, framed bytes.Buffer // streams of all shards one after the other
	for i := range shards {
		text := header + "\n" + shards[i].String()
		plain.WriteString(text)
		var gz, zst bytes.Buffer
		g := gzip.NewWriter(&gz)
		io.WriteString(g, text)
		g.Close()
		z, err := zstd.NewWriter(&zst)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(z, text)
		z.Close()
		packed.Write(gz.Bytes())
		framed.Write(zst.Bytes())
		name, content := []string{"c.csv", "a.csv.gz", "b.csv.zst"}[i], [][]byte{[]byte(text), gz.Bytes(), zst.Bytes()}[i]
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	withoutSources := func(findings string) string {
		var kept []string
		for _, line := range strings.Split(findings, "\n") {
			if !strings.HasPrefix(line, "environment,,,,source,") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, tc := range []struct {
		name    string
		stdin   io.Reader
		args    []string
		sources int
	}{
		{"streams", &plain, nil, 1},
		{"gzip streams", &packed, nil, 1},
		{"zstd streams", &framed, nil, 1},
		{"directory", nil, []string{filepath.Dir(dir)}, 3},
		{"files", nil, []string{file("c.csv"), file("b.csv.zst"), file("a.csv.gz")}, 3},
		{"files the other way round", nil, []string{file("a.csv.gz"), file("b.csv.zst"), file("c.csv")}, 3},
		{"stdin among files", bytes.NewReader([]byte(header + "\n" + shards[1].String())), []string{file("c.csv"), "-", file("b.csv.zst")}, 3},
	} {
		out, stderr, code := analyze(tc.stdin, tc.args...)
		if code != command.Done {
			t.Fatalf("%s: exit code %d: %s", tc.name, code, stderr)
		}
		if got, want := withoutSources(out), withoutSources(want); got != want {
			t.Errorf("%s: %s", tc.name, firstDifference(got, want))
		}
		if n := strings.Count(out, "environment,,,,source,"); n != tc.sources {
			t.Errorf("%s: %d sources", tc.name, n)
		}
	}
}

func TestExitCodes(t *testing.T) {
	const header = "testbed,run,experiment,time,metric,value,users,code,labels\n"
	const row = "lxc,1,select,0,sql_select_duration_seconds,0.001,,,\n"
	testExitCodes(t, []exit{
		{"rows", header + row, nil, command.Done, ""},
		{"no rows", header, nil, command.Done, ""},
		{"help", "", []string{"-h"}, command.Done, ""},
		{"two dashes", header + row, []string{"--baseline=lxc", "--seed", "7"}, command.Done, ""},
		{"nothing", "", nil, command.Failed, `-: empty: no header row "testbed,run,`},
		{"torn row", header + row + "lxc,1,sel", nil, command.Failed, "-:3: torn row: the line has no end"},
		{"a field too few", header + "lxc,1\n", nil, command.Failed, "-:2: torn row: 2 fields, want 9"},
		{"no number", header + "lxc,1,ramp,now,m,1,,,\n", nil, command.Failed, "-:2: column time: "},
		{"foreign", "timeStamp,elapsed\n1,2\n", nil, command.Failed, `-:1: header is "timeStamp,elapsed", want "testbed,run,`},
		{"findings", strings.Join(csvio.Header[finding.Finding](), ",") + "\n", nil, command.Failed, "-:1: header is "},
		{"no such file", "", []string{"testdata/none.csv"}, command.Failed, "testdata/none.csv"},
		{"unknown baseline", header + row, []string{"-baseline", "kvm"}, command.Misuse, `baseline "kvm": the testbeds are lxc`},
		{"unknown flag", "", []string{"-bseline", "kvm"}, command.Misuse, "-bseline"},
		{"no seed", "", []string{"-seed", "x"}, command.Misuse, "seed"},
	})
}

// exit is a call of the program, and how it ends.
type exit struct {
	name, stdin string
	args        []string
	code        int
	stderr      string // holds this; empty: says nothing
}

func testExitCodes(t *testing.T, cases []exit) {
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			stdout, stderr, code := analyze(strings.NewReader(tc.stdin), tc.args...)
			if code != tc.code || !strings.Contains(stderr, tc.stderr) || tc.stderr == "" && stderr != "" {
				t.Errorf("exit code %d, want %d; stderr %q, want %q", code, tc.code, stderr, tc.stderr)
			}
			if tc.code != command.Done && stdout != "" {
				t.Errorf("a failure wrote %q", stdout)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	out, _, _ := analyze(nil, "-h")
	for _, word := range []string{"-baseline", "-seed", "Examples:", "collect -config", "-from jmeter", "-observations", "vegeta", "k6", "wrk2"} {
		if !strings.Contains(out, word) {
			t.Errorf("-h says nothing of %s", word)
		}
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stdin, feed := io.Pipe() // gives nothing and does not end
	defer feed.Close()
	var log bytes.Buffer
	if code := program.Execute(ctx, nil, stdin, io.Discard, &log); code != command.Failed || !strings.Contains(log.String(), "canceled") {
		t.Errorf("exit code %d: %s", code, log.String())
	}
}

func TestProgress(t *testing.T) {
	var out strings.Builder
	at := time.Unix(0, 0)
	p := newProgress(&out, func() time.Time { return at })
	for i := range 100_000 {
		if i == 50_000 {
			at = at.Add(progressEvery)
		}
		p.add(1)
	}
	p.done()
	const want = "analyze: reading: 65536 rows in 2 s, 0.03 million a second\nanalyze: analysing: 100000 rows in 2 s, 0.05 million a second\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	newProgress(&out, func() time.Time { return at }).done()
	if out.String() != "" {
		t.Errorf("a short reading reports %q", out.String())
	}
}

// FuzzAnalyze: whatever the rows, the program answers with an exit code and findings that read.
func FuzzAnalyze(f *testing.F) {
	// Few rows of many kinds: with three runs of everything the bootstraps take all the time.
	f.Add(`a,1,environment,0,environment_info,1,,,host=generator;key=ramp_end_seconds;value=20
a,1,environment,0,environment_info,1,,,host=generator;key=trial;value=1;experiment=ramp
b,1,environment,0,environment_info,1,,,host=app;key=limit_memory_bytes;value=1e9
a,1,ramp,0,http_request_duration_seconds,0.5,1,200,user=0
a,1,ramp,19,http_request_duration_seconds,1,9,unfinished,user=1
b,1,ramp,1,http_request_duration_seconds,0.5,,502,
a,1,ramp,1,node_vmstat_pswpout,5,1,,host=app
a,1,ramp,2,node_vmstat_pswpout,9000,1,,host=app
a,1,ramp,2,container_memory_swap,4096,1,,host=app
a,1,ramp,2,process_cpu_seconds_total,4096,1,,host=generator
`)
	f.Add(`a,1,select,0,sql_select_duration_seconds,1e-5,,,
a,2,select,0,sql_select_duration_seconds,2e-5,,error,client=generator
b,1,select,0,sql_select_duration_seconds,0,,,
a,1,insert,0,sql_insert_duration_seconds,2,,,rows=10;stress=0
a,1,insert,0,sql_insert_duration_seconds,1e308,,,rows=10;stress=2
a,1,startup,0,startup_duration_seconds,1,,200,
a,1,footprint,0,host_memory_footprint_bytes,-5,,,state=empty
a,1,footprint,0,host_memory_footprint_bytes,7,,,state=idle
a,1,open,0,http_request_duration_seconds,1,,200,lateness=0
`)
	f.Add(`a,1,open,1,http_request_duration_seconds,1,,200,lateness=1e9
a,1,open,-3,http_request_duration_seconds,1,,timeout,lateness=99999
a,2,open,0,http_request_duration_seconds,1e300,,unfinished,lateness=-1
a,3,open,9e7,http_request_duration_seconds,0,,503,
a,1,open,2,process_cpu_seconds_total,1,,,host=generator
a,1,open,80,process_cpu_seconds_total,2,,,host=generator
a,1,environment,0,environment_info,1,,,host=generator;key=trial;value=1;experiment=open
a,1,environment,0,environment_info,1,,,host=generator;key=start_time;value=2026-01-02T03:04:05Z;experiment=open
a,2,environment,0,environment_info,1,,,host=generator;key=trial;value=2;experiment=open
a,2,environment,0,environment_info,1,,,host=generator;key=start_time;value=2026-01-02T03:04:06Z;experiment=open
`)
	var closed strings.Builder // a ramp long enough for a scalability law
	for i := range 80 {
		fmt.Fprintf(&closed, "a,%d,ramp,%d,http_request_duration_seconds,1,%d,200,\n", 1+i%2, i/4, 1+i/8)
	}
	f.Add(closed.String())
	f.Add(strings.Repeat("a,1,ramp,-1e7,http_request_duration_seconds,3,1,200,\na,1,ramp,9e7,http_request_duration_seconds,1e9,1,timeout,\n", 20))
	header := "testbed,run,experiment,time,metric,value,users,code,labels\n"
	f.Fuzz(func(t *testing.T, body string) {
		out, stderr, code := analyze(strings.NewReader(header + body))
		if code == command.Failed && stderr != "" {
			return
		}
		if code != command.Done {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		if _, _, err := finding.Read(context.Background(), []csvio.Source{csvio.NewSource("out", strings.NewReader(out))}); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkAnalyze is the whole program on three runs of the ramp that collect has as
// its default, in memory: about 800,000 rows.
func BenchmarkAnalyze(b *testing.B) {
	c := simulate.First(1)
	c.Runs, c.Ramp = 3, simulate.Ramp{From: 1, To: 100, Over: 720, End: 800, Timeout: 30}
	text := c.CSV()
	rows := bytes.Count(text, []byte{'\n'}) - 1
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var log bytes.Buffer
		if code := program.Execute(context.Background(), nil, bytes.NewReader(text), io.Discard, &log); code != command.Done {
			b.Fatal(log.String())
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
