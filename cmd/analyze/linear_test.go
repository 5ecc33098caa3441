package main

import (
	"bytes"
	"context"
	"io"
	"math"
	"syscall"
	"testing"
	"time"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/command"
)

// Four times the rows take about four times the time, whether they are of longer runs
// or of more: what is quadratic in either would take sixteen. The bound lies so far
// from both that no other load on the machine brings the processor's time across it;
// make bench measures the exponent.
func TestLinear(t *testing.T) {
	few := simulate.First(1)
	few.Runs, few.Ramp = 3, simulate.Ramp{From: 1, To: 60, Over: 45, End: 50, Timeout: 10}
	longer, more := few, few
	longer.Ramp.Over, longer.Ramp.End = 4*few.Ramp.Over, 4*few.Ramp.End
	more.Runs = 4 * few.Runs
	rows, base := cost(t, few)
	for name, c := range map[string]simulate.Campaign{"longer runs": longer, "more runs": more} {
		many, took := cost(t, c)
		if ratio, bound := took/base, 2.2*many/rows; ratio > bound {
			t.Errorf("%s: %.1f times the rows take %.1f times the time", name, many/rows, ratio)
		}
	}
}

// cost returns the campaign's rows and the seconds of processor time that they take,
// the least of three.
func cost(t *testing.T, c simulate.Campaign) (rows, seconds float64) {
	text := c.CSV()
	seconds = math.Inf(1)
	for range 3 {
		begin := processorTime(t)
		var log bytes.Buffer
		if code := program.Execute(context.Background(), nil, bytes.NewReader(text), io.Discard, &log); code != command.Done {
			t.Fatal(log.String())
		}
		seconds = min(seconds, (processorTime(t) - begin).Seconds())
	}
	return float64(bytes.Count(text, []byte{'\n'}) - 1), seconds
}

func processorTime(t *testing.T) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
