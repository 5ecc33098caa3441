package xen

import (
	"context"
	"fmt"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// Operations implements testbed.Operator.
func (t *Testbed) Operations() testbed.Operations {
	return testbed.Operations{
		Pause:      func(ctx context.Context) error { return t.both(ctx, "pause") },
		Resume:     func(ctx context.Context) error { return t.both(ctx, "unpause") },
		Checkpoint: t.checkpoint,
		Restore:    t.restore,
		Written:    t.written,
		Why: map[string]string{
			"snapshot": "Xen leaves disks to what stores them: a domain's is a block device of domain 0's",
		},
	}
}

func (t *Testbed) both(ctx context.Context, command string) error {
	for _, g := range t.Guests() {
		if _, err := t.xl(ctx, quickLimit, command+" "+name(g)); err != nil {
			return err
		}
	}
	return nil
}

// checkpoint saves the application's guest first, which the other does not wait for.
func (t *Testbed) checkpoint(ctx context.Context) (bytes int64, err error) {
	for _, g := range []*guest.Guest{t.App, t.DB} {
		if _, err := t.xl(ctx, createLimit, fmt.Sprintf("save %s %s", name(g), t.dom0.state(g))); err != nil {
			return 0, err
		}
		size, err := t.dom0.saved(ctx, g)
		if err != nil {
			return 0, err
		}
		bytes += size
	}
	return bytes, nil
}

func (t *Testbed) restore(ctx context.Context) error {
	for _, g := range t.Guests() {
		if _, err := t.xl(ctx, createLimit, "restore "+t.dom0.state(g)); err != nil {
			return err
		}
		if err := t.dom0.follow(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// written is the size of the guests' copy-on-write disks.
func (t *Testbed) written() (bytes int64, err error) {
	return guest.DiskUsage(rootFile(t.App), rootFile(t.DB))
}
