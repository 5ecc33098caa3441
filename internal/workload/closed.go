package workload

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Closed is the closed-loop ramp: each virtual user sends its next request when the
// last one is answered, until the end of the run (Scheepers 2014, section 4.1).
type Closed struct {
	Ramp   Ramp
	Target Target

	active atomic.Int64
}

// Active returns how many users have started.
func (c *Closed) Active() observation.Users { return observation.Users(c.active.Load()) }

// Run drives the ramp to its end and records one row a request. Requests still in
// flight at the end are recorded as unfinished. It returns ctx's error if that ends
// the run early.
func (c *Closed) Run(ctx context.Context, start time.Time, rec *observation.Recorder) error {
	run, cancel := context.WithDeadlineCause(ctx, start.Add(c.Ramp.End()), errEnded)
	defer cancel()
	var wg sync.WaitGroup
	for k := range c.Ramp.To {
		wg.Go(func() {
			select {
			case <-time.After(time.Until(start.Add(c.Ramp.Start(k)))):
			case <-run.Done():
				return
			}
			c.active.Add(1)
			u := &user{
				run: run, answered: make(chan answer, 1),
				transport: newTransport(run, c.Target, c.Active, 1),
			}
			u.loop(c.Target, start, rec, csvio.MakeLabels("user", strconv.Itoa(k)))
		})
	}
	wg.Wait()
	return ctx.Err()
}

// user is one virtual user: one vegeta Attacker with one worker, paced by its own
// answers. Vegeta's own pacers run one request ahead; this one waits, so the loop is
// closed to the letter and nothing is sent after the end.
type user struct {
	run       context.Context
	transport *transport
	answered  chan answer
	pause     time.Duration // before the next request
	most      uint64        // requests that it sends; 0: until the run ends
}

// answer says how the last request went, for the pace of the next.
type answer struct{ refused bool }

func (u *user) loop(target Target, start time.Time, rec *observation.Recorder, labels csvio.Labels) {
	defer u.transport.http.CloseIdleConnections()
	attacker := u.transport.attacker(vegeta.Workers(1), vegeta.MaxWorkers(1))
	for res := range attacker.Attack(target.targeter(), u, 0, "") {
		o := u.transport.take(res)
		code := codeOf(res, o)
		if !o.notSent {
			rec.Record(res.Timestamp.Sub(start).Seconds(), Metric, res.Latency.Seconds(), o.users, code, labels)
		}
		u.answered <- answer{refused: code == observation.CodeRefused}
	}
}

// Back-off after a refused connection: without one a user would spin at thousands
// of attempts a second, which no browser does.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = time.Second
)

// Pace implements vegeta.Pacer: the next request goes out when the last is answered.
func (u *user) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if hits > 0 {
		if a := <-u.answered; a.refused {
			u.pause = min(max(2*u.pause, firstPause), longestPause)
			select {
			case <-time.After(u.pause):
			case <-u.run.Done():
			}
		} else {
			u.pause = 0
		}
	}
	return 0, u.run.Err() != nil || u.most > 0 && hits >= u.most
}

// Rate implements vegeta.Pacer. A closed loop has none of its own.
func (u *user) Rate(time.Duration) float64 { return 0 }

// codeOf returns the code of an observation: why the request failed, or its status.
func codeOf(res *vegeta.Result, o outcome) string {
	switch {
	case o.code != "":
		return o.code
	case o.body != nil && o.body.code != "":
		return o.body.code
	case res.Code == 0 || o.body == nil:
		return observation.CodeError
	}
	code := strconv.Itoa(int(res.Code))
	if observation.Good(code) && !o.body.found {
		return observation.CodeBody
	}
	return code
}
