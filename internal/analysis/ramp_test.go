package analysis_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"virtcmp/internal/finding"
	"virtcmp/internal/observation"
)

func TestThroughput(t *testing.T) {
	rows := []observation.Observation{
		fact("a", 1, "generator", "ramp_end_seconds", "12"),
		request("a", 1, 0, 1, 1, "200"),
		request("a", 1, 1, 1, 1, "302"),
		request("a", 1, 4, 2, 1, "200"), // answered in the second window
		request("a", 1, 6, 1, 1, "body"),
		request("a", 1, 7, 1, 1, "502"),
		request("a", 1, 10, 2, 1, "unfinished"),
		request("a", 2, 0, 11.9, 1, "200"),
		counter("a", 1, 0, "container_cpu_usage_seconds_total", 10, "host=app"),
		counter("a", 1, 12, "container_cpu_usage_seconds_total", 11, "host=app"),
		counter("a", 1, 0, "container_cpu_usage_seconds_total", 5, "host=db"),
		counter("a", 1, 12, "container_cpu_usage_seconds_total", 5.5, "host=db"),
		counter("a", 2, 12, "container_cpu_usage_seconds_total", 5.5, "host=app"), // no database: no cost
	}
	f := analyse(t, rows)
	if got := f.one(t, "throughput/successful_requests", "a", ofRun(1)); got.Value != 3 || got.N != 6 || got.Unit != finding.Requests {
		t.Errorf("%+v", got)
	}
	if got := f.one(t, "throughput/successful_requests", "a", overRuns("")); got.Value != 2 || got.N != 2 || got.Low.Present() || got.Note != "interval=too-few-runs" {
		t.Errorf("%+v", got)
	}
	codes := map[string]float64{}
	for _, one := range f.get("throughput/failed_requests", "a", ofRun(1)) {
		codes[one.Note.Get("code")] = float64(one.Value)
	}
	if len(codes) != 4 || codes["all"] != 3 || codes["body"] != 1 || codes["502"] != 1 || codes["unfinished"] != 1 {
		t.Errorf("failures by code: %v", codes)
	}
	if got := values(f.get("throughput/failed_requests", "a", ofRun(2))); !equal(got, []float64{0, 0, 0, 0}) {
		t.Errorf("failures of the run without: %v", got)
	}
	if got := f.one(t, "throughput/cpu_per_request", "a", ofRun(1)); got.Value != 0.5 {
		t.Errorf("%+v", got)
	}
	if got := f.get("throughput/cpu_per_request", "a", ofRun(2)); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	rate := f.get("throughput/requests_per_second", "a", ofRun(1))
	if got := values(rate); !equal(got, []float64{2.0 / 5, 1.0 / 5, 0}) || rate[2].X != 11 {
		t.Errorf("rate %v", rate)
	}
}

// Successive requests are so by when they were sent, whatever the order of their ends or rows.
func TestMovingAverage(t *testing.T) {
	var rows []observation.Observation
	for i := range 32 {
		rows = append(rows, request("a", 1, float64(i), float64(i), 1, "200"))
	}
	rows = append(rows, request("a", 1, 30.5, 0.001, 1, "503")) // is not among them
	slices.Reverse(rows)
	f := analyse(t, rows)
	got := f.get("latency/moving_average_30", "a", ofRun(1))
	if !equal(values(got), []float64{14.5, 15.5, 16.5}) || got[0].X != 29 || got[2].X != 31 || got[0].N != 30 {
		t.Errorf("%v", got)
	}
	if got := f.get("latency/moving_average_30", "a", overRuns("")); len(got) != 0 {
		t.Errorf("a series over runs: %v", got)
	}
}

