package workload_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"virtcmp/internal/observation"
	"virtcmp/internal/workload"
)

// rows keeps what is recorded.
type rows []observation.Observation

func (r *rows) Write(o observation.Observation) error {
	*r = append(*r, o)
	return nil
}

func recorder() (*observation.Recorder, *rows) {
	var r rows
	return observation.NewRecorder(&r, "test", 1, observation.Ramp, nil), &r
}

// byCode counts rows by their code.
func (r rows) byCode() map[string]int {
	n := map[string]int{}
	for _, o := range r {
		n[o.Code]++
	}
	return n
}

// TestClosedFollowsSchedule holds the users that a server sees against the schedule,
// over the whole ramp, and its count of requests against the rows.
func TestClosedFollowsSchedule(t *testing.T) {
	ramp := workload.Ramp{From: 1, To: 100, Over: 7200 * time.Millisecond, Hold: 800 * time.Millisecond}
	var served, inFlight atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		inFlight.Add(1)
		defer inFlight.Add(-1)
		time.Sleep(50 * time.Millisecond)
		io.WriteString(w, "Hello world!")
	}))
	defer server.Close()

	rec, got := recorder()
	closed := &workload.Closed{Ramp: ramp, Target: workload.Target{URL: server.URL, Expect: "Hello", Timeout: 5 * time.Second}}
	start := time.Now()
	const window = 200 * time.Millisecond
	peaks := make([]int64, int(ramp.End()/window))
	stop := make(chan struct{})
	var sampler sync.WaitGroup
	sampler.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
			if w := int(time.Since(start) / window); w < len(peaks) {
				peaks[w] = max(peaks[w], inFlight.Load())
			}
		}
	})
	if err := closed.Run(context.Background(), start, rec); err != nil {
		t.Fatal(err)
	}
	close(stop)
	sampler.Wait()
	for inFlight.Load() > 0 { // requests given up at the end are still being served
		time.Sleep(time.Millisecond)
	}

	for w, peak := range peaks {
		at := time.Duration(w+1)*window - 1
		if want := ramp.Users(at); math.Abs(float64(peak)-float64(want)) > 1 {
			t.Errorf("%v: %d users at the server, %d by schedule", at.Round(time.Millisecond), peak, want)
		}
	}
	if int(served.Load()) != len(*got) {
		t.Errorf("server served %d requests, %d rows", served.Load(), len(*got))
	}
	codes := got.byCode()
	if codes["200"]+codes[observation.CodeUnfinished] != len(*got) || codes[observation.CodeUnfinished] == 0 || codes[observation.CodeUnfinished] > ramp.To {
		t.Errorf("codes %v", codes)
	}
	ends := map[string]float64{}
	for _, o := range *got {
		user := o.Labels.Get("user")
		if o.Time < ends[user] {
			t.Errorf("user %s sent at %v, its last request ended at %v", user, o.Time, ends[user])
		}
		ends[user] = o.Time + o.Value - 1e-6
		if want := ramp.Users(time.Duration(o.Time * float64(time.Second))); math.Abs(float64(int(o.Users)-want)) > 1 {
			t.Errorf("row at %v s has %d users, %d by schedule", o.Time, o.Users, want)
		}
		if end := ramp.End().Seconds(); o.Time > end || o.Time+o.Value > end+0.5 {
			t.Errorf("request from %v s to %v s in a run of %v s", o.Time, o.Time+o.Value, end)
		}
	}
	if len(ends) != ramp.To {
		t.Errorf("%d users sent requests, want %d", len(ends), ramp.To)
	}
}

