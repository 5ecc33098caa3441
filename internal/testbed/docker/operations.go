package docker

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/moby/moby/client"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// Operations implements testbed.Operator.
func (t *Testbed) Operations() testbed.Operations {
	return testbed.Operations{
		Pause: t.pause, Resume: t.resume, Snapshot: t.snapshot, Written: t.written,
		Why: map[string]string{"checkpoint": whyNoCheckpoint()},
	}
}

// each calls fn for each guest's container.
func (t *Testbed) each(ctx context.Context, fn func(context.Context, *guest.Guest, *guestContainer) error) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	for _, g := range t.Guests() {
		if err := fn(ctx, g, t.containers[g.Role]); err != nil {
			return fmt.Errorf("%s container: %w", g.Role, err)
		}
	}
	return nil
}

func (t *Testbed) pause(ctx context.Context) error {
	return t.each(ctx, func(ctx context.Context, _ *guest.Guest, c *guestContainer) error {
		_, err := t.engine.ContainerPause(ctx, c.id, client.ContainerPauseOptions{})
		return err
	})
}

func (t *Testbed) resume(ctx context.Context) error {
	return t.each(ctx, func(ctx context.Context, _ *guest.Guest, c *guestContainer) error {
		_, err := t.engine.ContainerUnpause(ctx, c.id, client.ContainerUnpauseOptions{})
		return err
	})
}

// snapshot commits the application's container and returns what the new image takes
// beyond the one that it is based on.
func (t *Testbed) snapshot(ctx context.Context) (bytes int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	made, err := t.engine.ContainerCommit(ctx, t.containers[monitor.App].id, client.ContainerCommitOptions{})
	if err != nil {
		return 0, err
	}
	defer func() {
		_, gone := t.engine.ImageRemove(ctx, made.ID, client.ImageRemoveOptions{Force: true})
		err = errors.Join(err, gone)
	}()
	whole, err := t.engine.ImageInspect(ctx, made.ID)
	if err != nil {
		return 0, err
	}
	base, err := t.engine.ImageInspect(ctx, t.image.ID)
	return whole.Size - base.Size, err
}

func (t *Testbed) written() (bytes int64, err error) {
	err = t.each(context.Background(), func(ctx context.Context, _ *guest.Guest, c *guestContainer) error {
		found, err := t.engine.ContainerInspect(ctx, c.id, client.ContainerInspectOptions{Size: true})
		if err == nil && found.Container.SizeRw != nil {
			bytes += *found.Container.SizeRw
		}
		return err
	})
	return bytes, err
}

// whyNoCheckpoint is what CRIU says of this machine, which Docker's checkpoints are
// made with.
func whyNoCheckpoint() string {
	if err := guest.Tools(map[string]string{"criu": "criu"}); err != nil {
		return err.Error()
	}
	out, err := exec.Command("criu", "check").CombinedOutput()
	if err != nil {
		return "criu check: " + strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), "; ")
	}
	return "Docker's checkpoints are experimental, and were not tried where CRIU works"
}
