package campaign

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/procfs"

	"virtcmp/internal/monitor"
	"virtcmp/internal/observation"
	"virtcmp/internal/testbed"
	"virtcmp/internal/workload"
)

// run is one trial under way.
type run struct {
	config  Config
	trial   Trial
	testbed testbed.Testbed
	image   testbed.Image
	rows    observation.Row
	cancel  context.CancelCauseFunc
	warn    func(string, ...any)

	began time.Time // of the start of the testbed
	count int       // rows
	steal float64   // share of this machine's CPU time that its own hypervisor took away
}

// errNotStarted explains why what needs a start can't be measured.
var errNotStarted = errors.New("this testbed is not started by collect on this machine, so neither its startup nor its footprint nor its operation can be measured; set their runs to 0")

// recorder returns one that stamps the trial.
func (r *run) recorder() *observation.Recorder {
	return observation.NewRecorder(counting{r}, r.trial.Testbed, r.trial.Run, r.trial.Experiment, func(err error) {
		r.cancel(&outputError{err})
	})
}

type counting struct{ *run }

func (c counting) Write(o observation.Observation) error {
	c.count++
	return c.rows.Write(o)
}

// measure starts the testbed, waits for its first page and runs the experiment.
func (r *run) measure(ctx context.Context) error {
	rec := r.recorder()
	before, err := cpuTimes()
	if err != nil {
		return err
	}
	if r.trial.Experiment == observation.Operation {
		err = r.operation(ctx, rec)
	} else {
		err = r.load(ctx, rec)
	}
	if err != nil {
		return err
	}
	after, err := cpuTimes()
	if err != nil {
		return err
	}
	r.steal = after.stealShare(before)
	rec.Fact(monitor.Generator, "cpu_steal_share", strconv.FormatFloat(r.steal, 'f', 4, 64), "experiment", r.trial.Experiment)
	return errors.Join(r.testbed.Alive(), rec.Err())
}

// load starts the testbed once and runs the experiment on it.
func (r *run) load(ctx context.Context, rec *observation.Recorder) error {
	footprint := r.trial.Experiment == observation.Footprint
	if footprint {
		if err := r.footprint(ctx, rec, "empty"); err != nil {
			return err
		}
	}
	isolation := r.trial.Experiment == observation.Isolation
	if d, ok := r.testbed.(testbed.Doubling); ok {
		d.ServeSecond(isolation)
	}
	r.began = time.Now()
	up, err := r.start(ctx)
	if err != nil {
		return err
	}
	if isolation && up.Second != nil {
		if _, err := r.nextPage(ctx, r.page(*up.Second), time.Now()); err != nil {
			return fmt.Errorf("second application: %w", err)
		}
	}
	r.facts(rec, up.External)
	if up.External && (footprint || r.trial.Experiment == observation.Startup) {
		return errNotStarted
	}
	ctx, stop := context.WithCancel(ctx)
	var dog sync.WaitGroup
	dog.Go(func() { r.watchdog(ctx) })
	defer func() {
		stop()
		dog.Wait()
	}()
	return r.experiment(ctx, rec, up)
}

// running is a testbed that has served a page.
type running struct {
	testbed.Endpoints
	page  workload.Target
	first time.Duration // from the start to the first good page
}

// start starts the testbed, with what is not part of a start there already, and waits
// for its first page.
func (r *run) start(ctx context.Context) (*running, error) {
	if p, ok := r.testbed.(testbed.Preparer); ok {
		if err := p.Prepare(ctx); err != nil {
			return nil, fmt.Errorf("before the start: %w", err)
		}
	}
	began := time.Now()
	ends, err := r.testbed.Start(ctx)
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	page := r.page(ends)
	first, err := r.nextPage(ctx, page, began)
	return &running{ends, page, first}, err
}

// page is what users ask an application for.
func (r *run) page(ends testbed.Endpoints) workload.Target {
	p := r.config.Experiments.Page
	return workload.Target{URL: ends.URL + p.Path, Expect: p.Expect, Timeout: p.Timeout, Dial: ends.Dial}
}

// times are CPU times of this machine, in seconds since its start.
type times struct{ steal, all float64 }

