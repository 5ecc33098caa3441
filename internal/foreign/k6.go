package foreign

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"virtcmp/internal/observation"
)

// k6 reads what k6 writes with -out csv= or -out json=, told apart by JSON's brace. Of
// its metrics http_req_duration is a request and vus the number of users.
//
// The time of a request's sample is when it ended, so it was sent its duration before.
// The duration is from the first byte sent to the last received: what it took to get a
// connection (http_req_blocked, http_req_connecting, http_req_tls_handshaking) is not in
// it, which other programs count. A request that got no connection has duration 0, which
// cannot stand for how long it was waited for: a timeout becomes an error.
//
// A CSV has whole seconds unless timeFormat=unix_milli or finer was asked for. Within a
// second its rows are spread evenly in their order, which is that of the ends.
//
// Users are those of the last vus sample before the request was sent; there is one each
// second. With an arrival-rate executor, which no row betrays, vus is the size of a pool
// and the loop open. Requests of setup and teardown are no user's and left out. Every
// hop of a redirection is a request of its own.
func k6(in *input, rec *recorder) error {
	r := &k6Reader{in: in, rec: rec}
	if head := in.head(1); len(head) == 1 && head[0] == '{' {
		rec.source("k6", "json")
		return r.json()
	}
	rec.source("k6", "csv")
	return r.csv()
}

// k6Sample is a measurement of a metric.
type k6Sample struct {
	time            time.Time
	value           float64
	status, err     string
	expected, group string
}

// k6Level is the number of users from a time on.
type k6Level struct {
	time  time.Time
	users observation.Users
}

type k6Reader struct {
	in  *input
	rec *recorder

	vus      []k6Level
	resolved bool
	coarse   bool       // times are whole seconds
	second   []k6Sample // requests that ended within it, of coarse times
}

// mostInSecond is how many requests are kept back to be spread over their second: more
// than k6 sends.
const mostInSecond = 1 << 18

// Metrics of k6.
const (
	k6Duration = "http_req_duration" // milliseconds
	k6Users    = "vus"
)

func k6Wanted(metric string) bool { return metric == k6Duration || metric == k6Users }

// sample takes in a measurement of a wanted metric.
func (r *k6Reader) sample(metric string, s k6Sample) error {
	if math.IsNaN(s.value) || math.Abs(s.value) > 1e12 {
		return fmt.Errorf("%s is %v", metric, s.value)
	}
	if metric == k6Users {
		users := observation.Users(max(s.value, 0))
		if n := len(r.vus); n == 0 || r.vus[n-1].users != users && !s.time.Before(r.vus[n-1].time) {
			r.vus = append(r.vus, k6Level{s.time, users})
		}
		return nil
	}
	if s.group == "::setup" || s.group == "::teardown" {
		return nil
	}
	if !r.coarse {
		return r.request(s)
	}
	if n := len(r.second); n == mostInSecond || n > 0 && !r.second[0].time.Equal(s.time) {
		if err := r.flush(); err != nil {
			return err
		}
	}
	r.second = append(r.second, s)
	return nil
}

// flush passes on the requests that ended in the same second.
func (r *k6Reader) flush() error {
	for i, s := range r.second {
		s.time = s.time.Add(time.Second * time.Duration(2*i+1) / time.Duration(2*len(r.second)))
		if err := r.request(s); err != nil {
			return err
		}
	}
	r.second = r.second[:0]
	return nil
}

func (r *k6Reader) request(s k6Sample) error {
	took := time.Duration(s.value * float64(time.Millisecond))
	q := request{sent: s.time.Add(-took), took: took, users: observation.NoUsers, code: s.code()}
	// The first sample is of the start, whenever it was written.
	if n := len(r.vus); n > 0 {
		i := sort.Search(n, func(i int) bool { return r.vus[i].time.After(q.sent) })
		q.users = r.vus[max(i-1, 0)].users
	}
	return r.rec.request(q)
}