func TestLatency(t *testing.T) {
	var rows []observation.Observation
	for i := range 101 { // took 0 to 100 ms, over 40 s
		rows = append(rows, request("a", 1, 0.4*float64(i), 0.001*float64(i), 1+i/10, "200"))
	}
	f := analyse(t, rows)
	for name, want := range map[string]float64{"mean": 0.05, "p50": 0.05, "p90": 0.09, "p95": 0.095, "p99": 0.099, "max": 0.1} {
		if got := f.one(t, "latency/"+name, "a", ofRun(1)); !equal([]float64{float64(got.Value)}, []float64{want}) || got.N != 101 || got.Unit != finding.Seconds {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
	medians := f.get("latency/median_10s", "a", ofRun(1))
	if !equal(values(medians), []float64{0.012, 0.037, 0.062, 0.087, 0.1}) {
		t.Errorf("medians %v", medians)
	}
	if medians[0].X != 5 || medians[1].X != 15 || medians[0].N != 25 {
		t.Errorf("medians %v", medians)
	}
	if got := f.one(t, "latency/trend_slope", "a", ofRun(1)); got.Value < 0.0095 || got.Value > 0.0105 || got.Unit != finding.SecondsPerUser {
		t.Errorf("10 ms a user: %+v", got)
	}
}

// A failed request, however fast, moves no number of latency.
func TestFailuresAndLatency(t *testing.T) {
	rows := small().Rows()
	want := latencyOnly(analyse(t, rows))
	rng := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		rows = append(rows, request("lxc", 1+rng.IntN(3), 50*rng.Float64(), 1e-6, 1, "503"))
	}
	if got := latencyOnly(analyse(t, rows)); got.csv(t) != want.csv(t) {
		t.Errorf("fast failures move latency: %s", firstDifference(got.csv(t), want.csv(t)))
	}
}

// Requests that time out count as slow: more of them never improve a number.
func TestTimeoutsAndLatency(t *testing.T) {
	ramp := func(timeouts int) found {
		var rows []observation.Observation
		for i := range 100 {
			rows = append(rows, request("a", 1, float64(i)/10, 0.1+0.001*float64(i), 1, "200"))
			if i >= 100-timeouts {
				rows = append(rows, request("a", 1, float64(i)/10, 5, 1, "timeout"))
			}
		}
		return analyse(t, rows)
	}
	before := ramp(0)
	for timeouts := 1; timeouts <= 100; timeouts += 33 {
		after := ramp(timeouts)
		for _, name := range []string{"mean", "p50", "p90", "p95", "p99", "max"} {
			a, b := before.one(t, "latency/"+name, "a", ofRun(1)), after.one(t, "latency/"+name, "a", ofRun(1))
			if b.Value < a.Value || b.N != 100+timeouts || b.Note.Get("timeouts") != strconv.Itoa(timeouts) {
				t.Errorf("%d timeouts make %s %v of %v", timeouts, name, b, a)
			}
		}
		if all := after.one(t, "latency/p50", "a", overRuns("")); all.Note.Get("timeouts") != strconv.Itoa(timeouts) {
			t.Errorf("%+v", all)
		}
		before = after
	}
	for timeouts, windows := range map[int]int{67: 1, 100: 0} { // with a median that is known
		f := ramp(timeouts)
		if got := f.get("latency/median_10s", "a", ofRun(1)); len(got) != windows || windows > 0 && got[0].N != 100+timeouts {
			t.Errorf("%d of 100 timed out: medians %v", timeouts, got)
		}
		if got := f.get("latency/p95_10s", "a", ofRun(1)); len(got) != 0 {
			t.Errorf("%d of 100 timed out, and yet p95 is %v", timeouts, got)
		}
	}
	none := analyse(t, []observation.Observation{request("a", 1, 0, 5, 1, "timeout")})
	if got := none.one(t, "latency/p50", "a", ofRun(1)); got.Value != 5 || got.Note != "timeouts=1" {
		t.Errorf("nothing but a timeout: %+v", got)
	}
}

// The last windows of a run must not consist of its quick requests.
func TestLatencyAtTheEnd(t *testing.T) {
	var rows []observation.Observation
	for i := range 400 { // ten requests a second; those of the last 5 s had answered after 0.1 s or not at all
		at := float64(i) / 10
		took, code := 5.0, "200"
		if at > 35 {
			took, code = 40-at, "unfinished"
			if i%3 == 0 {
				took, code = 0.1, "200"
			}
		}
		rows = append(rows, request("a", 1, at, took, 1, code))
	}
	f := analyse(t, rows)
	if got := values(f.get("latency/median_10s", "a", ofRun(1))); !equal(got, []float64{5, 5, 5, 5}) {
		t.Errorf("medians %v", got)
	}
	if got := values(f.get("latency/p95_10s", "a", ofRun(1))); !equal(got, []float64{5, 5, 5}) {
		t.Errorf("95th percentiles %v", got)
	}
}

func latencyOnly(f found) found {
	return slices.DeleteFunc(slices.Clone(f), func(one finding.Finding) bool { return one.Analysis != finding.Latency })
}

func TestErrorOnset(t *testing.T) {
	// Ten requests a second for 100 s, each answered after 10 ms; code says how.
	ramp := func(code func(i int) string) []observation.Observation {
		rows := []observation.Observation{fact("a", 1, "generator", "ramp_end_seconds", "100")}
		for i := range 1000 {
			rows = append(rows, request("a", 1, float64(i)/10, 0.01, 1+i/100, code(i)))
		}
		return rows
	}
	from := func(begin, end, every int, code string) func(int) string {
		return func(i int) string {
			if i >= begin && i < end && i%every == 0 {
				return code
			}
			return "200"
		}
	}
	for _, tc := range []struct {
		name string
		code func(int) string
		want float64 // seconds, -1: none
	}{
		{"none", from(0, 0, 1, ""), -1},
		{"from 60 s on", from(600, 1000, 1, "502"), 60.01},
		{"every third", from(600, 1000, 3, "timeout"), 60.01},
		{"every tenth", from(600, 1000, 10, "body"), 60.01},
		{"one in fifty", from(0, 1000, 50, "502"), -1},
		{"three seconds", from(600, 630, 1, "502"), -1},
		{"half a minute", from(600, 900, 2, "502"), 60.01},
		{"three seconds, then for good", func(i int) string {
			if i >= 100 && i < 130 || i >= 700 {
				return "502"
			}
			return "200"
		}, 70.01},
		{"unfinished at the end", from(900, 1000, 1, "unfinished"), -1},
		{"from the start", from(0, 1000, 1, "refused"), 0.01},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := analyse(t, ramp(tc.code))
			if tc.want < 0 {
				f.one(t, "error_onset/none", "a", ofRun(1))
				f.one(t, "error_onset/none", "a", overRuns(""))
				return
			}
			if got := f.one(t, "error_onset/time", "a", ofRun(1)); !equal([]float64{float64(got.Value)}, []float64{tc.want}) {
				t.Errorf("%v, want %v", got, tc.want)
			}
			if got := f.one(t, "error_onset/users", "a", ofRun(1)); int(got.Value) != 1+int(tc.want/10) {
				t.Errorf("%v", got)
			}
			if got := f.get("error_onset/none", "a", func(finding.Finding) bool { return true }); len(got) != 0 {
				t.Errorf("and yet %v", got)
			}
		})
	}
	rate := analyse(t, ramp(from(600, 1000, 2, "502"))).get("error_onset/failures_per_second", "a", sumOfCodes)
	if len(rate) != 20 || rate[0].Value != 0 || rate[15].Value != 5 || rate[15].X != 77.5 {
		t.Errorf("failures by time: %v", rate)
	}
}

