package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
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
var errNotStarted = errors.New("this testbed is not started by collect on this machine, so neither its startup nor its footprint can be measured; set their runs to 0")

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
	footprint := r.trial.Experiment == observation.Footprint
	if footprint {
		if err := r.footprint(ctx, rec, "empty"); err != nil {
			return err
		}
	}
	if p, ok := r.testbed.(testbed.Preparer); ok {
		if err := p.Prepare(ctx); err != nil {
			return fmt.Errorf("before the start: %w", err)
		}
	}
	r.began = time.Now()
	ends, err := r.testbed.Start(ctx)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	page := workload.Target{
		URL: ends.URL + r.config.Experiments.Page.Path, Expect: r.config.Experiments.Page.Expect,
		Timeout: r.config.Experiments.Page.Timeout, Dial: ends.Dial,
	}
	first, err := r.firstPage(ctx, page)
	if err != nil {
		return err
	}
	r.facts(rec, ends.External)
	if ends.External && (footprint || r.trial.Experiment == observation.Startup) {
		return errNotStarted
	}
	ctx, stop := context.WithCancel(ctx)
	var dog sync.WaitGroup
	dog.Go(func() { r.watchdog(ctx) })
	defer func() {
		stop()
		dog.Wait()
	}()
	if err := r.experiment(ctx, rec, ends, page, first); err != nil {
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

func (r *run) experiment(ctx context.Context, rec *observation.Recorder, ends testbed.Endpoints, page workload.Target, first time.Duration) error {
	e := r.config.Experiments
	switch r.trial.Experiment {
	case observation.Startup:
		rec.Record(0, "startup_duration_seconds", first.Seconds(), observation.NoUsers, "", "")
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
		closed := &workload.Closed{Ramp: e.Ramp.Ramp, Target: page}
		return r.watched(ctx, rec, ends.External, closed.Active, closed.Run)
	case observation.Open:
		open := &workload.OpenLoop{Ramp: e.Open.OpenRamp, Target: page}
		return r.watched(ctx, rec, ends.External, noUsers, open.Run)
	}
	if ends.SQL == nil {
		return errors.New("no SQL probe: set static.probe to the URL of the probe scripts in the application guest, or static.dsn")
	}
	switch r.trial.Experiment {
	case observation.Select:
		return workload.SelectProbe{SQL: ends.SQL, Queries: e.Select.Queries}.Run(ctx, time.Now(), rec)
	case observation.Insert:
		probe := workload.InsertProbe{SQL: ends.SQL, Rows: e.Insert.Rows, Stressors: shuffled(e.Insert.Stress, r.config.Seed, r.trial)}
		return r.watched(ctx, rec, ends.External, noUsers, probe.Run)
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

// Between attempts at the first page: short, since it is the resolution of startup
// times, and not too short for a guest that is booting.
const firstPagePause = 20 * time.Millisecond

// firstPage waits for a good page and returns how long after the start it came.
func (r *run) firstPage(ctx context.Context, page workload.Target) (time.Duration, error) {
	limit := r.config.Experiments.Startup.Timeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New("timeout"))
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{DialContext: page.Dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for {
		err := fetch(ctx, client, page)
		if err == nil {
			return time.Since(r.began), nil
		}
		if dead := r.testbed.Alive(); dead != nil {
			return 0, dead
		}
		if pause(ctx, firstPagePause) != nil {
			return 0, fmt.Errorf("no good page from %s in %v: %w", page.URL, limit, err)
		}
	}
}

// fetch gets the page once.
func fetch(ctx context.Context, client *http.Client, page workload.Target) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.URL, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if !observation.Good(fmt.Sprint(res.StatusCode)) || !bytes.Contains(body, []byte(page.Expect)) {
		return fmt.Errorf("%s, %d bytes, without %q", res.Status, len(body), page.Expect)
	}
	return nil
}

// footprint records the host's memory in use, several times.
func (r *run) footprint(ctx context.Context, rec *observation.Recorder, state string) error {
	const samples, apart = 5, 200 * time.Millisecond
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return err
	}
	for range samples {
		mem, err := proc.Meminfo()
		if err != nil {
			return err
		}
		if mem.MemTotalBytes == nil || mem.MemAvailableBytes == nil {
			return errors.New("/proc/meminfo has no MemAvailable")
		}
		used := float64(*mem.MemTotalBytes - *mem.MemAvailableBytes)
		rec.Record(0, "host_memory_footprint_bytes", used, observation.NoUsers, "", stateLabel(state))
		if err := pause(ctx, apart); err != nil {
			return err
		}
	}
	return nil
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