// code returns the contract's code.
func (s k6Sample) code() string {
	if ok, good := status(s.status); ok {
		if good && s.expected == "false" {
			return observation.CodeBody
		}
		return s.status
	}
	code := failure(s.err)
	if code == observation.CodeTimeout && s.value == 0 {
		return observation.CodeError
	}
	return code
}

// resolve records how finely times are told, from the first that is read.
func (r *k6Reader) resolve(resolution time.Duration) {
	if !r.resolved {
		r.resolved, r.coarse = true, resolution == time.Second
		r.rec.resolution(strconv.FormatFloat(resolution.Seconds(), 'g', -1, 64))
	}
}

// csv reads the rows of the wanted metrics.
func (r *k6Reader) csv() error {
	decoder := csv.NewReader(r.in)
	header, err := decoder.Read()
	if err == io.EOF {
		return errors.New("empty: no header")
	}
	if err != nil {
		return csvError(err)
	}
	at := func(name string) int { return slices.Index(header, name) }
	metric, timestamp, value := at("metric_name"), at("timestamp"), at("metric_value")
	if metric < 0 || timestamp < 0 || value < 0 {
		return fmt.Errorf("header %q: no metric_name, timestamp and metric_value: not k6's", clip(fmt.Sprint(header)))
	}
	status, failed, expected, group := at("status"), at("error"), at("expected_response"), at("group")
	decoder.ReuseRecord = true
	for {
		r.in.next()
		row, err := decoder.Read()
		switch {
		case err == io.EOF:
			return errors.Join(r.in.whole(), r.flush())
		case err != nil:
			return csvError(err)
		case !k6Wanted(row[metric]):
			continue // a repeated header too
		}
		text := func(i int) string {
			if i < 0 {
				return ""
			}
			return row[i]
		}
		s := k6Sample{status: text(status), err: text(failed), expected: text(expected), group: text(group)}
		var resolution time.Duration
		if s.time, resolution, err = k6Time(row[timestamp]); err != nil {
			return err
		}
		r.resolve(resolution)
		if s.value, err = strconv.ParseFloat(row[value], 64); err != nil {
			return fmt.Errorf("metric_value: %w", err)
		}
		if err := r.sample(row[metric], s); err != nil {
			return err
		}
	}
}

// k6Time parses a time in whichever format k6 was told to write: of a number by how
// long it is.
func k6Time(text string) (time.Time, time.Duration, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return t, 0, fmt.Errorf("timestamp %q: neither a number nor RFC 3339", text)
		}
		if strings.Contains(text, ".") {
			return t, time.Nanosecond, nil
		}
		return t, time.Second, nil
	case n < 1e11:
		return time.Unix(n, 0), time.Second, nil
	case n < 1e14:
		return time.UnixMilli(n), time.Millisecond, nil
	case n < 1e17:
		return time.UnixMicro(n), time.Microsecond, nil
	}
	return time.Unix(0, n), time.Nanosecond, nil
}

// k6Point is a line of k6's JSON.
type k6Point struct {
	Type   string `json:"type"`
	Metric string `json:"metric"`
	Data   struct {
		Time  time.Time `json:"time"`
		Value float64   `json:"value"`
		Tags  struct {
			Status   string `json:"status"`
			Error    string `json:"error"`
			Expected string `json:"expected_response"`
			Group    string `json:"group"`
		} `json:"tags"`
	} `json:"data"`
}

// json reads the lines of the wanted metrics.
func (r *k6Reader) json() error {
	r.resolve(time.Nanosecond)
	for {
		text, err := r.in.text()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var p k6Point
		if err := json.Unmarshal(text, &p); err != nil {
			return err
		}
		if p.Type != "Point" || !k6Wanted(p.Metric) {
			continue
		}
		t := p.Data.Tags
		if err := r.sample(p.Metric, k6Sample{p.Data.Time, p.Data.Value, t.Status, t.Error, t.Expected, t.Group}); err != nil {
			return err
		}
	}
}
