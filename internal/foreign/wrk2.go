package foreign

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// quantileDuration is a quantile of the requests of a run, of a tool that keeps no
// requests: labels quantile=, from 0 to 1, and count=, the requests up to it.
const quantileDuration = "http_request_duration_quantile_seconds"

// wrk2 reads the percentile spectrum that wrk2 prints with --latency, or that
// HdrHistogram writes for plotting (.hgrm): Value, Percentile, TotalCount, and
// 1/(1-Percentile). wrk2's values are milliseconds, counted from the intended send
// ("Recorded Latency"; the uncorrected spectrum of --u_latency is not read). Of other
// spectra the unit stands behind Value, as vegeta's report -type=hdrplot has it: Value(ms).
//
// There are no requests in such a file, and none are made up: the run is a quantile a
// row, at time 0. When they were sent, and which of them failed, is not known. wrk2
// counts answers with an error among the latencies; where it had any it is refused,
// for fast failures would pass as fast answers.
//
// The tests' spectrum is one that vegeta wrote. wrk2 itself was not run: what its
// output looks like is from its documentation.
func wrk2(in *input, rec *recorder) error {
	r := wrk2Reader{rec: rec}
	for {
		line, err := in.text()
		switch {
		case err == io.EOF && r.rows == 0:
			return errors.New("no percentile spectrum in it: run wrk2 with --latency")
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := r.line(string(bytes.TrimSpace(line))); err != nil {
			return err
		}
	}
}

type wrk2Reader struct {
	rec      *recorder
	own      bool // it is wrk2's, which says nothing of units
	inTable  bool
	rows     int
	unit     float64 // seconds
	value    float64 // of the row before
	quantile float64
}

// units are those that a column may name, in seconds.
var units = map[string]float64{"Value(s)": 1, "Value(ms)": 1e-3, "Value(us)": 1e-6, "Value(µs)": 1e-6, "Value(ns)": 1e-9}

const (
	wrk2Section  = "Latency Distribution (HdrHistogram"
	wrk2Failures = "Non-2xx or 3xx responses:"
	wrk2Errors   = "Socket errors:"
)

func (r *wrk2Reader) line(text string) error {
	fields := strings.Fields(text)
	switch {
	case strings.HasPrefix(text, wrk2Section):
		r.own, r.inTable = true, false
	case strings.HasPrefix(text, wrk2Failures):
		return fmt.Errorf("%s: their times cannot be told from those of good answers", text)
	case strings.HasPrefix(text, wrk2Errors):
		r.rec.fact("socket_errors", strings.TrimSpace(strings.TrimPrefix(text, wrk2Errors)))
	case len(fields) >= 3 && strings.HasPrefix(fields[0], "Value") && fields[1] == "Percentile" && fields[2] == "TotalCount":
		if r.inTable = r.rows == 0; !r.inTable {
			return nil // a second spectrum
		}
		unit, named := units[fields[0]]
		switch {
		case named:
			r.unit = unit
		case r.own:
			r.unit = 1e-3
		default:
			return errors.New("values of what unit? Write it behind the column's name: Value(ms), Value(us), Value(ns) or Value(s)")
		}
		tool := ""
		if r.own {
			tool = "wrk2"
		}
		r.rec.source(tool, "percentile-spectrum")
	case text == "" || text[0] == '#':
	case text[0] == '-':
		r.inTable = false
	case r.inTable:
		return r.row(fields)
	}
	return nil
}

func (r *wrk2Reader) row(fields []string) error {
	if len(fields) < 3 || len(fields) > 4 {
		return fmt.Errorf("a row of %d columns, want Value, Percentile, TotalCount and 1/(1-Percentile)", len(fields))
	}
	value, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || !(value >= r.value) || math.IsInf(value, 0) {
		return fmt.Errorf("value %q: want a number not below the one before", fields[0])
	}
	quantile, err := strconv.ParseFloat(fields[1], 64)
	if err != nil || !(quantile >= r.quantile && quantile <= 1) {
		return fmt.Errorf("percentile %q: want a number from 0 to 1 not below the one before", fields[1])
	}
	count, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || count < 0 {
		return fmt.Errorf("total count %q", fields[2])
	}
	r.rows++
	r.value, r.quantile = value, quantile
	return r.rec.quantile(value*r.unit, quantile, count)
}
