package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"virtcmp/internal/testbed"
)

// Operations are those of a pair whose guests' writable layers are files of this
// machine. Nil for pause and resume: it can't pause.
func (p *Pair) Operations(pause, resume func(context.Context) error) testbed.Operations {
	return testbed.Operations{
		Pause: pause, Resume: resume, Written: p.written,
		Snapshot: func(ctx context.Context) (int64, error) { return p.snapshot(ctx, pause, resume) },
		Why:      map[string]string{},
	}
}

// Freeze stops all processes of both guests, by their control groups.
func (p *Pair) Freeze(ctx context.Context) error {
	return p.each(func(g *Guest) error { return g.Group.Freeze(ctx) })
}

// Thaw lets them go on.
func (p *Pair) Thaw(ctx context.Context) error {
	return p.each(func(g *Guest) error { return g.Group.Thaw(ctx) })
}

// each does something with one guest after the other, until it fails.
func (p *Pair) each(do func(*Guest) error) error {
	for _, g := range p.Guests() {
		if err := do(g); err != nil {
			return fmt.Errorf("%s guest: %w", g.Role, err)
		}
	}
	return nil
}

// written is the size of both guests' writable layers.
func (p *Pair) written() (bytes int64, err error) {
	return DiskUsage(p.App.Written, p.DB.Written)
}

// snapshot copies the application guest's writable layer, which with the image makes a
// disk for a further guest. The guests stand still meanwhile where they can be paused:
// the copy is as a disk after a power cut.
func (p *Pair) snapshot(ctx context.Context, pause, resume func(context.Context) error) (size int64, err error) {
	if pause != nil {
		if err := pause(ctx); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, resume(ctx)) }()
	}
	copied := filepath.Join(p.App.Dir, "snapshot") // goes with the guest
	if err := os.RemoveAll(copied); err != nil {
		return 0, err
	}
	if out, err := exec.CommandContext(ctx, "cp", "--archive", "--sparse=always", p.App.Written, copied).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("cp: %w: %s", err, out)
	}
	return DiskUsage(copied)
}
