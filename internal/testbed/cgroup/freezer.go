package cgroup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"virtcmp/internal/testbed"
)

// The freezer of version 1, and what its file holds.
const (
	freezerState = "freezer.state"
	frozen       = "FROZEN"
	thawed       = "THAWED"
)

// Freeze returns when none of the group's processes runs any more. Where the machine
// has no freezer the error is an *testbed.Unavailable.
func (g *Group) Freeze(ctx context.Context) error { return g.freeze(ctx, true) }

// Thaw lets them go on.
func (g *Group) Thaw(ctx context.Context) error { return g.freeze(ctx, false) }

func (g *Group) freeze(ctx context.Context, freeze bool) error {
	mount := g.h.mounts[freezer]
	if mount == "" {
		return &testbed.Unavailable{Reason: "no freezer hierarchy of control groups is mounted", Remedy: "mount -t cgroup -o freezer freezer /sys/fs/cgroup/freezer"}
	}
	order, said, text, want := freezerState, freezerState, thawed, thawed
	switch {
	case g.h.Version == 2 && freeze:
		order, said, text, want = "cgroup.freeze", "cgroup.events", "1", "frozen 1"
	case g.h.Version == 2:
		order, said, text, want = "cgroup.freeze", "cgroup.events", "0", "frozen 0"
	case freeze:
		text, want = frozen, frozen
	}
	dir := filepath.Join(mount, g.Path)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		// Version 1 tries anew with every writing.
		if err := os.WriteFile(filepath.Join(dir, order), []byte(text), 0); err != nil {
			return err
		}
		state, err := os.ReadFile(filepath.Join(dir, said))
		if err != nil {
			return err
		}
		if strings.Contains(string(state), want) {
			return nil
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("control group %s is still %s: %w", g.Path, strings.TrimSpace(string(state)), ctx.Err())
		}
	}
}