func TestClosedCodes(t *testing.T) {
	refusing := func() string { // an address on which nothing listens
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "http://" + l.Addr().String()
	}()
	hijack := func(write string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(10 * time.Millisecond)
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			io.WriteString(c, write)
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(10 * time.Millisecond)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			io.WriteString(w, body)
		}
	}
	for _, tc := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"good", status(200, "say Hello world"), "200"},
		{"text in three pieces", func(w http.ResponseWriter, r *http.Request) {
			for _, piece := range []string{"say He", "l", "lo world"} {
				io.WriteString(w, piece)
				w.(http.Flusher).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}, "200"},
		{"redirect is not followed", status(302, "Hello"), "302"},
		{"without the text", status(200, "Error establishing a database connection"), observation.CodeBody},
		{"bad gateway", status(502, "Hello"), "502"},
		{"not found", status(404, "Hello"), "404"},
		{"slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, observation.CodeTimeout},
		{"slow body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "Hello")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, observation.CodeTimeout},
		{"reset", hijack(""), observation.CodeReset},
		{"torn", hijack("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nHello"), observation.CodeReset},
		{"garbage", hijack("bad\r\n\r\n"), observation.CodeError},
		{"refused", nil, observation.CodeRefused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url := refusing
			if tc.handler != nil {
				server := httptest.NewServer(tc.handler)
				defer server.Close()
				url = server.URL
			}
			rec, got := recorder()
			timeout := 10 * time.Second // a busy machine shall not make another code of it
			if tc.want == observation.CodeTimeout {
				timeout = 200 * time.Millisecond
			}
			closed := &workload.Closed{
				Ramp:   workload.Ramp{From: 2, To: 2, Hold: 500 * time.Millisecond},
				Target: workload.Target{URL: url, Expect: "Hello", Timeout: timeout},
			}
			if err := closed.Run(context.Background(), time.Now(), rec); err != nil {
				t.Fatal(err)
			}
			codes := got.byCode()
			if codes[tc.want] == 0 || codes[tc.want]+codes[observation.CodeUnfinished] != len(*got) {
				t.Errorf("codes %v, want %s", codes, tc.want)
			}
			if tc.want == observation.CodeRefused && len(*got) > 20 {
				t.Errorf("%d attempts in half a second: no back-off", len(*got))
			}
			for _, o := range *got {
				if o.Value <= 0 || o.Users < 1 || o.Users > 2 {
					t.Errorf("row %+v", o)
				}
			}
		})
	}
}

func TestClosedCancelled(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	rec, _ := recorder()
	closed := &workload.Closed{Ramp: workload.Ramp{From: 1, To: 10, Over: time.Minute}, Target: workload.Target{URL: server.URL, Timeout: time.Minute}}
	start := time.Now()
	if err := closed.Run(ctx, start, rec); err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}

// TestOpenRate holds the arrivals at a server against the integral of the rate.
func TestOpenRate(t *testing.T) {
	var served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		time.Sleep(20 * time.Millisecond)
	}))
	defer server.Close()
	rec, got := recorder()
	open := &workload.OpenLoop{
		Ramp:   workload.OpenRamp{From: 10, To: 110, Over: 2 * time.Second, MaxInFlight: 100},
		Target: workload.Target{URL: server.URL, Timeout: time.Second},
	}
	if err := open.Run(context.Background(), time.Now(), rec); err != nil {
		t.Fatal(err)
	}
	if want := 120; math.Abs(float64(len(*got)-want)) > 5 {
		t.Errorf("%d requests, want about %d", len(*got), want)
	}
	if int(served.Load()) != len(*got) {
		t.Errorf("server served %d requests, %d rows", served.Load(), len(*got))
	}
	for _, o := range *got {
		late, err := strconv.ParseFloat(o.Labels.Get("lateness"), 64)
		if err != nil || late < -0.001 || late > 0.5 || o.Users != observation.NoUsers {
			t.Errorf("row %+v", o)
		}
	}
}

// TestOpenLateness: with one worker and a server slower than the arrivals, sending
// falls behind, and the rows must say so.
func TestOpenLateness(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(50 * time.Millisecond) }))
	defer server.Close()
	rec, got := recorder()
	open := &workload.OpenLoop{
		Ramp:   workload.OpenRamp{From: 100, To: 100, Over: time.Second, MaxInFlight: 1},
		Target: workload.Target{URL: server.URL, Timeout: time.Second},
	}
	if err := open.Run(context.Background(), time.Now(), rec); err != nil {
		t.Fatal(err)
	}
	last := (*got)[len(*got)-1]
	late, _ := strconv.ParseFloat(last.Labels.Get("lateness"), 64)
	// request n is sent at about n x 50 ms and was due at n x 10 ms
	if want := 0.8 * last.Time; math.Abs(late-want) > 0.15 {
		t.Errorf("last request sent at %v s, late by %v s, want about %v s", last.Time, late, want)
	}
}

func TestRecorderError(t *testing.T) {
	failed := make(chan error, 1)
	rec := observation.NewRecorder(full{}, "t", 1, observation.Ramp, func(err error) { failed <- err })
	rec.Record(0, "m", 1, 0, "", "")
	rec.Record(0, "m", 1, 0, "", "")
	if err := <-failed; err == nil || rec.Err() != err {
		t.Errorf("%v, %v", err, rec.Err())
	}
}

type full struct{}

func (full) Write(observation.Observation) error { return fmt.Errorf("no space left on device") }
