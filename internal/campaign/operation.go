package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"virtcmp/internal/csvio"
	"virtcmp/internal/monitor"
	"virtcmp/internal/observation"
	"virtcmp/internal/testbed"
	"virtcmp/internal/workload"
)

// operator does with a running testbed what it can, and says what it can't.
type operator struct {
	*run
	rec *observation.Recorder
	up  *running
	can testbed.Operations
	why map[string]string // what can't be done

	comment *workload.Comment
	answer  time.Duration // that a page takes
}

// operation starts the testbed with nothing of it in memory, stops it, starts it again
// and does with it what the technology can.
func (r *run) operation(ctx context.Context, rec *observation.Recorder) error {
	o := &operator{run: r, rec: rec, why: map[string]string{}}
	cold := dropCaches()
	if err := o.start(ctx); err != nil {
		return err
	}
	r.facts(rec, o.up.External)
	if o.up.External {
		return errNotStarted
	}
	if cold == nil {
		o.took("startup", o.up.first, "state", "cold")
	} else {
		o.cannot("cold_start", cold.Error())
	}
	if err := o.written(); err != nil {
		return err
	}
	began := time.Now()
	if err := r.testbed.Stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	o.took("teardown", time.Since(began))
	if err := o.start(ctx); err != nil {
		return err
	}
	o.took("startup", o.up.first, "state", "warm")
	for _, try := range []func(context.Context) error{o.mark, o.pause, o.snapshot, o.checkpoint} {
		if err := try(ctx); err != nil {
			return err
		}
	}
	return nil
}

// dropCaches empties this machine's page cache, and its caches of directories and
// inodes: what a start needs must come from the disk. A hypervisor below this machine
// may still have it in memory.
func dropCaches() error {
	unix.Sync() // only what is written can be dropped
	if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0); err != nil {
		return fmt.Errorf("the page cache can't be dropped: %w", err)
	}
	return nil
}

// start starts the testbed and asks what it can.
func (o *operator) start(ctx context.Context) (err error) {
	if o.up, err = o.run.start(ctx); err != nil {
		return err
	}
	if t, ok := o.testbed.(testbed.Operator); ok {
		o.can = t.Operations()
	}
	return nil
}

func (o *operator) took(what string, d time.Duration, labels ...string) {
	o.value(what+"_duration_seconds", d.Seconds(), labels...)
}

func (o *operator) value(metric string, v float64, labels ...string) {
	o.rec.Record(time.Since(o.began).Seconds(), metric, v, observation.NoUsers, "", csvio.MakeLabels(labels...))
}

// cannot records what can't be done here, and why.
func (o *operator) cannot(what, why string) {
	if why == "" {
		why = "not part of this driver"
	}
	o.why[what] = why
	o.rec.Fact(monitor.Host, "operation_"+what, "n/a", "reason", why)
}

// written records what a further pair of guests takes on disk.
func (o *operator) written() error {
	if o.can.Written == nil {
		o.cannot("written", o.can.Why["written"])
		return nil
	}
	n, err := o.can.Written()
	if err != nil {
		return fmt.Errorf("written: %w", err)
	}
	o.value("guest_written_bytes", float64(n))
	return nil
}

// mark notes what a good page takes, and writes to the database what must be there
// after the guests were paused or brought back.
func (o *operator) mark(ctx context.Context) (err error) {
	if o.can.Pause == nil && o.can.Checkpoint == nil {
		return nil
	}
	if o.answer, err = o.nextPage(ctx, o.up.page, time.Now()); err != nil {
		return err
	}
	o.comment, err = workload.LeaveComment(ctx, newClient(o.up.page), o.up.URL)
	return err
}

// try does something, and records how long it took and the bytes it made, if any. It
// returns false where the testbed can't do it; then the application must still answer.
func (o *operator) try(ctx context.Context, what string, do func(context.Context) (int64, error)) (done bool, err error) {
	if do == nil {
		o.cannot(what, o.can.Why[what])
		return false, nil
	}
	began := time.Now()
	size, err := do(ctx)
	took := time.Since(began)
	var no *testbed.Unavailable
	switch {
	case errors.As(err, &no):
		o.cannot(what, no.Reason)
		if _, err := o.nextPage(ctx, o.up.page, time.Now()); err != nil {
			return false, fmt.Errorf("after %s, which can't be done here: %w", what, err)
		}
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%s: %w", what, err)
	}
	o.took(what, took)
	if size != noSize {
		o.value(what+"_size_bytes", float64(size))
	}
	return true, nil
}

const noSize = -1

// silent fails if the application answers: guests that do are neither paused nor gone.
func (o *operator) silent(ctx context.Context, what string) error {
	if err := silent(ctx, o.up.page, max(time.Second, 3*o.answer)); err != nil {
		return fmt.Errorf("after %s %w", what, err)
	}
	return nil
}

// again lets the guests go on, waits for the next good page, and looks for what was
// written before.
func (o *operator) again(ctx context.Context, what string, do func(context.Context) error) error {
	began := time.Now()
	if err := do(ctx); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	took, err := o.nextPage(ctx, o.up.page, began)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	o.took(what, took)
	if err := o.comment.Check(ctx); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func (o *operator) pause(ctx context.Context) error {
	var do func(context.Context) (int64, error)
	if o.can.Pause != nil {
		do = func(ctx context.Context) (int64, error) { return noSize, o.can.Pause(ctx) }
	}
	if done, err := o.try(ctx, "pause", do); !done {
		return err
	}
	if err := o.silent(ctx, "pause"); err != nil {
		return err
	}
	return o.again(ctx, "resume", o.can.Resume)
}

func (o *operator) snapshot(ctx context.Context) error {
	_, err := o.try(ctx, "snapshot", o.can.Snapshot)
	return err
}

func (o *operator) checkpoint(ctx context.Context) error {
	done, err := o.try(ctx, "checkpoint", o.can.Checkpoint)
	if err != nil {
		return err
	}
	if !done || o.can.Restore == nil {
		o.cannot("restore", cmp.Or(o.can.Why["restore"], o.why["checkpoint"]))
		return nil
	}
	if err := o.silent(ctx, "checkpoint"); err != nil {
		return err
	}
	return o.again(ctx, "restore", o.can.Restore)
}
