package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moby/sys/reexec"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// asCollect is the name under which the test binary is collect.
const asCollect = "virtcmp-collect"

func TestMain(m *testing.M) {
	reexec.Register(asCollect, main)
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

// collect runs the program and returns its exit code and what it wrote.
func collect(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = program.Execute(ctx, args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

// write makes a file of the text and returns its name.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "campaign.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// scan parses observations.
func scan(t *testing.T, sources ...csvio.Source) []observation.Observation {
	t.Helper()
	var all []observation.Observation
	if _, err := observation.Scan(context.Background(), sources, func(o *observation.Observation) error {
		all = append(all, *o)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

const short = `
name: short
max_steal: 1
testbeds:
  - name: process
  - name: process-ns
    driver: process
    process: {namespaces: true}
    optional: true
experiments:
  ramp:      {runs: 1, from: 1, to: 5, over: 800ms, hold: 200ms}
  open:      {runs: 1, from: 10, to: 50, over: 1s}
  select:    {runs: 2, queries: 10}
  insert:    {runs: 1, rows: 50, stress: [0, 2]}
  startup:   {runs: 2}
  footprint: {runs: 1, settle: 0s}
`

// TestProcess measures the embedded application and looks at every kind of row.
func TestProcess(t *testing.T) {
	code, stdout, stderr := collect(context.Background(), "-config", write(t, short), "--seed=3")
	if code != command.Done {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	count := map[string]int{}
	for _, o := range scan(t, csvio.NewSource("stdout", strings.NewReader(stdout))) {
		if o.Testbed != "process" {
			continue
		}
		count[o.Experiment+" "+o.Metric]++
		switch o.Metric {
		case "http_request_duration_seconds":
			if !observation.Good(o.Code) && o.Code != observation.CodeUnfinished {
				t.Errorf("%+v", o)
			}
		case "environment_info":
			count["fact "+o.Labels.Get("host")+" "+o.Labels.Get("key")]++
			if o.Labels.Get("key") == "seed" && o.Labels.Get("value") != "3" {
				t.Errorf("seed %s", o.Labels.Get("value"))
			}
		}
	}
	for what, want := range map[string]int{
		"select sql_select_duration_seconds": 20, "insert sql_insert_duration_seconds": 2,
		"startup startup_duration_seconds": 2, "footprint host_memory_footprint_bytes": 10,
	} {
		if count[what] != want {
			t.Errorf("%d rows of %s, want %d", count[what], what, want)
		}
	}
	for _, what := range []string{
		"ramp http_request_duration_seconds", "open http_request_duration_seconds",
		"ramp process_cpu_seconds_total", "ramp node_cpu_seconds_total", "insert node_vmstat_pswpout",
		"fact generator start_time", "fact generator demonstration", "fact generator ramp_over_seconds", "fact host technology", "fact app kernel",
	} {
		if count[what] == 0 {
			t.Errorf("no rows of %s", what)
		}
	}
	if !strings.Contains(stderr, "ramp-process-1 done") {
		t.Errorf("no progress on stderr: %s", stderr)
	}
}

// TestInterruptAndResume breaks a campaign off in its second trial and takes it up.
func TestInterruptAndResume(t *testing.T) {
	config := write(t, `
max_steal: 1
testbeds: [{name: process}]
experiments:
  ramp:      {runs: 3, from: 1, to: 2, over: 500ms, hold: 500ms}
  select:    {runs: 0}
  insert:    {runs: 0}
  startup:   {runs: 0}
  footprint: {runs: 0}
`)
	dir := filepath.Join(t.TempDir(), "archive")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			if done, _ := filepath.Glob(filepath.Join(dir, "observations", "*.csv.zst")); len(done) == 1 {
				time.Sleep(300 * time.Millisecond)
				cancel()
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	code, _, stderr := collect(ctx, "-config", config, "-out", dir)
	if code != command.Failed || !strings.Contains(stderr, "interrupted: 1 of 3 trials are done and kept") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "observations", "*")); len(files) != 1 {
		t.Errorf("left: %v", files)
	}
	if code, _, stderr := collect(context.Background(), "-config", config, "-out", dir); code != command.Failed || !strings.Contains(stderr, "-resume") {
		t.Errorf("without -resume: exit code %d: %s", code, stderr)
	}
	if code, _, stderr := collect(context.Background(), "-config", config, "-out", dir, "-resume"); code != command.Done {
		t.Fatalf("resume: exit code %d: %s", code, stderr)
	}
	sources, err := csvio.Sources([]string{dir}, nil)
	if err != nil || len(sources) != 3 {
		t.Fatalf("%d files, %v", len(sources), err)
	}
	runs := map[int]bool{}
	for _, o := range scan(t, sources...) {
		runs[o.Run] = true
	}
	if len(runs) != 3 {
		t.Errorf("runs %v", runs)
	}
}

// TestStatic loads an application and a node_exporter that run elsewhere.
func TestStatic(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/metrics":
			fmt.Fprintf(w, "# TYPE node_vmstat_pswpout untyped\nnode_vmstat_pswpout 5\n")
		case "/virtcmp/select.php":
			fmt.Fprint(w, `{"timings":[[0,0.001],[0.001,0.002]]}`)
		default:
			time.Sleep(5 * time.Millisecond)
			io.WriteString(w, "Hello world!")
		}
	}))
	defer app.Close()
	code, stdout, stderr := collect(context.Background(), "-config", write(t, fmt.Sprintf(`
max_steal: 1
testbeds:
  - name: far
    driver: static
    static:
      url: %[1]s
      probe: %[1]s/virtcmp
      node_exporter: {app: %[1]s/metrics}
      technology: Xen 4.17
experiments:
  ramp:      {runs: 1, from: 1, to: 2, over: 200ms, hold: 100ms}
  select:    {runs: 1, queries: 2}
  insert:    {runs: 0}
  startup:   {runs: 0}
  footprint: {runs: 0}
`, app.URL)))
	if code != command.Done {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{
		"far,1,select,", "sql_select_duration_seconds,0.002,", "node_vmstat_pswpout,5,", ",200,user=1\n", "host=host;key=technology;value=Xen 4.17\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestRefusals(t *testing.T) {
	closed := func() string { // an address where nothing listens
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}()
	only := func(experiment, static string) string {
		runs := map[string]int{"ramp": 0, "select": 0, "insert": 0, "startup": 0, "footprint": 0}
		runs[experiment] = 1
		text := "attempts: 2\nmax_steal: 1\ntestbeds: [{name: far, driver: static, static: {" + static + "}}]\nexperiments:\n"
		for name, n := range runs {
			text += fmt.Sprintf("  %s: {runs: %d}\n", name, n)
		}
		return write(t, text+"  page: {timeout: 1s}\n")
	}
	t.Setenv("VIRTCMP_EXPERIMENTS_STARTUP_TIMEOUT", "300ms")
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no such flag", []string{"-fast"}, command.Misuse, "-h explains"},
		{"an argument", []string{"campaign.yaml"}, command.Misuse, `unexpected argument "campaign.yaml"`},
		{"no such configuration", []string{"-config", "missing.yaml"}, command.Failed, "missing.yaml"},
		{"bad configuration", []string{"-config", write(t, "ramp: 5")}, command.Misuse, "ramp"},
		{"no testbed", nil, command.Failed, "no testbed"},
		{"no such driver", []string{"-testbed", "vmware"}, command.Failed, "no driver \"vmware\"; there are "},
		{"resume without archive", []string{"-testbed", "process", "-resume"}, command.Misuse, "-resume needs -out"},
		{"no URL", []string{"-config", only("ramp", "technology: x")}, command.Failed, "static.url is not set"},
		{"not a URL", []string{"-config", only("ramp", "url: example")}, command.Failed, "write it as http://host:port"},
		{"a public address", []string{"-config", only("ramp", "url: 'http://192.0.2.1'")}, command.Failed, "-allow-remote"},
		{"a public database", []string{"-config", only("select", "url: 'http://127.0.0.1', dsn: 'u:p@tcp(192.0.2.1:3306)/d'")}, command.Failed, "-allow-remote"},
		{"bad DSN", []string{"-config", only("select", "url: 'http://127.0.0.1', dsn: 'somewhere'")}, command.Failed, "static.dsn"},
		{"dead testbed", []string{"-config", only("ramp", "url: 'http://"+closed+"'")}, command.Failed, "1 of 1 trials failed 2 times each and are missing: ramp-far-1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, _, stderr := collect(context.Background(), tc.args...)
			if code != tc.code || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit code %d, want %d with %q: %s", code, tc.code, tc.want, stderr)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"-h", "--help"} {
		if code, stdout, _ := collect(context.Background(), flag); code != command.Done || !strings.Contains(stdout, "sudo collect -config") {
			t.Errorf("%s: exit code %d: %s", flag, code, stdout)
		}
	}
	if code, stdout, _ := collect(context.Background(), "--version"); code != command.Done || !strings.Contains(stdout, command.Version) {
		t.Errorf("exit code %d: %s", code, stdout)
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no /dev/full here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	var stderr bytes.Buffer
	code := program.Execute(context.Background(), []string{"-config", write(t, short)}, strings.NewReader(""), full, &stderr)
	if code != command.Failed || !strings.Contains(stderr.String(), "no space left on device") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}
