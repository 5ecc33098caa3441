package qemu

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// driveID is QEMU's name for a guest's disk.
const driveID = "disk"

// stateLimit is how long a guest's memory may take to the disk or back.
const stateLimit = 5 * time.Minute

// Operations implements testbed.Operator.
func (t *Testbed) Operations() testbed.Operations {
	return testbed.Operations{
		Pause:      func(ctx context.Context) error { return t.both(ctx, "stop") },
		Resume:     func(ctx context.Context) error { return t.both(ctx, "cont") },
		Checkpoint: t.checkpoint,
		Restore:    t.restore,
		Snapshot:   t.snapshot,
		Written:    t.written,
	}
}

func (t *Testbed) both(ctx context.Context, command string) error {
	for _, g := range t.Guests() {
		if err := do(ctx, g, command, nil); err != nil {
			return err
		}
	}
	return nil
}

// state is the file for the guest's memory and devices.
func state(g *guest.Guest) string { return filepath.Join(g.Dir, "state") }

// checkpoint stops both guests, so that neither waits for the other meanwhile, and
// migrates each to a file.
func (t *Testbed) checkpoint(ctx context.Context) (bytes int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, stateLimit)
	defer cancel()
	if err := t.both(ctx, "stop"); err != nil {
		return 0, err
	}
	for _, g := range t.Guests() {
		if err := save(ctx, g); err != nil {
			return 0, fmt.Errorf("the %s guest: %w", g.Role, err)
		}
		size, err := guest.DiskUsage(state(g))
		if err != nil {
			return 0, err
		}
		bytes += size
	}
	return bytes, nil
}

func save(ctx context.Context, g *guest.Guest) error {
	q, err := connect(ctx, g)
	if err != nil {
		return err
	}
	defer q.Close()
	if err := q.execute(ctx, "migrate-set-parameters", map[string]any{"max-bandwidth": math.MaxInt64}, nil); err != nil {
		return err
	}
	if err := q.execute(ctx, "migrate", map[string]any{"uri": "exec:cat > " + quote(state(g))}, nil); err != nil {
		return err
	}
	status, err := q.await(ctx, "query-migrate", func(s string) bool { return s == "completed" || s == "failed" || s == "cancelled" })
	if err != nil {
		return err
	}
	if status != "completed" {
		return fmt.Errorf("writing its state has %s", status)
	}
	g.Process.Kill()
	return nil
}

// restore starts both guests from their files, and lets them go on when both are back.
func (t *Testbed) restore(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stateLimit)
	defer cancel()
	for _, g := range t.Guests() {
		if err := t.launch(g, "-incoming", "exec:cat "+quote(state(g))); err != nil {
			return err
		}
	}
	for _, g := range t.Guests() {
		q, err := connect(ctx, g)
		if err != nil {
			return err
		}
		_, err = q.await(ctx, "query-status", func(s string) bool { return s != "inmigrate" })
		if err := errors.Join(err, q.Close()); err != nil {
			return fmt.Errorf("the %s guest: %w", g.Role, err)
		}
	}
	if err := t.both(ctx, "cont"); err != nil {
		return err
	}
	for _, g := range t.Guests() {
		if err := os.Remove(state(g)); err != nil {
			return err
		}
	}
	return nil
}

// snapshot freezes the application guest's disk, and lets it go on with a further one
// that is based on it. What is frozen is what a machine that loses its power has: the
// guest's kernel may have more to write.
func (t *Testbed) snapshot(ctx context.Context) (bytes int64, err error) {
	disks := t.disks[t.App.Role]
	next := filepath.Join(t.App.Dir, fmt.Sprintf("disk%d.qcow2", len(disks)))
	if err := do(ctx, t.App, "blockdev-snapshot-sync", map[string]any{"device": driveID, "snapshot-file": next, "format": "qcow2"}); err != nil {
		return 0, err
	}
	t.disks[t.App.Role] = append(disks, next)
	return guest.DiskUsage(disks[len(disks)-1])
}

// written is what the guests' own disks take.
func (t *Testbed) written() (bytes int64, err error) {
	return guest.DiskUsage(slices.Concat(t.disks[t.App.Role], t.disks[t.DB.Role])...)
}

// quote makes one word of the text for the shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
