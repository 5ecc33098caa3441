package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
)

// bed is a testbed that the tests start for real.
type bed struct {
	name      string
	pages     int      // good ones, at least, in the short ramp
	swapped   string   // counter of the application guest that shows that the ramp made it swap
	cpu       string   // counter of the CPU time that the guests use; empty: their control groups'
	ownKernel bool     // the guests don't run the host's
	changes   []string // of the configuration: what stands there and what shall
	skips     []string // experiments, where each start takes long
	optional  bool     // takes too long for every test run: only where REAL_TESTBEDS names it
}

var beds = []bed{
	{name: "native", pages: 20, swapped: "container_memory_swap"},
	{name: "lxc", pages: 20, swapped: "container_memory_swap"},
	{name: "docker", pages: 20, swapped: "container_memory_swap"},
	{name: "gvisor", pages: 20, swapped: "container_memory_swap", ownKernel: true},
	// each new web server process takes a second for its first page
	{name: "uml", pages: 5, swapped: "node_vmstat_pswpout", ownKernel: true, changes: []string{"to: 24", "to: 8"}},
	// without KVM a start takes 20 s, and each new web server process seconds for its first page
	{name: "qemu", pages: 3, swapped: "node_vmstat_pswpout", ownKernel: true, changes: []string{"to: 24", "to: 3"}, skips: []string{"select", "insert", "footprint", "operation"}},
	// a start takes minutes, of which most is before the first guest's
	{name: "xen", pages: 1, swapped: "node_vmstat_pswpout", cpu: "node_cpu_seconds_total{user}", ownKernel: true, changes: []string{"to: 24", "to: 2", "112MiB", "144MiB"}, skips: []string{"select", "insert", "footprint", "operation"}, optional: true},
}

// each runs the test for each testbed that can run here, or those of them that are
// named, and skips the others with the reason.
func each(t *testing.T, test func(*testing.T, bed), only ...string) {
	if testing.Short() {
		t.Skip("real testbeds take minutes; not with -short")
	}
	named := os.Getenv("REAL_TESTBEDS")
	for _, b := range beds {
		if len(only) > 0 && !slices.Contains(only, b.name) {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			if chosen := slices.Contains(strings.Split(named, ","), b.name); named != "" && !chosen || named == "" && b.optional {
				t.Skip("set REAL_TESTBEDS=" + b.name + " to run it")
			}
			testbed, err := drivers.New(testbed.Spec{Name: b.name}, drivers.Machine{Cache: defaultCache()})
			if err != nil {
				t.Fatal(err)
			}
			if err := testbed.Check(context.Background()); err != nil {
				t.Skipf("testbed %s: %v", b.name, err)
			}
			test(t, b)
		})
	}
}

// leftovers lists what a campaign must not leave behind. What guests could change of
// this machine if their kernel let them must be as it was before.
func leftovers(t *testing.T, before []string) []string {
	t.Helper()
	var left []string
	now := state(t)
	for _, line := range before {
		if !slices.Contains(now, line) {
			left = append(left, "gone: "+line)
		}
	}
	for _, line := range now {
		if !slices.Contains(before, line) {
			left = append(left, line)
		}
	}
	for _, path := range swaps(t) {
		if own(path) {
			left = append(left, "swap "+path)
		}
	}
	filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "virtcmp" || d.Name() == "lxc.pivot") {
			left = append(left, path)
			return fs.SkipDir
		}
		return nil
	})
	for _, pattern := range []string{"run/*", "docker-*/data/containers/*"} {
		found, _ := filepath.Glob(filepath.Join(defaultCache(), pattern))
		left = append(left, found...)
	}
	processes, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, p := range processes {
		text, _ := os.ReadFile(p)
		if bytes.Contains(text, []byte("virtcmp/run")) || bytes.Contains(text, []byte("virtcmp/docker-")) || bytes.Contains(text, []byte("/usr/lib/virtcmp")) {
			left = append(left, string(bytes.ReplaceAll(text, []byte{0}, []byte{' '})))
		}
	}
	return left
}

// state lists what is mounted on this machine and swapped to, its name, its network
// interfaces and the sockets of daemons. Swap files of a collect's own are not in it: one
// of a test that was killed is there before, and the next start takes it away.
func state(t *testing.T) []string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	lines := append(strings.Split(string(mounts), "\n"), "hostname "+hostname)
	for _, path := range swaps(t) {
		if !own(path) {
			lines = append(lines, "swap "+path)
		}
	}
	for _, pattern := range []string{"/sys/class/net/*", "/run/*docker*", "/run/containerd*"} {
		found, _ := filepath.Glob(pattern)
		lines = append(lines, found...)
	}
	return lines
}

// own tells whether the swap file is one that a collect makes.
func own(swap string) bool { return strings.HasPrefix(swap, defaultCache()) }

// swaps lists the files and devices that are swapped to.
func swaps(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("/proc/swaps")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for line := range strings.Lines(string(text)) {
		paths = append(paths, strings.Fields(line)[0])
	}
	return paths
}

const smoke = `
name: smoke
max_steal: 1
host_swap: 1GiB
guests:
  app: {memory: 112MiB, swap: 384MiB, cpus: 1}
  db:  {memory: 384MiB, swap: 128MiB, cpus: 1}
experiments:
  ramp:      {runs: 1, from: 1, to: 24, over: 12s, hold: 4s}
  select:    {runs: 1, queries: 50}
  insert:    {runs: 1, rows: 200, stress: [0, 2]}
  startup:   {runs: 1, timeout: 200s}
  footprint: {runs: 1, settle: 1s}
  operation: {runs: 1}
`

