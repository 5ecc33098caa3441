package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
	"virtcmp/internal/testbed/hostswap"
)

// Campaign runs the trials of a configuration.
type Campaign struct {
	Config   Config
	Machine  drivers.Machine
	Output   Output
	Progress Progress

	testbeds map[string]testbed.Testbed
	images   map[string]testbed.Image
}

// Progress is told how a campaign goes.
type Progress interface {
	// Plan comes first: how many trials there are and how many are done already.
	Plan(total, done int, left time.Duration)
	// Begin comes before a trial, with the time that it and the rest will take.
	Begin(t Trial, attempt int, left time.Duration)
	// End comes after a trial that is done.
	End(t Trial, took time.Duration, rows int)
	// Warn tells of something that does not stop the campaign.
	Warn(format string, args ...any)
	// Stage says what is being done that is not a trial.
	Stage(format string, args ...any)
}

var errNoTestbed = errors.New("no testbed: name some with -testbed, or in the file of -config")

// Run runs every trial of the plan that is not done. Trials that fail are tried
// again, and given up after the configured number of attempts; Run goes on with the
// others and returns an error that names them. When ctx ends it stops at once, leaving
// what is done.
func (c *Campaign) Run(ctx context.Context) (err error) {
	if len(c.Config.Testbeds) == 0 {
		return errNoTestbed
	}
	release, err := hostswap.Ensure(c.Machine.Cache, c.Config.HostSwap)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := c.open(ctx); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted before the first trial: %w", err)
		}
		return err
	}
	trials := Plan(c.Config.Experiments, c.Config.Testbeds, c.Config.Seed)
	todo := slices.DeleteFunc(slices.Clone(trials), c.Output.Has)
	clock := newClock(c.Config.Experiments, c.Output.Entries())
	c.Progress.Plan(len(trials), len(trials)-len(todo), clock.left(todo))
	var failed []string
	for i, t := range todo {
		if err := c.attempts(ctx, t, func() time.Duration { return clock.left(todo[i:]) }, clock); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted: %d of %d trials are done and kept", len(c.Output.Entries()), len(trials))
			}
			if outOfRoom(err) {
				return fmt.Errorf("%w; %d of %d trials are done and kept", err, len(c.Output.Entries()), len(trials))
			}
			failed = append(failed, t.Name())
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d trials failed %d times each and are missing: %s", len(failed), len(trials), c.Config.Attempts, strings.Join(failed, ", "))
	}
	return nil
}

// open makes the testbeds ready: all of them, before anything is measured.
func (c *Campaign) open(ctx context.Context) error {
	c.testbeds, c.images = map[string]testbed.Testbed{}, map[string]testbed.Image{}
	var usable []testbed.Spec
	for _, spec := range c.Config.Testbeds {
		t, err := drivers.New(spec, c.Machine)
		if err != nil {
			return err
		}
		if err := t.Check(ctx); err != nil {
			if spec.Optional {
				c.Progress.Warn("testbed %s is left out: %v", spec.Name, err)
				continue
			}
			return fmt.Errorf("testbed %s: %w", spec.Name, err)
		}
		usable = append(usable, spec)
		c.testbeds[spec.Name] = t
	}
	if len(usable) == 0 {
		return errors.New("none of the testbeds can run here")
	}
	c.Config.Testbeds = usable
	guests := map[string]testbed.Manifest{}
	for _, spec := range usable {
		c.Progress.Stage("making %s ready", spec.Name)
		image, err := c.testbeds[spec.Name].Provision(ctx)
		if err != nil {
			return fmt.Errorf("testbed %s: %w", spec.Name, err)
		}
		c.images[spec.Name] = image
		if image.Manifest != nil {
			guests[image.Manifest.Stack] = *image.Manifest
		}
	}
	return c.Output.Guests(guests)
}

