package qemu

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
)

// TestSaveAndRestore saves a real machine, an empty one without a disk, and starts
// another one from what was saved.
func TestSaveAndRestore(t *testing.T) {
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	g := &guest.Guest{Role: "app", Dir: t.TempDir()}
	start := func(more ...string) {
		t.Helper()
		cmd := exec.Command(program, append([]string{"-M", "q35", "-nodefaults", "-display", "none", "-S", "-m", "16M", "-qmp", "unix:" + option(socket(g)) + ",server=on,wait=off"}, more...)...)
		cmd.Stderr = os.Stderr
		p, err := launch.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Kill)
		g.Process = p
	}
	status := func() string {
		t.Helper()
		q, err := connect(ctx, g)
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close()
		s, err := q.await(ctx, "query-status", func(s string) bool { return s != "inmigrate" })
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	start()
	if s := status(); s != "prelaunch" {
		t.Errorf("the machine is %s, want prelaunch", s)
	}
	if err := do(ctx, g, "no-such-command", nil); err == nil || !strings.Contains(err.Error(), "CommandNotFound") {
		t.Errorf("a command that QEMU does not know: %v", err)
	}
	for _, command := range []string{"cont", "stop"} {
		if err := do(ctx, g, command, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := save(ctx, g); err != nil {
		t.Fatal(err)
	}
	if g.Process.Alive() == nil {
		t.Error("the machine runs on after it was saved")
	}
	if _, err := connect(ctx, g); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("connected to a machine that has ended: %v", err)
	}
	start("-incoming", "exec:cat "+quote(state(g)))
	if s := status(); s != "paused" {
		t.Errorf("the restored machine is %s, want paused as it was", s)
	}
}
