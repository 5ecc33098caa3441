package figure

import (
	"math"

	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/result"
)

// Quantity is something that testbeds are compared by.
type Quantity struct {
	ID             string // by which the paper's templates call it
	Title          string // in figures and tables
	Phrase         string // in a sentence, after "the"
	Analysis, Name string
	Label          csvio.Labels // what its note must hold, or ""
	Stressed       bool         // taken at the largest number of stressors
	More           bool         // more of it is better
	Speed          bool         // tells how fast a testbed is
}

// Quantities are what the summaries compare, in their order.
var Quantities = []Quantity{
	{ID: "requests", Title: "Successful requests", Phrase: "number of successful requests", Analysis: finding.Throughput, Name: "successful_requests", More: true, Speed: true},
	{ID: "swap-users", Title: "Users at swap onset", Phrase: "number of users at the onset of swapping", Analysis: finding.SwapOnset, Name: "users", Label: "source=counters", More: true},
	{ID: "error-users", Title: "Users at error onset", Phrase: "number of users at the onset of failures", Analysis: finding.ErrorOnset, Name: "users", More: true},
	{ID: "p50", Title: "Request time, median", Phrase: "median request time", Analysis: finding.Latency, Name: "p50", Speed: true},
	{ID: "p99", Title: "Request time, p99", Phrase: "99th percentile of request times", Analysis: finding.Latency, Name: "p99", Speed: true},
	{ID: "cpu", Title: "CPU per request", Phrase: "processor time of a request", Analysis: finding.Throughput, Name: "cpu_per_request", Speed: true},
	{ID: "select", Title: "SELECT, median", Phrase: "time of a SELECT", Analysis: finding.Select, Name: "median", Speed: true},
	{ID: "insert", Title: "INSERTs alone", Phrase: "time of INSERTs alone", Analysis: finding.Isolation, Name: "unstressed", Speed: true},
	{ID: "insert-stressed", Title: "INSERTs under stress", Phrase: "time of INSERTs under stress", Analysis: finding.Isolation, Name: "stressed", Stressed: true, Speed: true},
	{ID: "slow-down", Title: "Slow-down by stress", Phrase: "slow-down by stress", Analysis: finding.Isolation, Name: "degradation", Stressed: true},
	{ID: "startup", Title: "Start to first page", Phrase: "time to the first page", Analysis: finding.Startup, Name: "first_page", Speed: true},
	{ID: "memory", Title: "Host memory", Phrase: "host memory", Analysis: finding.Footprint, Name: "testbed"},
}

// Rows returns what was found of the quantity for the testbed.
func (q Quantity) Rows(s *result.Set, testbed string) result.Rows {
	rows := s.Rows(q.Analysis, testbed, q.Name)
	for k, v := range q.Label.All() {
		rows = rows.Labelled(k, v)
	}
	if q.Stressed {
		if most, ok := MostStressors(s); ok {
			rows = rows.At(most)
		}
	}
	return rows
}

// Ratio returns the testbed's ratio to the baseline over all runs. The speed of an
// emulated processor is not compared with that of a real one, and of two times that are only
// known to be at least so long there is no ratio.
func (q Quantity) Ratio(s *result.Set, testbed string) (finding.Finding, bool) {
	if q.Speed && s.Emulated(testbed) != s.Emulated(s.Baseline()) {
		return finding.Finding{}, false
	}
	bounded := func(testbed string) bool {
		f, ok := q.Rows(s, testbed).Absolute().Overall().First()
		_, bound := s.Bound(f)
		return ok && bound
	}
	f, ok := q.Rows(s, testbed).Compared(s.Baseline()).Overall().First()
	return f, ok && f.Value.Present() && !(bounded(testbed) && bounded(s.Baseline()))
}

// MostStressors returns the largest number of stressors that INSERTs ran beside on
// every testbed that ran them beside any.
func MostStressors(s *result.Set) (float64, bool) {
	most, found := math.Inf(1), false
	for _, t := range s.Testbeds() {
		if xs := s.Rows(finding.Isolation, t, "stressed").Absolute().Overall().Xs(); len(xs) > 0 {
			most, found = min(most, xs[len(xs)-1]), true
		}
	}
	return most, found
}
