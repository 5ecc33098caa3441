package analysis_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"virtcmp/internal/analysis"
	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

func optionsWith(baseline string) analysis.Options { return analysis.Options{Baseline: baseline} }

// clean is a campaign that breaks no rule: ten interleaved runs on two testbeds.
func clean() (rows []observation.Observation) {
	trial := 0
	for run := 1; run <= 10; run++ {
		for _, testbed := range []string{"a", "b"} {
			trial++
			for _, f := range [][3]string{
				{"generator", "ramp_from", "1"}, {"generator", "ramp_to", "10"}, {"generator", "ramp_over_seconds", "10"}, {"generator", "ramp_end_seconds", "20"},
				{"generator", "select_queries", "3"}, {"generator", "insert_stressors", "0,2"}, {"generator", "cpus", "2"},
				{"host", "accelerator", "kvm"}, {"host", "kernel", "6.18"},
				{"app", "limit_memory_bytes", "1000"}, {"app", "kernel", "6." + testbed}, {"db", "software_mariadb", "10.11"},
			} {
				rows = append(rows, fact(testbed, run, f[0], f[1], f[2]))
			}
			for _, experiment := range []string{"ramp", "select", "insert"} {
				rows = append(rows, fact(testbed, run, "generator", "trial", strconv.Itoa(trial), "experiment", experiment))
			}
			rows = append(rows, closedLoop(testbed, run, func(users float64) float64 { return 0.1 * (1 + 0.05*(users-1) + 0.03*users*(users-1)) })...)
			for i := range 21 {
				rows = append(rows, counter(testbed, run, float64(i), "process_cpu_seconds_total", float64(i), "host=generator"))
			}
			for i := range 3 {
				rows = append(rows, probe(testbed, run, "select", "sql_select_duration_seconds", 1+float64(i), ""))
			}
			for _, stress := range []string{"0", "2"} {
				rows = append(rows, probe(testbed, run, "insert", "sql_insert_duration_seconds", 1, csvio.Labels("rows=100;stress="+stress)))
			}
		}
	}
	return rows
}

// withHost adds what used the two processors in the fourth ramp of b: the guests three
// quarters of one, the generator all of one, and others that share of both.
func withHost(others float64) func([]observation.Observation) []observation.Observation {
	return func(all []observation.Observation) []observation.Observation {
		all = append(all, fact("b", 4, "host", "cpus", "2"))
		for _, t := range []float64{0, 7, 20} {
			all = append(all,
				counter("b", 4, t, "container_cpu_usage_seconds_total", 3+0.5*t, "host=app"),
				counter("b", 4, t, "container_cpu_usage_seconds_total", 0.25*t, "host=db"),
				counter("b", 4, t, "node_cpu_seconds_total", 9+1.5*t, "host=host;mode=user"),
				counter("b", 4, t, "node_cpu_seconds_total", (0.25+2*others)*t, "host=host;mode=system"),
				counter("b", 4, t, "node_cpu_seconds_total", 5*t, "host=host;mode=idle"),
				counter("b", 4, t, "node_cpu_seconds_total", 5*t, "host=app;mode=user"))
		}
		return all
	}
}

// closedLoop is a ramp of ten users in ten seconds, until 20 s, whose requests take so
// long beside so many users.
func closedLoop(testbed string, run int, seconds func(users float64) float64) (rows []observation.Observation) {
	const end = 20.0
	for user := range 10 {
		for at := 1.0001 * float64(user); at < end; { // no two in step
			users := min(10, 1+int(at))
			took, code := seconds(float64(users)), "200"
			if at+took > end {
				took, code = end-at, "unfinished"
			}
			rows = append(rows, request(testbed, run, at, took, users, code))
			at += took
		}
	}
	return rows
}