func sumOfCodes(f finding.Finding) bool { return f.Run == 1 && f.Note == "" }

// What happens after failures have begun: by which codes, what is still served, and when it is over.
func TestAfterErrorOnset(t *testing.T) {
	// Ten requests a second for 200 s, each answered after 10 ms; code says how.
	ramp := func(run int, code func(second float64) string) []observation.Observation {
		rows := []observation.Observation{fact("a", run, "generator", "ramp_end_seconds", "200")}
		for i := range 2000 {
			rows = append(rows, request("a", run, float64(i)/10, 0.01, 1+i/100, code(float64(i)/10)))
		}
		return rows
	}
	every := func(second float64, n int) bool { return int(math.Round(10*second))%n == 0 }
	between := func(from, to float64, n int) func(float64) string {
		return func(at float64) string {
			if at >= from && at < to && every(at, n) {
				return "502"
			}
			return "200"
		}
	}
	for _, tc := range []struct {
		name          string
		code          func(float64) string
		recovery      float64 // seconds, -1: none, 0: there was nothing to recover from
		before, after float64 // requests a second
		onset         float64
	}{
		{"nothing", between(0, 0, 1), 0, 0, 0, 0},
		{"until the end", between(100, 200, 2), -1, 10, 5, 100.01},
		{"half a minute", between(100, 130, 1), 129.91, 10, 7, 100.01},
		{"until shortly before the end", between(100, 195, 1), -1, 10, 0.5, 100.01},
		{"twice", func(at float64) string {
			if at >= 120 && at < 160 {
				return between(120, 160, 1)(at)
			}
			return between(40, 80, 1)(at)
		}, 159.91, 10, 5, 40.01},
		{"twice, then until the end", func(at float64) string {
			if at >= 120 {
				return "timeout"
			}
			return between(40, 80, 1)(at)
		}, -1, 10, 2.5, 40.01},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := analyse(t, ramp(1, tc.code))
			if tc.recovery == 0 {
				for _, name := range []string{"recovery", "no_recovery", "goodput_before", "goodput_after", "goodput_kept"} {
					if got := f.get("error_onset/"+name, "a", ofRun(1)); len(got) != 0 {
						t.Errorf("%v", got)
					}
				}
				return
			}
			if got := f.one(t, "error_onset/time", "a", ofRun(1)); !equal(values(found{got}), []float64{tc.onset}) {
				t.Errorf("onset %v, want %v", got.Value, tc.onset)
			}
			if tc.recovery < 0 {
				f.one(t, "error_onset/no_recovery", "a", ofRun(1))
				f.one(t, "error_onset/no_recovery", "a", overRuns(""))
			} else if got := f.one(t, "error_onset/recovery", "a", ofRun(1)); !equal(values(found{got}), []float64{tc.recovery}) {
				t.Errorf("recovery %v, want %v", got.Value, tc.recovery)
			}
			for name, want := range map[string]float64{"goodput_before": tc.before, "goodput_after": tc.after, "goodput_kept": tc.after / tc.before} {
				if got := f.one(t, "error_onset/"+name, "a", ofRun(1)); math.Abs(float64(got.Value)-want) > 0.02*want {
					t.Errorf("%s: %v, want about %v", name, got.Value, want)
				}
			}
		})
	}

	var rows []observation.Observation
	for run, to := range []float64{130, 200, 140} {
		rows = append(rows, ramp(run+1, between(100, to, 1))...)
	}
	f := analyse(t, rows)
	if got := f.one(t, "error_onset/recovery", "a", overRuns("")); got.Value != 134.91 || got.N != 2 || got.Note.Get("runs") != "3" || got.Note.Get("without") != "1" {
		t.Errorf("%+v", got)
	}
	if got := f.get("error_onset/no_recovery", "a", overRuns("")); len(got) != 0 {
		t.Errorf("and yet %v", got)
	}
}

