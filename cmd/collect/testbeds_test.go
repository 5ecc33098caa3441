package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
)

// real skips the test unless the testbed can run here, and says why.
func real(t *testing.T, names ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("real testbeds take minutes; not with -short")
	}
	for _, name := range names {
		bed, err := drivers.New(testbed.Spec{Name: name}, drivers.Machine{Cache: defaultCache()})
		if err != nil {
			t.Fatal(err)
		}
		if err := bed.Check(context.Background()); err != nil {
			t.Skipf("testbed %s: %v", name, err)
		}
	}
}

// leftovers lists what a campaign must not leave behind. What is mounted, and what is
// swapped to, must be as it was before.
func leftovers(t *testing.T, before machine) []string {
	t.Helper()
	var left []string
	if now := state(t); now != before {
		left = append(left, fmt.Sprintf("the machine was\n%s%s, and is\n%s%s", before.mounts, before.swaps, now.mounts, now.swaps))
	}
	filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "virtcmp" || d.Name() == "lxc.pivot") {
			left = append(left, path)
			return fs.SkipDir
		}
		return nil
	})
	dirs, _ := filepath.Glob(filepath.Join(defaultCache(), "run", "*"))
	left = append(left, dirs...)
	processes, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, p := range processes {
		text, _ := os.ReadFile(p)
		if bytes.Contains(text, []byte("virtcmp/run")) || bytes.Contains(text, []byte("/usr/lib/virtcmp")) {
			left = append(left, string(bytes.ReplaceAll(text, []byte{0}, []byte{' '})))
		}
	}
	return left
}

// machine is what guests could change of this machine if their kernel let them.
type machine struct{ mounts, swaps, hostname string }

func state(t *testing.T) machine {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	swaps, err := os.ReadFile("/proc/swaps")
	if err != nil {
		t.Fatal(err)
	}
	var names []string // how much of it is used changes by itself
	for line := range strings.Lines(string(swaps)) {
		names = append(names, strings.Fields(line)[0])
	}
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return machine{string(mounts), strings.Join(names, " "), hostname}
}

const smoke = `
name: smoke
max_steal: 1
host_swap: 1GiB
guests:
  app: {memory: 112MiB, swap: 384MiB, cpus: 1}
  db:  {memory: 384MiB, swap: 128MiB, cpus: 1}
testbeds: [{name: native}, {name: lxc}, {name: uml}]
experiments:
  ramp:      {runs: 1, from: 1, to: 24, over: 12s, hold: 4s}
  select:    {runs: 1, queries: 50}
  insert:    {runs: 1, rows: 200, stress: [0, 2]}
  startup:   {runs: 1}
  footprint: {runs: 1, settle: 1s}
`

// TestRealTestbeds runs a short campaign on real guests: WordPress and MariaDB, natively,
// under LXC and under User-Mode Linux, with a ramp that swaps.
func TestRealTestbeds(t *testing.T) {
	real(t, "lxc", "uml")
	before := state(t)
	dir := filepath.Join(t.TempDir(), "archive")
	code, _, stderr := collect(context.Background(), "-config", write(t, smoke), "-out", dir)
	if code != command.Done {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	t.Log(stderr)
	sources, err := csvio.Sources([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]int{}
	rows := map[string]int{}
	last := map[string]float64{}
	facts := map[string]string{}
	for _, o := range scan(t, sources...) {
		host := o.Labels.Get("host")
		rows[o.Testbed+" "+o.Metric]++
		last[fmt.Sprint(o.Testbed, " ", o.Experiment, " ", host, " ", o.Metric)] = o.Value
		switch o.Metric {
		case "http_request_duration_seconds":
			if o.Code == "200" {
				good[o.Testbed]++
			}
		case "environment_info":
			facts[o.Testbed+" "+host+" "+o.Labels.Get("key")] = o.Labels.Get("value")
		}
	}
	for _, bed := range []string{"native", "lxc", "uml"} {
		least := 20
		if bed == "uml" { // each new web server process takes a second for its first page
			least = 5
		}
		if good[bed] < least {
			t.Errorf("%s served %d good pages", bed, good[bed])
		}
		for metric, want := range map[string]int{
			"sql_select_duration_seconds": 50, "sql_insert_duration_seconds": 2, "startup_duration_seconds": 1,
			"image_size_bytes": 1, "host_memory_footprint_bytes": 10,
		} {
			if rows[bed+" "+metric] != want {
				t.Errorf("%s has %d rows of %s, want %d", bed, rows[bed+" "+metric], metric, want)
			}
		}
		for _, key := range []string{"app software_wordpress", "db software_mariadb", "app limit_memory_bytes", "app cgroup_parent", "app kernel", "app image_digest"} {
			if facts[bed+" "+key] == "" {
				t.Errorf("%s has no fact %s", bed, key)
			}
		}
		if last[bed+" ramp app container_cpu_usage_seconds_total"] < 1 {
			t.Errorf("%s used no CPU", bed)
		}
	}
	for _, swapped := range []string{"native ramp app container_memory_swap", "lxc ramp app container_memory_swap", "uml ramp app node_vmstat_pswpout"} {
		if last[swapped] <= 0 {
			t.Errorf("%s = %v: no swapping", swapped, last[swapped])
		}
	}
	if facts["uml app kernel"] == facts["lxc app kernel"] {
		t.Errorf("User-Mode Linux ran the host's kernel %s", facts["uml app kernel"])
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// TestRealAbort breaks a start off, cleanly and by SIGKILL: the first leaves nothing,
// and after the second the next start finds its way.
func TestRealAbort(t *testing.T) {
	real(t, "lxc", "uml")
	before := state(t)
	for _, bed := range []string{"lxc", "uml", "native"} {
		config := write(t, smoke)
		ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
		code, _, stderr := collect(ctx, "-config", config, "-testbed", bed)
		cancel()
		if code != command.Failed || !strings.Contains(stderr, "interrupted") {
			t.Errorf("%s: exit code %d: %s", bed, code, stderr)
		}
		if left := leftovers(t, before); left != nil {
			t.Errorf("%s, interrupted, left behind:\n%s", bed, strings.Join(left, "\n"))
		}
		killed(t, config, bed)
		quick := write(t, strings.NewReplacer("startup:   {runs: 1}", "startup:   {runs: 1}", "runs: 1", "runs: 0").Replace(smoke))
		if code, _, stderr := collect(context.Background(), "-config", quick, "-testbed", bed); code != command.Done {
			t.Errorf("%s, after SIGKILL: exit code %d: %s", bed, code, stderr)
		}
		if left := leftovers(t, before); left != nil {
			t.Errorf("%s, after SIGKILL and another start, left behind:\n%s", bed, strings.Join(left, "\n"))
		}
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
