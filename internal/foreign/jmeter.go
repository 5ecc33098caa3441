package foreign

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"virtcmp/internal/observation"
)

// jmeter reads the JTL files of Apache JMeter: XML begins with an angle bracket.
//
// A sample's timeStamp is when it began: the property sampleresult.timestamp.start,
// which jmeter.properties has set to true since version 2.1.2. Times and durations are
// milliseconds. The threads that are counted as users were active when the sample
// ended, while a request of the contract has those active when it was sent: in a ramp
// they are ahead by what the ramp adds within one request.
//
// Every sample is a request, but
//   - the sums that a Transaction Controller adds: the requests within stand beside
//     them, or nested in them (XML only);
//   - samples nested in a request: embedded resources and redirections are part of it.
//
// A request that JMeter calls failed with a good status is one that failed an assertion.
// One with an HTTP error has failed here even if the test plan expected it. Thread
// groups are closed loops, but JMeter has timers and an open model too, of which a JTL
// says nothing: what paused between requests is in no duration.
func jmeter(in *input, rec *recorder) error {
	if head := strings.TrimLeft(strings.TrimPrefix(string(in.head(512)), "\ufeff"), " \t\r\n"); strings.HasPrefix(head, "<") {
		rec.source("jmeter", "jtl-xml")
		rec.resolution("0.001")
		return jmeterXML(in, rec)
	}
	rec.source("jmeter", "jtl-csv")
	rec.resolution("0.001")
	return jmeterCSV(in, rec)
}

// sample is a row or element of a JTL; texts are empty where nothing was saved.
type sample struct {
	timeStamp, elapsed string
	success            string
	code, message      string // responseCode, responseMessage
	threads            string // allThreads
	count              string // SampleCount
}

const (
	transactionMessage = "Number of samples in transaction" // begins the message of a Transaction Controller's sample
	nonHTTP            = "Non HTTP response "               // begins code and message of a request without status
)

// transaction reports whether the sample is the sum of others.
func (s *sample) transaction() bool { return strings.HasPrefix(s.message, transactionMessage) }

// request converts the sample; clock parses its time stamp.
func (s *sample) request(clock func(string) (time.Time, error)) (q request, err error) {
	if n, err := strconv.Atoi(s.count); err == nil && n > 1 {
		return q, fmt.Errorf("%d samples in one: a sum has no request's duration; run JMeter with mode=Standard", n)
	}
	if q.sent, err = clock(s.timeStamp); err != nil {
		return q, err
	}
	elapsed, err := strconv.ParseInt(s.elapsed, 10, 32)
	if err != nil {
		return q, fmt.Errorf("elapsed: %w", err)
	}
	q.took = time.Duration(elapsed) * time.Millisecond
	q.users = observation.NoUsers
	if s.threads != "" {
		n, err := strconv.Atoi(s.threads)
		if err != nil || n < 0 {
			return q, fmt.Errorf("threads: %q", s.threads)
		}
		q.users = observation.Users(n)
	}
	q.code, err = s.outcome()
	return q, err
}

// outcome returns the request's code.
func (s *sample) outcome() (string, error) {
	ok, good := status(s.code)
	switch {
	case s.success == "" && !ok && !strings.HasPrefix(s.code, nonHTTP):
		return "", errors.New("neither success nor a response code: whether the request failed cannot be told; have JMeter save them")
	case ok && (!good || s.success != "false"):
		return s.code, nil
	case ok:
		return observation.CodeBody, nil
	case s.success == "true": // its status was not saved, or it had none
		return "200", nil
	}
	return failure(s.code + " " + s.message), nil
}

// jmeterLayouts are the time stamp formats that JMeter itself recognises, and ISO 8601's.
var jmeterLayouts = []string{
	"2006/01/02 15:04:05.000", "2006/01/02 15:04:05", "2006-01-02 15:04:05.000", "2006-01-02 15:04:05", "01/02/06 15:04:05",
	"2006-01-02T15:04:05.000", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-0700",
}

// jmeterClock returns a parser of time stamps: milliseconds since the Unix epoch, or a
// date in the first layout that fits, then in all.
func jmeterClock(rec *recorder) func(string) (time.Time, error) {
	layout := ""
	return func(text string) (time.Time, error) {
		if layout == "" {
			ms, err := strconv.ParseInt(text, 10, 64)
			if err == nil {
				return time.UnixMilli(ms), nil
			}
			for _, l := range jmeterLayouts {
				if _, err := time.Parse(l, text); err == nil {
					layout = l
					rec.noDate = !strings.Contains(l, "07") // in the zone of wherever it was
					break
				}
			}
		}
		t, err := time.Parse(layout, text)
		if layout == "" || err != nil {
			return t, fmt.Errorf("timeStamp %q: neither milliseconds nor a known date; set jmeter.save.saveservice.timestamp_format=ms", text)
		}
		return t, nil
	}
}

// errOnlyTransactions: the requests were not saved.
var errOnlyTransactions = errors.New("only sums of Transaction Controllers, no request: turn off their parent sample, or save XML with subresults")