// smoke returns the configuration for the bed.
func (b bed) smoke() string {
	config := strings.NewReplacer(b.changes...).Replace(smoke)
	for _, e := range b.skips {
		config = regexp.MustCompile(`(?m)^(  `+e+`: +\{runs: )1`).ReplaceAllString(config, "${1}0")
	}
	return config
}

// TestRealTestbeds runs a short campaign on real guests of each technology: WordPress
// and MariaDB, with a ramp that swaps.
func TestRealTestbeds(t *testing.T) { each(t, shortCampaign) }

func shortCampaign(t *testing.T, b bed) {
	before := state(t)
	dir := filepath.Join(t.TempDir(), "archive")
	code, _, stderr := collect(context.Background(), "-config", write(t, b.smoke()), "-testbed", b.name, "-out", dir)
	if code != command.Done {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	t.Log(stderr)
	sources, err := csvio.Sources([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := 0
	rows := map[string]int{}
	last := map[string]float64{}
	facts := map[string]string{}
	impossible := map[string]string{} // why, by operation
	for _, o := range scan(t, sources...) {
		host := o.Labels.Get("host")
		rows[o.Experiment+" "+o.Metric]++
		metric := o.Metric
		if mode := o.Labels.Get("mode"); mode != "" {
			metric += "{" + mode + "}"
		}
		last[o.Experiment+" "+host+" "+metric] = o.Value
		switch o.Metric {
		case "http_request_duration_seconds":
			if o.Code == "200" {
				good++
			}
		case "environment_info":
			facts[host+" "+o.Labels.Get("key")] = o.Labels.Get("value")
			if what, ok := strings.CutPrefix(o.Labels.Get("key"), "operation_"); ok {
				impossible[what] = o.Labels.Get("reason")
			}
		}
	}
	if good < b.pages {
		t.Errorf("%d good pages, want %d", good, b.pages)
	}
	for _, w := range []struct {
		experiment, metric string
		rows               int
	}{
		{"select", "sql_select_duration_seconds", 50}, {"insert", "sql_insert_duration_seconds", 2},
		{"startup", "startup_duration_seconds", 1}, {"startup", "image_size_bytes", 1},
		{"footprint", "host_memory_footprint_bytes", 10},
		{"operation", "startup_duration_seconds", 2}, {"operation", "teardown_duration_seconds", 1},
	} {
		if slices.Contains(b.skips, w.experiment) {
			w.rows = 0
		}
		if got := rows[w.experiment+" "+w.metric]; got != w.rows {
			t.Errorf("%d rows of %s in %s, want %d", got, w.metric, w.experiment, w.rows)
		}
	}
	if !slices.Contains(b.skips, "operation") {
		for what, metric := range map[string]string{
			"written": "guest_written_bytes", "pause": "resume_duration_seconds", "snapshot": "snapshot_size_bytes",
			"checkpoint": "checkpoint_size_bytes", "restore": "restore_duration_seconds",
		} {
			if value, why := last["operation  "+metric], impossible[what]; (value > 0) == (why != "") {
				t.Errorf("%s: %s = %v, or not possible because %q: want one of them", what, metric, value, why)
			}
		}
	}
	for _, key := range []string{"app software_wordpress", "db software_mariadb", "app limit_memory_bytes", "app cgroup_parent", "app kernel", "app image_digest"} {
		if facts[key] == "" {
			t.Errorf("no fact %s", key)
		}
	}
	if b.cpu == "" {
		b.cpu = "container_cpu_usage_seconds_total"
	}
	if last["ramp app "+b.cpu] < 1 {
		t.Error("the application guest used no CPU")
	}
	if swapped := last["ramp app "+b.swapped]; swapped <= 0 {
		t.Errorf("%s = %v: no swapping", b.swapped, swapped)
	}
	if own := facts["app kernel"] != facts["host kernel"]; own != b.ownKernel {
		t.Errorf("the guest's kernel is %s, the host's %s", facts["app kernel"], facts["host kernel"])
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// TestRealAbort breaks a start off, cleanly and by SIGKILL: the first leaves nothing,
// and after the second the next start finds its way.
func TestRealAbort(t *testing.T) { each(t, abort) }

func abort(t *testing.T, b bed) {
	before := state(t)
	config := write(t, b.smoke())
	ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
	defer cancel()
	code, _, stderr := collect(ctx, "-config", config, "-testbed", b.name)
	if code != command.Failed || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("interrupted, left behind:\n%s", strings.Join(left, "\n"))
	}
	killed(t, config, b.name)
	quick := write(t, strings.NewReplacer("startup:   {runs: 1", "startup:   {runs: 1", "runs: 1", "runs: 0").Replace(b.smoke()))
	if code, _, stderr := collect(context.Background(), "-config", quick, "-testbed", b.name); code != command.Done {
		t.Errorf("after SIGKILL: exit code %d: %s", code, stderr)
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("after SIGKILL and another start, left behind:\n%s", strings.Join(left, "\n"))
	}
}

// killed starts collect as a process of its own and kills it while guests run.
func killed(t *testing.T, config, bed string) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{asCollect, "-config", config, "-testbed", bed}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Errorf("collect ended by itself: %v", err)
	}
}
