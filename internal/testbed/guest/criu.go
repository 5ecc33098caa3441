package guest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"virtcmp/internal/testbed"
)

// criuLog is CRIU's own account of what it does, in the directory of its images.
const criuLog = "dump.log"

// Checkpoint has CRIU write the running processes of both guests to disk and leaves
// them running. The command that command returns for a guest shall have it write its
// images, and dump.log, to the directory. Where CRIU fails, the error is an
// *testbed.Unavailable with what CRIU says of it.
func (p *Pair) Checkpoint(command func(g *Guest, dir string) []string) func(context.Context) (int64, error) {
	return func(ctx context.Context) (total int64, err error) {
		if err := Tools(map[string]string{"criu": "criu"}); err != nil {
			return 0, err
		}
		err = p.each(func(g *Guest) error {
			dir := filepath.Join(g.Dir, "checkpoint") // goes with the guest
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				return err
			}
			if err := dump(ctx, command(g, dir), dir); err != nil {
				return err
			}
			n, err := DiskUsage(dir)
			total += n
			return err
		})
		return total, err
	}
}

func dump(ctx context.Context, args []string, dir string) error {
	const limit = 2 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	if err == nil || ctx.Err() != nil {
		return err
	}
	log, _ := os.ReadFile(filepath.Join(dir, criuLog)) // without one, it says why on its output
	return &testbed.Unavailable{
		Reason: "CRIU fails: " + criuError(log, fmt.Sprintf("%v: %s", err, bytes.TrimSpace(out))),
		Remedy: "criu check says what this kernel lacks",
	}
}

var criuErrors = regexp.MustCompile(`(?m)Error \([^)]*\): (.*)$`)

// criuError returns the first error of CRIU's log: what follows comes of it.
func criuError(log []byte, otherwise string) string {
	if m := criuErrors.FindSubmatch(log); m != nil {
		return strings.TrimSpace(string(m[1]))
	}
	return otherwise
}
