package cgroup_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/cgroup"
)

// Processors and processes are limited in either version's terms.
func TestOptionalControllers(t *testing.T) {
	limits := testbed.Limits{CPUSet: "0-1", PIDs: 100}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "cpuset.mems"), []byte("0-3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	v1 := "cgroup /cg/memory cgroup rw,memory 0 0\ncgroup /cg/cpu cgroup rw,cpu,cpuacct 0 0\n"
	h, err := cgroup.Find(mounts(t, v1+"cgroup "+root+" cgroup rw,cpuset 0 0\ncgroup /cg/pids cgroup rw,pids 0 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []cgroup.Setting{{"cpuset", "cpuset.cpus", "0-1"}, {"cpuset", "cpuset.mems", "0-3"}, {"pids", "pids.max", "100"}}
	if got := h.Settings(limits); !reflect.DeepEqual(got, want) || h.Supports(limits) != nil {
		t.Errorf("got  %v, %v\nwant %v", got, h.Supports(limits), want)
	}
	bare, err := cgroup.Find(mounts(t, v1))
	if err != nil {
		t.Fatal(err)
	}
	var unavailable *testbed.Unavailable
	if err := bare.Supports(limits); !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "cpuset") || bare.Supports(testbed.Limits{CPUs: 1}) != nil {
		t.Errorf("without the controllers: %v", err)
	}
	unified := t.TempDir()
	if err := os.WriteFile(filepath.Join(unified, "cgroup.controllers"), []byte("cpuset cpu memory pids\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err = cgroup.Find(mounts(t, "cgroup2 "+unified+" cgroup2 rw 0 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	want = []cgroup.Setting{{"cpuset", "cpuset.cpus", "0-1"}, {"pids", "pids.max", "100"}}
	if got := h.Settings(limits); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Version 2 takes a guest's controllers from every group above it.
func TestHandedDown(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "cgroup.controllers"), []byte("cpuset cpu memory pids\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := cgroup.Find(mounts(t, "cgroup2 "+root+" cgroup2 rw 0 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	h.Depth = 2
	if err := h.Group("lxc-app").Create(testbed.Limits{CPUSet: "1"}); err != nil {
		t.Fatal(err)
	}
	for _, above := range []string{"", "virtcmp", "virtcmp/deeper"} {
		text, err := os.ReadFile(filepath.Join(root, above, "cgroup.subtree_control"))
		if err != nil || string(text) != "+memory +cpu +cpuset" {
			t.Errorf("%q: %q, %v", above, text, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "virtcmp/deeper/lxc-app/cpuset.cpus"))
	if err != nil || string(text) != "1" {
		t.Errorf("%q, %v", text, err)
	}
}

// A process lies as deep as asked for, on the processors that it may use.
func TestDepth(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("making control groups takes root")
	}
	h, err := cgroup.Find("/proc/self/mounts")
	if err != nil {
		t.Skip(err)
	}
	limits := testbed.Limits{Memory: 64 << 20, CPUSet: testbed.CPUSet(fmt.Sprint(runtime.NumCPU() - 1)), PIDs: 20}
	if err := h.Supports(limits); err != nil {
		t.Skip(err)
	}
	for depth, parent := range []string{"/", "/virtcmp", "/virtcmp/deeper", "/virtcmp/deeper/deeper"} {
		h.Depth = depth
		g := h.Group("test-" + fmt.Sprint(os.Getpid()))
		if g.Parent() != parent {
			t.Errorf("depth %d: below %s, want %s", depth, g.Parent(), parent)
		}
		if err := g.Create(limits); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { g.Destroy() })
		var join strings.Builder
		for _, f := range g.Procs() {
			fmt.Fprintf(&join, "echo 0 > %s; ", f)
		}
		cmd := exec.Command("sh", "-c", join.String()+"exec sleep 300")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		status := func(file string) string {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", cmd.Process.Pid, file))
			return string(text)
		}
		for deadline := time.Now().Add(5 * time.Second); !strings.Contains(status("comm"), "sleep"); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the process never joined")
			}
		}
		if got := status("cgroup"); !strings.Contains(got, ":/"+g.Path+"\n") {
			t.Errorf("depth %d: the process is in\n%s", depth, got)
		}
		if got := status("status"); !strings.Contains(got, "Cpus_allowed_list:\t"+string(limits.CPUSet)+"\n") {
			t.Errorf("depth %d: it may run on other processors than %s:\n%s", depth, limits.CPUSet, got)
		}
		done := make(chan error)
		go func() { done <- cmd.Wait() }()
		if err := g.Destroy(); err != nil {
			t.Error(err)
		}
		if err := <-done; err == nil {
			t.Error("the process was not killed")
		}
		for _, f := range g.Procs() {
			if _, err := os.Stat(filepath.Dir(f)); err == nil {
				t.Errorf("%s is still there", f)
			}
		}
	}
}

// A later collect, which knows nothing of the depth, finds groups at any.
func TestReap(t *testing.T) {
	mount := t.TempDir()
	for _, dir := range []string{"virtcmp/lxc-app", "virtcmp/deeper/deeper/lxc-db/inner", "virtcmp-uml-app", "virtcmpish", "other/virtcmp-x"} {
		if err := os.MkdirAll(filepath.Join(mount, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h, err := cgroup.Find(mounts(t, "cgroup "+mount+" cgroup rw,memory,cpu,cpuacct 0 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Reap(); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(mount)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if !reflect.DeepEqual(left, []string{"other", "virtcmpish"}) {
		t.Errorf("left: %v", left)
	}
}
