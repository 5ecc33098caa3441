package foreign

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

const requestDuration = "http_request_duration_seconds"

// held is how many requests are kept back until the run's start is settled. Files have
// requests in the order in which they ended, so that the first to be sent need not come
// first. One sent before all of these, yet ended after them, is at a time below 0.
const held = 1 << 12

// request is one HTTP request.
type request struct {
	sent  time.Time
	took  time.Duration
	users observation.Users
	code  string
}

// recorder turns the requests of a file into the observations of a run.
type recorder struct {
	*observation.Recorder
	reader *Reader
	rows   int

	held    []request
	started bool
	start   time.Time // when the first request was sent
	noDate  bool      // times are not of a known zone, or of no day at all
}

// rowFunc is a function that takes rows.
type rowFunc func(observation.Observation) error

func (f rowFunc) Write(o observation.Observation) error { return f(o) }

func newRecorder(r *Reader, run int, fn func(*observation.Observation) error) *recorder {
	rec := &recorder{reader: r}
	experiment := observation.Ramp
	if r.loop == Open {
		experiment = observation.Open
	}
	rec.Recorder = observation.NewRecorder(rowFunc(func(o observation.Observation) error {
		rec.rows++
		return fn(&o)
	}), r.testbed, run, experiment, nil)
	rec.fact("loop", r.loop)
	return rec
}

// fact records a fact about whatever sent the load.
func (rec *recorder) fact(key, value string) { rec.Fact("generator", key, value) }

// source records what wrote the file, "" where it does not say, and in what form.
func (rec *recorder) source(tool, form string) {
	if tool != "" {
		rec.fact("source_tool", tool)
	}
	rec.fact("source_format", form)
}

// resolution records how finely the file tells time.
func (rec *recorder) resolution(seconds string) { rec.fact("time_resolution_seconds", seconds) }

// request takes in a request.
func (rec *recorder) request(q request) error {
	if q.took < 0 {
		return fmt.Errorf("a request took %v: a duration is not negative", q.took)
	}
	if rec.started {
		return rec.put(q)
	}
	rec.held = append(rec.held, q)
	if len(rec.held) == held {
		return rec.begin()
	}
	return rec.Err()
}

// begin settles the start.
func (rec *recorder) begin() error {
	rec.started = true
	if len(rec.held) == 0 {
		return errors.New("there is no request in it")
	}
	rec.start = rec.held[0].sent
	for _, q := range rec.held {
		if q.sent.Before(rec.start) {
			rec.start = q.sent
		}
	}
	if !rec.noDate {
		rec.Fact("generator", "start_time", rec.start.UTC().Format(time.RFC3339), "experiment", rec.Experiment)
	}
	for _, q := range rec.held {
		if err := rec.put(q); err != nil {
			return err
		}
	}
	rec.held = nil
	return nil
}

func (rec *recorder) put(q request) error {
	since := q.sent.Sub(rec.start).Seconds() // which saturates where the times are absurd
	if since > observation.Longest || since < -observation.Longest {
		return fmt.Errorf("a request sent at %v, in a run that began at %v: a file is one run", q.sent.UTC(), rec.start.UTC())
	}
	if rec.reader.loop == Open {
		q.users = observation.NoUsers
	}
	rec.Record(since, requestDuration, q.took.Seconds(), q.users, q.code, "")
	return rec.Err()
}

// quantile takes in a quantile of a run without requests.
func (rec *recorder) quantile(seconds, quantile float64, count int64) error {
	rec.started = true
	labels := csvio.MakeLabels("quantile", strconv.FormatFloat(quantile, 'g', -1, 64), "count", strconv.FormatInt(count, 10))
	rec.Record(0, quantileDuration, seconds, observation.NoUsers, "", labels)
	return rec.Err()
}

// finish passes on what is kept back.
func (rec *recorder) finish() error {
	if rec.started {
		return rec.Err()
	}
	return rec.begin()
}

// any reports whether there was a request.
func (rec *recorder) any() bool { return rec.started || len(rec.held) > 0 }
