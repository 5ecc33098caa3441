// Simulated writes the observations of a simulated campaign, and its requests as
// vegeta would have written them.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"virtcmp/internal/analysis/simulate"
	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

func main() {
	rows, err := 0, error(nil)
	if len(os.Args) >= 3 {
		rows, err = strconv.Atoi(os.Args[2])
	}
	if len(os.Args) < 3 || len(os.Args) > 4 || err != nil || rows < 1 {
		fmt.Fprint(os.Stderr, "usage: simulated OBSERVATIONS ROWS [RESULTS]\n\nPrints how many rows and runs were written, and how many requests are among them.\n")
		os.Exit(2)
	}
	if err := write(os.Args[1], rows, os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "simulated:", err)
		os.Exit(1)
	}
}

// campaign returns three testbeds with the ramp that collect has as its default, 1 to
// 100 users in 720 of 800 seconds, all counters and all probes, and as many runs as
// come nearest to that many rows.
func campaign(rows int) simulate.Campaign {
	c := simulate.First(1)
	c.Ramp = simulate.Ramp{From: 1, To: 100, Over: 720, End: 800, Timeout: 30}
	c.Runs = 1
	one := 0
	c.Each(func(observation.Observation) { one++ })
	c.Runs = max(1, int(math.Round(float64(rows)/float64(one))))
	return c
}

func write(path string, rows int, results []string) error {
	c := campaign(rows)
	f, err := csvio.Create[observation.Observation](path)
	if err != nil {
		return err
	}
	requests := 0
	asRecorded(c, func(o observation.Observation) {
		f.Write(o) // an error stays
		if o.Metric == requestDuration {
			requests++
		}
	})
	if err := f.Commit(); err != nil {
		return err
	}
	if len(results) > 0 {
		if err := writeResults(results[0], c); err != nil {
			return err
		}
	}
	fmt.Println(f.Rows(), c.Runs*len(c.Testbeds), requests)
	return nil
}

const requestDuration = "http_request_duration_seconds"

// asRecorded passes on the campaign's observations in the order that collect records
// them in: a request when it ends, among the counters.
func asRecorded(c simulate.Campaign, fn func(observation.Observation)) {
	var ramp []observation.Observation
	recorded := func(o observation.Observation) float64 {
		if o.Metric == requestDuration {
			return o.Time + o.Value
		}
		return o.Time
	}
	flush := func() {
		slices.SortStableFunc(ramp, func(a, b observation.Observation) int { return cmp.Compare(recorded(a), recorded(b)) })
		for _, o := range ramp {
			fn(o)
		}
		ramp = ramp[:0]
	}
	c.Each(func(o observation.Observation) {
		if o.Experiment == observation.Ramp {
			ramp = append(ramp, o)
			return
		}
		flush() // between two ramps there are facts
		fn(o)
	})
	flush()
}

// writeResults writes the campaign's requests as `vegeta encode -to=csv` does, one
// run after the other. Pages are left out, as by -max-body=0.
func writeResults(path string, c simulate.Campaign) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	encode := vegeta.NewCSVEncoder(out)
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	seq := uint64(0)
	asRecorded(c, func(o observation.Observation) {
		if o.Metric != requestDuration || err != nil {
			return
		}
		r := vegeta.Result{
			Attack: o.Testbed + "-" + strconv.Itoa(o.Run), Seq: seq, Method: "GET", URL: "http://10.0.0.2/", BytesIn: 28_000,
			Timestamp: begin.Add(time.Duration(o.Run)*time.Hour + duration(o.Time)), Latency: duration(o.Value),
		}
		if code, bad := strconv.ParseUint(o.Code, 10, 16); bad == nil {
			r.Code = uint16(code)
		} else {
			r.Error, r.BytesIn = o.Code, 0
		}
		seq++
		err = encode(&r)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds * 1e9))
}
