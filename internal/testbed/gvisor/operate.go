package gvisor

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"

	"virtcmp/internal/testbed"
)

// Operations implements testbed.Operator.
func (t *Testbed) Operations() testbed.Operations {
	o := t.Pair.Operations(
		func(ctx context.Context) error { return t.order(ctx, "pause") },
		func(ctx context.Context) error { return t.order(ctx, "resume") },
	)
	// Found by trying, which a run can't: a sandbox whose checkpoint fails has ended.
	o.Why["checkpoint"] = "runsc 20221219 saves no guest with a TCP connection, nor with one closed within the last minute: endpoint cannot be saved in connected state"
	return o
}

// order has runsc do something with each of the running guests. It finds a sandbox by
// its process id and by an abstract socket: in the namespaces that it was started in.
func (t *Testbed) order(ctx context.Context, command string) error {
	for _, g := range t.Guests() {
		enter := []string{"--target", strconv.Itoa(g.Process.Pid()), "--mount", "--net", "--pid"}
		out, err := exec.CommandContext(ctx, "nsenter", append(enter, t.runsc(g, command)...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s guest: runsc %s: %w: %s", g.Role, command, err, bytes.TrimSpace(out))
		}
	}
	return nil
}