// Failures of each code over time add up to all of them.
func TestFailuresByCode(t *testing.T) {
	rows := []observation.Observation{fact("a", 1, "generator", "ramp_end_seconds", "100")}
	for i := range 1000 {
		code := []string{"200", "502", "timeout", "200", "unfinished"}[i%5]
		if i < 500 {
			code = "200"
		}
		rows = append(rows, request("a", 1, float64(i)/10, 0.01, 1, code))
	}
	f := analyse(t, rows)
	sum, codes := map[finding.Number]float64{}, map[string]bool{}
	for _, one := range f.get("error_onset/failures_per_second", "a", ofRun(1)) {
		if code := one.Note.Get("code"); code != "" {
			codes[code] = true
			sum[one.X] += float64(one.Value)
			if one.Value <= 0 || one.N == 0 {
				t.Errorf("%+v", one)
			}
		}
	}
	if len(codes) != 2 || !codes["502"] || !codes["timeout"] {
		t.Errorf("codes %v", codes)
	}
	all := f.get("error_onset/failures_per_second", "a", sumOfCodes)
	if len(all) != 20 {
		t.Fatalf("%d windows", len(all))
	}
	for _, one := range all {
		if math.Abs(sum[one.X]-float64(one.Value)) > 1e-9 {
			t.Errorf("at %v s the codes' failures come to %v, all to %v", one.X, sum[one.X], one.Value)
		}
	}
}
