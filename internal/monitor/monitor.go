// Package monitor watches hosts, guests and cgroups while an experiment runs. Its
// metrics have the names that node_exporter and cAdvisor give them; counters keep
// their cumulative value.
package monitor

import (
	"context"
	"sync"
	"time"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Whose a reading is: the label host of its row.
const (
	App       = "app"       // the application guest
	DB        = "db"        // the database guest
	Host      = "host"      // the machine that runs the guests
	Generator = "generator" // the load generator
)

// Reading is one value of one counter or gauge.
type Reading struct {
	At     time.Time
	Metric string
	Value  float64
	Labels csvio.Labels
}

// Source reads counters: all that is new since it was asked last.
type Source interface {
	Read(ctx context.Context) ([]Reading, error)
}

// SourceFunc is a Source that takes a fresh reading each time.
type SourceFunc func(ctx context.Context) ([]Reading, error)

// Read implements Source.
func (f SourceFunc) Read(ctx context.Context) ([]Reading, error) { return f(ctx) }

// Interval is how often sources are read.
const Interval = time.Second

// patience is how long a source may take; a swapping guest is slow to answer.
const patience = 10 * time.Second

// Watch reads every source at once and then each Interval until ctx ends, and
// records the readings with their time since start and the users active then. Each
// source has its own pace, so that a slow one delays no other. A source that fails
// is told to warn the first time.
func Watch(ctx context.Context, start time.Time, sources []Source, users func() observation.Users, rec *observation.Recorder, warn func(error)) {
	var wg sync.WaitGroup
	for _, s := range sources {
		wg.Go(func() {
			tick := time.NewTicker(Interval)
			defer tick.Stop()
			var warned bool
			for {
				err := readOnce(ctx, s, start, users, rec)
				if err != nil && ctx.Err() == nil && !warned {
					warned = true
					warn(err)
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	wg.Wait()
}

func readOnce(ctx context.Context, s Source, start time.Time, users func() observation.Users, rec *observation.Recorder) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	readings, err := s.Read(ctx)
	for _, r := range readings {
		if r.At.Before(start) { // a heartbeat from before the experiment
			continue
		}
		rec.Record(r.At.Sub(start).Seconds(), r.Metric, r.Value, users(), "", r.Labels)
	}
	return err
}

// batch collects the readings of one moment for one host.
type batch struct {
	at       time.Time
	host     string
	readings []Reading
}

func newBatch(host string) *batch { return &batch{at: time.Now(), host: host} }

func (b *batch) add(metric string, value float64, labels ...string) {
	b.readings = append(b.readings, Reading{
		At: b.at, Metric: metric, Value: value,
		Labels: csvio.MakeLabels(append([]string{"host", b.host}, labels...)...),
	})
}
