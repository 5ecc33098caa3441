// Package observation is the first contract: one raw measurement, as collect
// writes it and analyze reads it.
package observation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"virtcmp/internal/csvio"
)

// Experiments. DESIGN's contract says what each records; of isolation it is
// sql_select_duration_seconds, a row a query, sql_insert_duration_seconds, a row a batch
// (rows=), and http_request_duration_seconds, a row a request, each with the labels
// aggressor=, none or a class of stress, stress=, its stressors, and victim=.
const (
	Ramp        = "ramp"        // closed loop, a growing number of virtual users
	Open        = "open"        // open loop, a growing arrival rate
	Select      = "select"      // single SELECTs from the application guest
	Insert      = "insert"      // batches of INSERTs with CPU stressors beside them
	Isolation   = "isolation"   // one guest alone, and beside another under stress
	Startup     = "startup"     // from stopped to the first good page
	Footprint   = "footprint"   // host memory without and with the idle testbed
	Operation   = "operation"   // what operating it takes: start, stop, pause, checkpoint, snapshot
	Environment = "environment" // facts, not measurements
)

// Codes of a request that did not end in an HTTP status of its own.
const (
	CodeTimeout    = "timeout"    // no complete answer within the client's time limit
	CodeRefused    = "refused"    // no connection: refused
	CodeReset      = "reset"      // the connection broke before the answer was complete
	CodeBody       = "body"       // a good status but not the expected text
	CodeUnfinished = "unfinished" // still in flight when the run ended
	CodeError      = "error"      // anything else
)

// NoUsers stands where a number of virtual users means nothing: an empty field.
const NoUsers Users = -1

// Users is a number of virtual users, or NoUsers.
type Users int

// MarshalCSV implements gocsv.TypeMarshaller.
func (u Users) MarshalCSV() (string, error) {
	if u == NoUsers {
		return "", nil
	}
	return strconv.Itoa(int(u)), nil
}

// Observation is one measurement: a row of observations.csv.
type Observation struct {
	Testbed    string       `csv:"testbed"`    // the technology as set up, such as lxc
	Run        int          `csv:"run"`        // repetition of the experiment on the testbed, from 1
	Experiment string       `csv:"experiment"` // ramp, open, select, ...
	Time       float64      `csv:"time"`       // seconds since the experiment's start; of a request, when it was sent
	Metric     string       `csv:"metric"`     // Prometheus-style name with its base unit
	Value      float64      `csv:"value"`      // in the metric's unit; counters keep their cumulative value
	Users      Users        `csv:"users"`      // virtual users active at Time, or NoUsers
	Code       string       `csv:"code"`       // HTTP status, a Code constant, or empty
	Labels     csvio.Labels `csv:"labels"`
}

// Good reports whether a request with this code succeeded: 2xx or 3xx, the
// expected text being there (a page without it has CodeBody instead).
func Good(code string) bool {
	return len(code) == 3 && (code[0] == '2' || code[0] == '3')
}

// Longest is more seconds than any experiment lasts: a time beyond is a date, or in other units.
const Longest = 1e8

// UnmarshalCSVWithFields implements gocsv.TypeUnmarshalCSVWithFields.
func (o *Observation) UnmarshalCSVWithFields(column, text string) (err error) {
	switch column {
	case "testbed":
		o.Testbed = text
		err = required(text)
	case "run":
		if o.Run, err = strconv.Atoi(text); err == nil && o.Run < 1 {
			err = fmt.Errorf("%d: runs count from 1", o.Run)
		}
	case "experiment":
		o.Experiment = text
		err = required(text)
	case "time":
		if o.Time, err = csvio.ParseFinite(text); err == nil && math.Abs(o.Time) > Longest {
			err = fmt.Errorf("%s: not in seconds since the experiment's start", text)
		}
	case "metric":
		o.Metric = text
		err = required(text)
	case "value":
		if o.Value, err = csvio.ParseFinite(text); err == nil && o.Value < 0 && strings.HasSuffix(o.Metric, "_duration_seconds") {
			err = fmt.Errorf("%s: a duration is not negative", text)
		}
	case "users":
		o.Users = NoUsers
		if text != "" {
			var n int
			if n, err = strconv.Atoi(text); err == nil && n < 0 {
				err = fmt.Errorf("%d: fewer than no users", n)
			}
			o.Users = Users(n)
		}
	case "code":
		o.Code = text
	case "labels":
		o.Labels = csvio.Labels(text)
	}
	return err
}

func required(text string) error {
	if text == "" {
		return errors.New("empty")
	}
	return nil
}

// Scan reads every observation of the sources; see csvio.Scan. The row is valid
// until fn returns, its strings for longer.
func Scan(ctx context.Context, sources []csvio.Source, fn func(*Observation) error) ([]csvio.Stat, error) {
	return csvio.Scan(ctx, sources, fn)
}