// attempts tries a trial until it is done or has failed too often.
func (c *Campaign) attempts(ctx context.Context, t Trial, left func() time.Duration, clock *clock) error {
	for attempt := 1; ; attempt++ {
		c.Progress.Begin(t, attempt, left())
		began := time.Now()
		rows, err := c.trial(ctx, t, attempt)
		took := time.Since(began)
		if err == nil {
			clock.learn(t.Experiment, took)
			c.Progress.End(t, took, rows)
			return nil
		}
		if ctx.Err() != nil || outOfRoom(err) {
			return err
		}
		c.Progress.Warn("%s, attempt %d of %d: %v", t.Name(), attempt, c.Config.Attempts, err)
		if attempt >= c.Config.Attempts {
			return err
		}
	}
}

// trial runs one trial and passes its rows on when it is done. The testbed is stopped
// in any case.
func (c *Campaign) trial(ctx context.Context, t Trial, attempt int) (n int, err error) {
	rows, err := c.Output.Begin(t)
	if err != nil {
		return 0, &outputError{err}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{
		config: c.Config, trial: t, testbed: c.testbeds[t.Testbed], image: c.images[t.Testbed],
		rows: rows, cancel: cancel, warn: c.Progress.Warn, began: time.Now(),
	}
	err = r.measure(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause // why it was cancelled says more than that it was
	}
	if said := r.testbed.Said(); err != nil && said != "" {
		err = fmt.Errorf("%w; the guests said last:\n%s", err, said)
	}
	err = errors.Join(err, r.testbed.Stop())
	if err == nil && r.steal > c.Config.MaxSteal {
		noisy := fmt.Errorf("other machines on the same hardware took %.1f %% of this one's CPU time, more than max_steal allows (%.1f %%)", 100*r.steal, 100*c.Config.MaxSteal)
		if attempt < c.Config.Attempts {
			err = noisy
		} else {
			c.Progress.Warn("%s is kept all the same: %v", t.Name(), noisy)
		}
	}
	if err != nil {
		return 0, errors.Join(err, rows.Abort())
	}
	entry := Entry{
		Order: t.Order, Experiment: t.Experiment, Testbed: t.Testbed, Run: t.Run, Attempts: attempt,
		Start: r.began.UTC().Format(time.RFC3339), Duration: time.Since(r.began).Round(time.Millisecond).Seconds(),
	}
	if err := rows.Commit(entry); err != nil {
		return 0, &outputError{err}
	}
	return r.count, nil
}

// outputError is a failure to write: trying again would fail again.
type outputError struct{ error }

func (e *outputError) Unwrap() error { return e.error }

func outOfRoom(err error) bool {
	var out *outputError
	return errors.As(err, &out)
}

// clock estimates how long trials take, from those that are done.
type clock struct {
	guess map[string]time.Duration // by experiment, until one is done
	sum   map[string]time.Duration
	n     map[string]int
}

func newClock(e Experiments, done []Entry) *clock {
	const other = 20 * time.Second
	c := &clock{guess: map[string]time.Duration{}, sum: map[string]time.Duration{}, n: map[string]int{}}
	for name := range e.runs() {
		c.guess[name] = other
	}
	c.guess["ramp"] = e.Ramp.End() + other
	c.guess["open"] = e.Open.Over + other
	const measurement = 5 * time.Second
	c.guess["isolation"] = measurement*time.Duration(2*len(e.Isolation.Aggressors)+1) + other
	for _, d := range done {
		c.learn(d.Experiment, time.Duration(d.Duration*float64(time.Second)))
	}
	return c
}

func (c *clock) learn(experiment string, took time.Duration) {
	c.sum[experiment] += took
	c.n[experiment]++
}

// left is how long the trials will take.
func (c *clock) left(trials []Trial) time.Duration {
	var total time.Duration
	for _, t := range trials {
		if n := c.n[t.Experiment]; n > 0 {
			total += c.sum[t.Experiment] / time.Duration(n)
		} else {
			total += c.guess[t.Experiment]
		}
	}
	return total.Round(time.Second)
}
