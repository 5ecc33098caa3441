package cgroup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/cgroup"
)

func mounts(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mounts")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

var limits = testbed.Limits{Memory: 192 << 20, Swap: 64 << 20, CPUs: 1.5, Shares: 512}

func TestVersion1(t *testing.T) {
	h, err := cgroup.Find(mounts(t, `cgroup /cg/memory cgroup rw,relatime,memory 0 0
cgroup /cg/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup2 /cg/unified cgroup2 rw 0 0
`))
	if err != nil || h.Version != 1 {
		t.Fatal(h, err)
	}
	want := []cgroup.Setting{
		{"memory", "memory.limit_in_bytes", "201326592"},
		{"memory", "memory.memsw.limit_in_bytes", "268435456"},
		{"cpu", "cpu.cfs_period_us", "100000"},
		{"cpu", "cpu.cfs_quota_us", "150000"},
		{"cpu", "cpu.shares", "512"},
	}
	if got := h.Settings(limits); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := h.Settings(testbed.Limits{}); got != nil {
		t.Errorf("no limits: %v", got)
	}
	c := h.Group("lxc-app").Counters()
	if c.Version != 1 || c.Memory != "/cg/memory/virtcmp/lxc-app" || c.CPUAcct != "/cg/cpu,cpuacct/virtcmp/lxc-app" {
		t.Errorf("%+v", c)
	}
}

func TestVersion2(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "cgroup.controllers"), []byte("cpuset cpu io memory pids\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := cgroup.Find(mounts(t, fmt.Sprintf("cgroup2 %s cgroup2 rw 0 0\n", root)))
	if err != nil || h.Version != 2 {
		t.Fatal(h, err)
	}
	want := []cgroup.Setting{
		{"memory", "memory.max", "201326592"},
		{"memory", "memory.swap.max", "67108864"},
		{"cpu", "cpu.max", "150000 100000"},
		{"cpu", "cpu.weight", "50"},
	}
	if got := h.Settings(limits); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestNone(t *testing.T) {
	_, err := cgroup.Find(mounts(t, "tmpfs /tmp tmpfs rw 0 0\n"))
	var unavailable *testbed.Unavailable
	if !errors.As(err, &unavailable) || unavailable.Remedy == "" {
		t.Errorf("error %v", err)
	}
}

// TestGroup makes a real group, puts a process into it that starts another, and
// destroys both.
func TestGroup(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("making control groups takes root")
	}
	h, err := cgroup.Find("/proc/self/mounts")
	if err != nil {
		t.Skip(err)
	}
	g := h.Group("test-" + filepath.Base(t.TempDir()))
	if err := g.Create(limits); err != nil {
		t.Fatal(err)
	}
	defer g.Destroy()
	var join strings.Builder
	for _, f := range g.Procs() {
		fmt.Fprintf(&join, "echo 0 > %s; ", f)
	}
	cmd := exec.Command("sh", "-c", join.String()+"sleep 300 & wait")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); members(t, g) < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the processes never joined")
		}
	}
	freeze(t, g)
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	if err := g.Destroy(); err != nil { // of frozen processes
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("the process was not killed")
	}
	for _, f := range g.Procs() {
		if _, err := os.Stat(f); err == nil {
			t.Errorf("%s is still there", f)
		}
	}
	if err := g.Destroy(); err != nil {
		t.Errorf("destroying nothing: %v", err)
	}
}

// freeze freezes the group, puts a process into it that can't end meanwhile, lets it
// go on, and freezes it again.
func freeze(t *testing.T, g *cgroup.Group) {
	t.Helper()
	ctx := context.Background()
	var unavailable *testbed.Unavailable
	if err := g.Freeze(ctx); errors.As(err, &unavailable) {
		t.Log(err)
		return
	} else if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	sleeper := exec.Command("sleep", "0.05")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	for _, f := range g.Procs() {
		if err := os.WriteFile(f, []byte(strconv.Itoa(sleeper.Process.Pid)), 0); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(200 * time.Millisecond)
	if err := g.Thaw(ctx); err != nil {
		t.Fatal(err)
	}
	if err := sleeper.Wait(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("a frozen process ended after %v", took)
	}
	if err := g.Freeze(ctx); err != nil {
		t.Fatal(err)
	}
}

func members(t *testing.T, g *cgroup.Group) int {
	t.Helper()
	text, err := os.ReadFile(g.Procs()[0])
	if err != nil {
		t.Fatal(err)
	}
	return len(strings.Fields(string(text)))
}
