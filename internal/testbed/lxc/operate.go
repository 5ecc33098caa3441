package lxc

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// Operations implements testbed.Operator, by LXC's own programs.
func (t *Testbed) Operations() testbed.Operations {
	o := t.Pair.Operations(t.freeze, t.unfreeze)
	o.Checkpoint = t.Checkpoint(func(g *guest.Guest, dir string) []string {
		return tool(g, "lxc-checkpoint", "--checkpoint-dir", dir)
	})
	o.Why["restore"] = "the container's network is collect's own"
	return o
}

func (t *Testbed) freeze(ctx context.Context) error { return t.each(ctx, "lxc-freeze") }

func (t *Testbed) unfreeze(ctx context.Context) error { return t.each(ctx, "lxc-unfreeze") }

// each runs a program of LXC's for each of the containers.
func (t *Testbed) each(ctx context.Context, name string) error {
	for _, g := range t.Guests() {
		args := tool(g, name)
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s, %s guest: %w: %s", name, g.Role, err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}
