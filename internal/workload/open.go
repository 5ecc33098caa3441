package workload

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// OpenRamp is how the arrival rate grows, in requests a second: from From at the
// start to To at Over, where the run ends.
type OpenRamp struct {
	From        float64       `mapstructure:"from"`
	To          float64       `mapstructure:"to"`
	Over        time.Duration `mapstructure:"over"`
	MaxInFlight int           `mapstructure:"max_in_flight"` // requests in flight at most; beyond, sending is late
}

// Validate says what is wrong with the ramp.
func (o OpenRamp) Validate() error {
	switch {
	case o.From < 1: // vegeta takes a rate of 0 for "as fast as can be"
		return fmt.Errorf("open ramp from %v requests/second: needs at least 1", o.From)
	case o.To < o.From:
		return fmt.Errorf("open ramp from %v to %v requests/second: it must not fall", o.From, o.To)
	case o.Over <= 0:
		return fmt.Errorf("open ramp over %v: needs time", o.Over)
	case o.MaxInFlight < 1:
		return fmt.Errorf("open ramp with %d requests in flight: needs at least 1", o.MaxInFlight)
	}
	return nil
}

// pacer is vegeta's LinearPacer with exact times. Its own Pace waits a request's
// distance at the present rate, which is too long while the rate grows.
type pacer struct {
	vegeta.LinearPacer
}

func (o OpenRamp) pacer() pacer {
	const milli = 1000 // vegeta's rates are whole numbers
	return pacer{vegeta.LinearPacer{
		StartAt: vegeta.Rate{Freq: int(math.Round(o.From * milli)), Per: milli * time.Second},
		Slope:   (o.To - o.From) / o.Over.Seconds(),
	}}
}

// Intended returns when request n, counted from 0, is due: where the integral of
// the rate, b*t + a*t²/2, reaches n.
func (p pacer) Intended(n uint64) time.Duration {
	a, b := p.Slope, p.LinearPacer.Rate(0)
	t := float64(n) / b
	if a > 0 {
		t = 2 * float64(n) / (b + math.Sqrt(b*b+2*a*float64(n))) // stable for small a
	}
	return time.Duration(t * float64(time.Second))
}

// Pace implements vegeta.Pacer.
func (p pacer) Pace(elapsed time.Duration, hits uint64) (time.Duration, bool) {
	return max(p.Intended(hits)-elapsed, 0), false
}

// OpenLoop is the open-loop ramp: requests arrive whether or not earlier ones were
// answered. Each row's label lateness says by how many seconds it was sent after it
// was due, so that latency can be counted from the intended time.
type OpenLoop struct {
	Ramp   OpenRamp
	Target Target
}

// Run drives the ramp to its end and records one row a request, as Closed.Run does.
func (o *OpenLoop) Run(ctx context.Context, start time.Time, rec *observation.Recorder) error {
	run, cancel := context.WithDeadlineCause(ctx, start.Add(o.Ramp.Over), errEnded)
	defer cancel()
	t := newTransport(run, o.Target, func() observation.Users { return observation.NoUsers }, o.Ramp.MaxInFlight)
	defer t.http.CloseIdleConnections()
	attacker := t.attacker(vegeta.Workers(uint64(min(10, o.Ramp.MaxInFlight))), vegeta.MaxWorkers(uint64(o.Ramp.MaxInFlight)))
	context.AfterFunc(run, func() { attacker.Stop() })
	pace := o.Ramp.pacer()
	began := time.Now()
	for res := range attacker.Attack(o.Target.targeter(), pace, 0, "") {
		out := t.take(res)
		if out.notSent {
			continue
		}
		lateness := res.Timestamp.Sub(began) - pace.Intended(res.Seq)
		rec.Record(res.Timestamp.Sub(start).Seconds(), Metric, res.Latency.Seconds(), out.users, codeOf(res, out),
			csvio.MakeLabels("lateness", strconv.FormatFloat(lateness.Seconds(), 'f', 6, 64)))
	}
	return ctx.Err()
}
