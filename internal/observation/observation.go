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

var columns = csvio.Header[Observation]()

// UnmarshalCSV implements gocsv.TypeUnmarshaller; the text is that of a whole row.
func (o *Observation) UnmarshalCSV(row string) error {
	var fields [9]string
	if err := csvio.Split(row, fields[:]); err != nil {
		return err
	}
	if column, err := o.decode(&fields); err != nil {
		return fmt.Errorf("column %s: %w", columns[column], err)
	}
	return nil
}

// decode sets the observation, and returns which field does not decode.
func (o *Observation) decode(fields *[9]string) (column int, err error) {
	for _, column := range [...]int{0, 2, 4} {
		if fields[column] == "" {
			return column, errors.New("empty")
		}
	}
	o.Testbed, o.Experiment, o.Metric = fields[0], fields[2], fields[4]
	o.Code, o.Labels = fields[7], csvio.Labels(fields[8])
	if o.Run, err = strconv.Atoi(fields[1]); err == nil && o.Run < 1 {
		err = fmt.Errorf("%d: runs count from 1", o.Run)
	}
	if err != nil {
		return 1, err
	}
	if o.Time, err = csvio.ParseFinite(fields[3]); err == nil && math.Abs(o.Time) > Longest {
		err = fmt.Errorf("%s: not in seconds since the experiment's start", fields[3])
	}
	if err != nil {
		return 3, err
	}
	if o.Value, err = csvio.ParseFinite(fields[5]); err == nil && o.Value < 0 && strings.HasSuffix(o.Metric, "_duration_seconds") {
		err = fmt.Errorf("%s: a duration is not negative", fields[5])
	}
	if err != nil {
		return 5, err
	}
	o.Users, err = parseUsers(fields[6])
	return 6, err
}

func parseUsers(text string) (Users, error) {
	if text == "" {
		return NoUsers, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && n < 0 {
		err = fmt.Errorf("%d: fewer than no users", n)
	}
	return Users(n), err
}

// Scan reads every observation of the sources; see csvio.Scan. The row is valid
// until fn returns, its strings for longer.
func Scan(ctx context.Context, sources []csvio.Source, fn func(*Observation) error) ([]csvio.Stat, error) {
	return csvio.Scan(ctx, sources, fn)
}

// Share reads every observation of the sources in no order; see csvio.Share.
func Share(ctx context.Context, sources []csvio.Source, takers []func(*Observation), counted func(rows int)) ([]csvio.Stat, error) {
	return csvio.Share(ctx, sources, takers, counted)
}