func TestValidity(t *testing.T) {
	type rows = []observation.Observation
	// change returns a breakage that changes the rows of b that it is for.
	change := func(which func(*observation.Observation) bool, how func(*observation.Observation)) func(rows) rows {
		return func(all rows) rows {
			for i := range all {
				if all[i].Testbed == "b" && which(&all[i]) {
					how(&all[i])
				}
			}
			return all
		}
	}
	setFact := func(host, key, value string) func(rows) rows {
		return change(func(o *observation.Observation) bool {
			return o.Labels.Get("host") == host && o.Labels.Get("key") == key
		}, func(o *observation.Observation) { o.Labels = fact("b", 1, host, key, value).Labels })
	}
	drop := func(which func(*observation.Observation) bool) func(rows) rows {
		return func(all rows) rows {
			return slices.DeleteFunc(all, func(o observation.Observation) bool { return o.Testbed == "b" && which(&o) })
		}
	}
	add := func(more ...observation.Observation) func(rows) rows {
		return func(all rows) rows { return append(all, more...) }
	}
	// remake gives b other requests, changed after that.
	remake := func(seconds func(float64) float64, how func(*observation.Observation)) func(rows) rows {
		return func(all rows) rows {
			all = drop(func(o *observation.Observation) bool { return o.Metric == "http_request_duration_seconds" })(all)
			for run := 1; run <= 10; run++ {
				for _, o := range closedLoop("b", run, seconds) {
					how(&o)
					all = append(all, o)
				}
			}
			return all
		}
	}
	withOpen := func(labels csvio.Labels) func(rows) rows {
		return func(all rows) rows {
			for run := 1; run <= 10; run++ {
				for _, testbed := range []string{"a", "b"} {
					for i := range 20 {
						o := probe(testbed, run, "open", "http_request_duration_seconds", 0.5, "lateness=0.000200")
						if o.Time, o.Code = float64(i), "200"; testbed == "b" {
							o.Labels = labels
						}
						all = append(all, o)
					}
					all = append(all, fact(testbed, run, "generator", "trial", strconv.Itoa(100+run), "experiment", "open"))
				}
			}
			return all
		}
	}
	for _, tc := range []struct {
		name   string
		damage func(rows) rows
		want   []string
	}{
		{"nothing", add(), nil},
		{"nine runs", drop(func(o *observation.Observation) bool { return o.Run == 10 }),
			[]string{"b: warning=few-runs;runs=9;experiment=insert,ramp,select"}},
		{"two runs of one experiment", drop(func(o *observation.Observation) bool { return o.Run > 1 && o.Run < 10 && o.Experiment == "select" }),
			[]string{"b: warning=too-few-runs;runs=2;experiment=select"}},
		{"an experiment on one testbed", drop(func(o *observation.Observation) bool { return o.Experiment == "insert" }),
			[]string{"b: warning=too-few-runs;runs=0;experiment=insert"}},
		{"one testbed after the other", func(all rows) rows {
			for i, o := range all {
				if n, err := strconv.Atoi(o.Labels.Get("value")); err == nil && o.Labels.Get("key") == "trial" && o.Labels.Get("experiment") == "ramp" {
					all[i].Labels = fact("", 1, "generator", "trial", strconv.Itoa((n+1)/2+10*(n%2)), "experiment", "ramp").Labels
				}
			}
			return all
		}, []string{"warning=not-interleaved;experiment=ramp;first=b;then=a;share=1"}},
		{"order not recorded", drop(func(o *observation.Observation) bool { return o.Labels.Get("experiment") == "select" }),
			[]string{"warning=order-unknown;experiment=select;runs=10"}},
		{"a busy generator", change(func(o *observation.Observation) bool {
			return o.Metric == "process_cpu_seconds_total" && o.Run == 3 && o.Time >= 10
		}, func(o *observation.Observation) { o.Value += 0.7 * (o.Time - 10) }),
			[]string{"b: warning=generator-saturated;experiment=ramp;runs=1;of=10;run=3;share=0.85;cpus=2;time=10"}},
		{"a neighbour", add(fact("b", 2, "generator", "cpu_steal_share", "0.06", "experiment", "insert"), fact("b", 3, "generator", "cpu_steal_share", "0.11", "experiment", "insert"),
			fact("b", 3, "generator", "cpu_steal_share", "0.04", "experiment", "ramp")),
			[]string{"b: warning=disturbed;experiment=insert;runs=2;of=10;run=3;share=0.11"}},
		{"programs beside the guests", withHost(0.3), []string{"b: warning=busy-host;experiment=ramp;runs=1;of=10;run=4;share=0.3"}},
		{"the kernel beside the guests", withHost(0.09), nil},
		{"guests unknown", func(all rows) rows {
			return drop(func(o *observation.Observation) bool {
				return o.Labels.Get("host") == "db" && o.Metric != "environment_info"
			})(withHost(0.3)(all))
		}, nil},
		{"late users", change(func(o *observation.Observation) bool { return o.Users > 5 && o.Run > 8 }, func(o *observation.Observation) { o.Users -= observation.Users(o.Run - 7) }),
			[]string{"b: warning=little-violated;experiment=ramp;runs=2;of=10;run=10;ratio=1.429", "b: warning=off-schedule;experiment=ramp;runs=2;of=10;run=10;time=5;users=3;planned=6"}},
		{"one user late", change(func(o *observation.Observation) bool { return o.Users > 5 && o.Users < 10 }, func(o *observation.Observation) { o.Users-- }), nil},
		{"broken off", drop(func(o *observation.Observation) bool { return o.Run == 4 && o.Experiment == "ramp" && o.Time > 12 }),
			[]string{"b: warning=incomplete-run;experiment=ramp;runs=1;of=10;run=4;end=12.4;planned=20", "b: warning=lost-rows;experiment=ramp;runs=1;of=10;run=4;user_seconds=1.752;share=0.02218;time=12.19"}},
		{"lost queries", drop(func(o *observation.Observation) bool { return o.Run < 3 && o.Value == 3 && o.Experiment == "select" }),
			[]string{"b: warning=incomplete-run;experiment=select;runs=2;of=10;run=1;queries=2;planned=3"}},
		{"no unstressed batch", drop(func(o *observation.Observation) bool { return o.Run == 5 && o.Labels.Get("stress") == "0" }),
			[]string{"b: warning=incomplete-run;experiment=insert;runs=1;of=10;run=5;stress=0"}},
		{"failed queries", func(all rows) rows {
			o := probe("b", 2, "select", "sql_select_duration_seconds", 9, "")
			o.Code = "error"
			return append(all, o)
		}, []string{"b: warning=failed-probes;experiment=select;rows=1"}},
		{"rows twice", func(all rows) rows {
			for _, o := range all {
				if o.Testbed == "b" && o.Experiment == "ramp" && o.Run == 7 {
					all = append(all, o)
				}
			}
			return all
		}, []string{"b: warning=duplicate-rows;experiment=ramp;runs=1;of=10;run=7;rows=486", "b: warning=little-violated;experiment=ramp;runs=1;of=10;run=7;ratio=2"}},
		{"emulation", setFact("host", "accelerator", "tcg"), []string{"b: warning=software-emulation;accelerator=tcg"}},
		{"memory", setFact("app", "limit_memory_bytes", "2000"),
			[]string{"b: warning=different-limits;host=app;key=limit_memory_bytes;value=2000;baseline=a;baseline_value=1000"}},
		{"version", setFact("db", "software_mariadb", "11"),
			[]string{"b: warning=different-versions;host=db;key=software_mariadb;value=11;baseline=a;baseline_value=10.11"}},
		{"stack, and so image", add(fact("a", 1, "app", "stack", "apache"), fact("b", 1, "app", "stack", "nginx-fpm"),
			fact("a", 1, "db", "image_digest", "sha256:1"), fact("b", 1, "db", "image_digest", "sha256:2")),
			[]string{"b: warning=different-stacks;host=app;key=stack;value=nginx-fpm;baseline=a;baseline_value=apache"}},
		{"image", add(fact("a", 1, "app", "stack", "apache"), fact("b", 1, "app", "stack", "apache"),
			fact("a", 1, "db", "image_digest", "sha256:1"), fact("b", 1, "db", "image_digest", "sha256:2")),
			[]string{"b: warning=different-versions;host=db;key=image_digest;value=sha256:2;baseline=a;baseline_value=sha256:1"}},
		{"host", setFact("host", "kernel", "5"), []string{"b: warning=different-hosts;host=host;key=kernel;value=5;baseline=a;baseline_value=6.18"}},
		{"load", add(fact("a", 1, "generator", "ramp_timeout_seconds", "30"), fact("b", 1, "generator", "ramp_timeout_seconds", "60")),
			[]string{"b: warning=different-load;host=generator;key=ramp_timeout_seconds;value=60;baseline=a;baseline_value=30"}},
		{"other experiments, other loads", add(fact("a", 1, "generator", "loop", "closed", "experiment", "ramp"), fact("a", 1, "generator", "loop", "open", "experiment", "insert"),
			fact("b", 1, "generator", "loop", "closed", "experiment", "ramp"), fact("b", 1, "generator", "loop", "open", "experiment", "insert")), nil},
		{"another load in one experiment", add(fact("a", 1, "generator", "loop", "closed", "experiment", "ramp"), fact("a", 1, "generator", "loop", "open", "experiment", "insert"),
			fact("b", 1, "generator", "loop", "open", "experiment", "ramp")),
			[]string{"b: warning=different-load;host=generator;key=loop;value=open;baseline=a;baseline_value=closed"}},
		{"guest kernels differ by nature", setFact("app", "kernel", "5"), nil},
		{"demonstration", add(fact("b", 1, "generator", "demonstration", "yes")), []string{"b: warning=demonstration"}},
		{"timed from outside", change(func(o *observation.Observation) bool { return o.Experiment == "select" && o.Run == 1 },
			func(o *observation.Observation) { o.Labels = "client=generator" }),
			[]string{"b: warning=client-outside;experiment=select;runs=1"}},
		{"an experiment that is not known", add(probe("b", 1, "soak", "http_request_duration_seconds", 1, "")),
			[]string{"warning=not-analysed;experiment=soak;rows=1"}},
		{"users who think", remake(func(users float64) float64 { return 0.1 * (1 + 0.05*(users-1) + 0.03*users*(users-1)) }, func(o *observation.Observation) { o.Value *= 0.8 }), []string{"b: warning=little-violated;experiment=ramp;runs=10;of=10;run=1;ratio=0.802"}},
		{"a busy server", remake(func(users float64) float64 { return 0.05 * users }, func(*observation.Observation) {}), []string{"b: warning=kappa-unidentified;users=10;peak_users=5.8"}},
		{"a peak far off", remake(func(users float64) float64 { return 0.05 * (1 + 0.01*(users-1) + 0.0001*users*(users-1)) }, func(*observation.Observation) {}), []string{"b: warning=kappa-unidentified;users=10;peak_users=144.4"}},
		{"few users", change(func(o *observation.Observation) bool {
			return o.Metric == "http_request_duration_seconds" && o.Run == 4
		},
			func(o *observation.Observation) { o.Users = min(o.Users, 4) }), []string{"b: warning=little-violated;experiment=ramp;runs=1;of=10;run=4;ratio=2.5", "b: warning=off-schedule;experiment=ramp;runs=1;of=10;run=4;time=9.001;users=4;planned=10", "b: warning=too-few-levels;experiment=ramp;runs=1;of=10;run=4;levels=4"}},
		{"lost rows", drop(func(o *observation.Observation) bool {
			return o.Metric == "http_request_duration_seconds" && o.Run == 6 && o.Time > 12 && o.Time < 13
		}), []string{"b: warning=lost-rows;experiment=ramp;runs=1;of=10;run=6;user_seconds=9.513;share=0.06138;time=12.67"}},
		{"refused for a second", change(func(o *observation.Observation) bool {
			return o.Metric == "http_request_duration_seconds" && o.Run == 6 && o.Time > 12 && o.Time < 12.5
		}, func(o *observation.Observation) { o.Value, o.Code = 0.001, "refused" }), nil},
		{"no samples", drop(func(o *observation.Observation) bool {
			return o.Metric == "process_cpu_seconds_total" && o.Run == 2 && o.Time > 4 && o.Time < 11
		}), []string{"b: warning=sampling-gap;experiment=ramp;runs=1;of=10;run=2;gap=7;time=4"}},
		{"two at once", func(all rows) rows {
			for i := range 4 { // trials 1 to 4, half a minute apart but for the third, which began five seconds after the second
				second := []int{0, 30, 35, 90}[i]
				all = append(all, fact([]string{"a", "b"}[i%2], 1+i/2, "generator", "start_time", fmt.Sprintf("2026-01-02T03:%02d:%02dZ", second/60, second%60), "experiment", "ramp"))
			}
			return all
		}, []string{"a: warning=clock-step;experiment=ramp;run=2;seconds=15;after=b"}},
		{"depth of control groups", add(fact("a", 1, "app", "cgroup_parent", "/virtcmp"), fact("b", 1, "app", "cgroup_parent", "/a/virtcmp")), []string{"b: warning=different-cgroups;host=app;key=cgroup_parent;value=/a/virtcmp;baseline=a;baseline_value=/virtcmp"}},
		{"kernels of one class", add(fact("a", 1, "host", "class", "container"), fact("b", 1, "host", "class", "container")), []string{"b: warning=different-kernels;host=app;key=kernel;value=6.b;baseline=a;baseline_value=6.a;class=container"}},
		{"kernels of two classes", add(fact("a", 1, "host", "class", "container"), fact("b", 1, "host", "class", "sandbox")), nil},
		{"an open loop without intended times", withOpen(""), []string{"b: warning=intended-unknown;experiment=open;runs=10;of=10;run=1;rows=20"}},
		{"an open loop behind its time", withOpen("lateness=0.2"), []string{"b: warning=late-sends;experiment=open;runs=10;of=10;run=1;lateness=0.2;p99=0.7"}},
		{"an open loop in time", withOpen("lateness=0.000200"), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := analyse(t, tc.damage(clean())).warnings(); !slices.Equal(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// A real campaign whose testbeds are measured one after the other says so.
func TestBlockedCampaign(t *testing.T) {
	c := small()
	c.Blocked = true
	var got []string
	for _, w := range analyse(t, c.Rows()).warnings() {
		if w[0] == 'w' { // about the campaign
			got = append(got, w)
		}
	}
	var want []string
	for _, experiment := range []string{"footprint", "insert", "ramp", "select", "startup"} {
		want = append(want, fmt.Sprintf("warning=not-interleaved;experiment=%s;first=lxc;then=uml;share=1", experiment))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
