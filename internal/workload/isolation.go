package workload

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Aggressors are the classes of stress, and Victims what is measured beside them
// (Matthews et al., Quantifying the performance isolation properties of virtualization
// systems, ExpCS 2007).
var (
	Aggressors = []string{"cpu", "memory", "disk", "network", "fork"}
	Victims    = []string{"select", "insert", "http"}
)

// Unstressed stands for the class of no stress.
const Unstressed = "none"

// Stressor takes resources of the guest that it is in.
type Stressor interface {
	// Stress starts n stressors of one of the Aggressors and returns when they run. They
	// do until stop, which returns when all have ended, and an error if they had before.
	Stress(ctx context.Context, class string, n int) (stop func() error, err error)
}

// IsolationProbe measures a well-behaved guest, alone and while another one is under
// stress of each class, with a measurement alone before and after each.
type IsolationProbe struct {
	Stress     Stressor // in the other guest
	Aggressors []string // in this order
	Stressors  int      // of each class at once

	Victims  []string // in this order
	SQL      SQL      // both of these in the well-behaved guest
	Page     Target
	Queries  int // SELECTs a measurement
	Batches  int // of INSERTs a measurement: of a single one chance has too much to say
	Rows     int // INSERTs a batch
	Requests int // a measurement, one after the other
}

// Run implements the isolation experiment: a row a query, a batch and a request.
func (p IsolationProbe) Run(ctx context.Context, start time.Time, rec *observation.Recorder) error {
	if err := p.measure(ctx, start, rec, Unstressed, 0); err != nil {
		return err
	}
	for _, class := range p.Aggressors {
		if err := p.beside(ctx, start, rec, class); err != nil {
			return fmt.Errorf("beside %d %s stressors: %w", p.Stressors, class, err)
		}
		if err := p.measure(ctx, start, rec, Unstressed, 0); err != nil {
			return fmt.Errorf("after %s stress: %w", class, err)
		}
	}
	return nil
}

// beside measures while the stressors of a class run.
func (p IsolationProbe) beside(ctx context.Context, start time.Time, rec *observation.Recorder, class string) error {
	stop, err := p.Stress.Stress(ctx, class, p.Stressors)
	if err != nil {
		return err
	}
	err = p.measure(ctx, start, rec, class, p.Stressors)
	return errors.Join(err, stop())
}

// measure measures each victim once.
func (p IsolationProbe) measure(ctx context.Context, start time.Time, rec *observation.Recorder, class string, stressors int) error {
	for _, victim := range p.Victims {
		labels := csvio.MakeLabels("aggressor", class, "stress", strconv.Itoa(stressors), "victim", victim)
		began := time.Since(start).Seconds()
		switch victim {
		case "select":
			timings, err := p.SQL.Select(ctx, p.Queries)
			if err != nil {
				return fmt.Errorf("SELECT: %w", err)
			}
			for _, t := range timings {
				rec.Record(began+t.Start, SelectMetric, t.Duration, observation.NoUsers, "", labels)
			}
		case "insert":
			for range p.Batches {
				began := time.Since(start).Seconds()
				t, err := p.SQL.Insert(ctx, p.Rows, 0)
				if err != nil {
					return fmt.Errorf("INSERT: %w", err)
				}
				rec.Record(began+t.Start, InsertMetric, t.Duration, observation.NoUsers, "", labels.With("rows", strconv.Itoa(p.Rows)))
			}
		case "http":
			if err := successive(ctx, p.Page, p.Requests, start, rec, labels); err != nil {
				return err
			}
		default:
			return fmt.Errorf("no victim %q; there are %s", victim, strings.Join(Victims, ", "))
		}
	}
	return nil
}

// successive sends n requests, each when the last one is answered or given up.
func successive(ctx context.Context, target Target, n int, start time.Time, rec *observation.Recorder, labels csvio.Labels) error {
	u := &user{
		run: ctx, answered: make(chan answer, 1), most: uint64(n),
		transport: newTransport(ctx, target, func() observation.Users { return 1 }, 1),
	}
	u.loop(target, start, rec, labels)
	return ctx.Err()
}

// stressStart and stressStop bound how long stressors may take to start, and to end.
const (
	stressStart = 2 * time.Minute
	stressStop  = 2 * time.Minute
)

// Stress implements Stressor by the script stress.php, which answers as long as the
// stressors run, every moment with their number, and ends them when nobody listens.
func (s Scripts) Stress(ctx context.Context, class string, n int) (stop func() error, err error) {
	listen, hangUp := context.WithCancelCause(ctx)
	query := url.Values{"class": {class}, "n": {strconv.Itoa(n)}, "bytes": {strconv.FormatUint(s.Memory, 10)}}
	late := time.AfterFunc(stressStart, func() { hangUp(fmt.Errorf("not all of them run after %v", stressStart)) })
	res, err := s.get(listen, "stress.php", query) // its first word comes when all of them run
	late.Stop()
	if err != nil {
		err = errors.Join(err, context.Cause(listen))
		hangUp(nil)
		return nil, err
	}
	var running atomic.Int64
	running.Store(int64(n))
	var said string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			now, err := strconv.Atoi(lines.Text())
			if err != nil {
				said = lines.Text()
			}
			running.Store(int64(now))
		}
		if listen.Err() == nil {
			running.Store(0)
		}
	}()
	return func() error {
		left := running.Load()
		hangUp(nil)
		<-ended
		ctx, cancel := context.WithTimeoutCause(ctx, stressStop, errors.New("timeout"))
		defer cancel()
		res, err := s.get(ctx, "stress.php", url.Values{"class": {class}, "n": {"0"}}) // answers when none is left
		if err != nil {
			return fmt.Errorf("stop: %w", err)
		}
		defer res.Body.Close()
		if left < int64(n) {
			return fmt.Errorf("%d of %d stressors ran to the end %s", left, n, said)
		}
		return nil
	}, nil
}
