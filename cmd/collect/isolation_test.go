package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
)

const matrix = `
name: matrix
max_steal: 1
attempts: 1
host_swap: 1GiB
guests:
  app: {memory: 160MiB, swap: 128MiB, cpus: 1, pids: 300}
  db:  {memory: 384MiB, swap: 128MiB, cpus: 1}
experiments:
  ramp:      {runs: 0}
  select:    {runs: 0}
  insert:    {runs: 0}
  startup:   {runs: 0}
  footprint: {runs: 0}
  isolation: {runs: 1, queries: 20, batches: 2, rows: 50, requests: 3}
`

// TestRealIsolation puts real guests under each class of stress.
func TestRealIsolation(t *testing.T) { each(t, isolate, "lxc") }

func isolate(t *testing.T, b bed) {
	before := state(t)
	dir := filepath.Join(t.TempDir(), "archive")
	if code, _, stderr := collect(context.Background(), "-config", write(t, matrix), "-testbed", b.name, "-out", dir); code != command.Done {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	sources, err := csvio.Sources([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, o := range scan(t, sources...) {
		if v := o.Labels.Get("victim"); v != "" && (o.Code == "" || o.Code == "200") {
			rows[v+" beside "+o.Labels.Get("aggressor")]++
		}
	}
	for _, aggressor := range []string{"none", "cpu", "memory", "disk", "network", "fork"} {
		for victim, want := range map[string]int{"select": 20, "insert": 2, "http": 3} {
			if aggressor == "none" {
				want *= 6 // before and after each of five
			}
			if got := rows[victim+" beside "+aggressor]; got != want {
				t.Errorf("%d good rows of %s beside %s, want %d", got, victim, aggressor, want)
			}
		}
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// TestRealPlace starts real guests two groups deep on one processor, and looks where
// their processes really are.
func TestRealPlace(t *testing.T) { each(t, place, "lxc", "uml") }

func place(t *testing.T, b bed) {
	before := state(t)
	depth := 2
	limits := testbed.Limits{Memory: 160 << 20, CPUs: 1, CPUSet: "0", PIDs: 300}
	spec := testbed.Spec{Name: b.name, Guests: testbed.Guests{App: limits, DB: limits}, CgroupDepth: &depth}
	bed, err := drivers.New(spec, drivers.Machine{Cache: defaultCache()})
	if err != nil {
		t.Fatal(err)
	}
	defer bed.Stop()
	if _, err := bed.Provision(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := bed.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	facts := map[string]string{}
	for _, f := range bed.Facts() {
		facts[f.Host+" "+f.Key] = f.Value
	}
	for _, role := range []string{"app", "db"} {
		parent, cpus := facts[role+" cgroup_parent"], facts[role+" limit_cpuset"]
		if parent != "/virtcmp/deeper" || cpus != "0" || facts[role+" limit_pids"] != "300" {
			t.Fatalf("facts %v", facts)
		}
		group := fmt.Sprintf("%s/%s-%s", parent, b.name, role)
		var found []string
		for deadline := time.Now().Add(20 * time.Second); len(found) == 0 && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
			found = processesIn(t, group)
		}
		if len(found) == 0 {
			t.Errorf("no process of the %s guest is in %s", role, group)
		}
		for _, pid := range found {
			status, err := os.ReadFile("/proc/" + pid + "/status")
			if err == nil && !strings.Contains(string(status), "Cpus_allowed_list:\t"+cpus+"\n") {
				t.Errorf("process %s of the %s guest may run on more than processor %s:\n%s", pid, role, cpus, status)
			}
		}
	}
	if err := bed.Stop(); err != nil {
		t.Error(err)
	}
	if left := leftovers(t, before); left != nil {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// processesIn lists the processes that the kernel has in the group, or below it, of both
// memory and, in version 1, processors.
func processesIn(t *testing.T, group string) []string {
	t.Helper()
	var pids []string
	files, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		in := func(controller string) bool {
			return slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
				f := strings.SplitN(line, ":", 3)
				return len(f) == 3 && slices.Contains(strings.Split(f[1], ","), controller) && (f[2] == group || strings.HasPrefix(f[2], group+"/"))
			})
		}
		if in("memory") && in("cpuset") || in("") {
			pids = append(pids, filepath.Base(filepath.Dir(file)))
		}
	}
	return pids
}