func cpuTimes() (times, error) {
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return times{}, err
	}
	stat, err := proc.Stat()
	c := stat.CPUTotal
	return times{steal: c.Steal, all: c.User + c.Nice + c.System + c.Idle + c.Iowait + c.IRQ + c.SoftIRQ + c.Steal}, err
}

func (t times) stealShare(since times) float64 {
	if t.all <= since.all {
		return 0
	}
	return (t.steal - since.steal) / (t.all - since.all)
}

func (r *run) experiment(ctx context.Context, rec *observation.Recorder, up *running) error {
	e := r.config.Experiments
	switch r.trial.Experiment {
	case observation.Startup:
		rec.Record(0, "startup_duration_seconds", up.first.Seconds(), observation.NoUsers, "", "")
		if r.image.Size > 0 {
			rec.Record(0, "image_build_duration_seconds", r.image.Duration.Seconds(), observation.NoUsers, "", "")
			rec.Record(0, "image_size_bytes", float64(r.image.Size), observation.NoUsers, "", "")
		}
		return nil
	case observation.Footprint:
		if err := pause(ctx, e.Footprint.Settle); err != nil {
			return err
		}
		return r.footprint(ctx, rec, "idle")
	case observation.Ramp:
		closed := &workload.Closed{Ramp: e.Ramp.Ramp, Target: up.page}
		return r.watched(ctx, rec, up.External, closed.Active, closed.Run)
	case observation.Open:
		open := &workload.OpenLoop{Ramp: e.Open.OpenRamp, Target: up.page}
		return r.watched(ctx, rec, up.External, noUsers, open.Run)
	case observation.Isolation:
		if up.Stress == nil || up.Second == nil || up.Second.SQL == nil {
			return errors.New("this testbed has no second application in its other guest, or no way to put stress on the first one's; set isolation's runs to 0")
		}
		i := e.Isolation
		probe := workload.IsolationProbe{
			Stress: up.Stress, Aggressors: shuffled(i.Aggressors, r.config.Seed, r.trial), Stressors: i.Stressors,
			Victims: shuffled(i.Victims, r.config.Seed+1, r.trial), SQL: up.Second.SQL, Page: r.page(*up.Second),
			Queries: i.Queries, Batches: i.Batches, Rows: i.Rows, Requests: i.Requests,
		}
		return r.watched(ctx, rec, up.External, noUsers, probe.Run)
	}
	if up.SQL == nil {
		return errors.New("no SQL probe: set static.probe to the URL of the probe scripts in the application guest, or static.dsn")
	}
	switch r.trial.Experiment {
	case observation.Select:
		return workload.SelectProbe{SQL: up.SQL, Queries: e.Select.Queries}.Run(ctx, time.Now(), rec)
	case observation.Insert:
		probe := workload.InsertProbe{SQL: up.SQL, Rows: e.Insert.Rows, Stressors: shuffled(e.Insert.Stress, r.config.Seed, r.trial)}
		return r.watched(ctx, rec, up.External, noUsers, probe.Run)
	}
	return fmt.Errorf("no experiment %q", r.trial.Experiment)
}

func noUsers() observation.Users { return observation.NoUsers }

// watched runs an experiment with the monitors beside it.
func (r *run) watched(ctx context.Context, rec *observation.Recorder, external bool, users func() observation.Users, experiment func(context.Context, time.Time, *observation.Recorder) error) error {
	sources := r.testbed.Counters()
	own, err := monitor.ProcessCounters(os.Getpid(), monitor.Generator)
	if err != nil {
		return err
	}
	sources = append(sources, own)
	if !external {
		host, err := monitor.HostCounters(procfs.DefaultMountPoint, monitor.Host)
		if err != nil {
			return err
		}
		sources = append(sources, host)
	}
	watch, stop := context.WithCancel(ctx)
	start := time.Now()
	var monitors sync.WaitGroup
	monitors.Go(func() {
		monitor.Watch(watch, start, sources, users, rec, func(err error) { r.warn("%s: %v", r.trial.Name(), err) })
	})
	err = experiment(ctx, start, rec)
	stop()
	monitors.Wait()
	return err
}

// watchdog ends the trial when a guest dies.
func (r *run) watchdog(ctx context.Context) {
	for pause(ctx, time.Second) == nil {
		if err := r.testbed.Alive(); err != nil {
			r.cancel(err)
			return
		}
	}
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
