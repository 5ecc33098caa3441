package campaign

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"virtcmp/internal/command"
	"virtcmp/internal/csvio"
	"virtcmp/internal/monitor"
	"virtcmp/internal/observation"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/drivers"
)

// facts records what it takes to repeat the trial.
func (r *run) facts(rec *observation.Recorder, external bool) {
	c, e := r.config, r.config.Experiments
	own := func(key string, value any, more ...string) {
		rec.Fact(monitor.Generator, key, fmt.Sprint(value), more...)
	}
	perTrial := []string{"experiment", r.trial.Experiment}
	own("campaign", c.Name)
	own("virtcmp_version", command.Version)
	own("seed", c.Seed)
	if c.Baseline != "" {
		own("baseline", c.Baseline)
	}
	own("trial", r.trial.Order, perTrial...)
	own("start_time", r.began.UTC().Format(time.RFC3339), perTrial...)
	own("path", e.Page.Path)
	own("expect", e.Page.Expect)
	switch r.trial.Experiment {
	case observation.Ramp:
		own("loop", "closed", perTrial...)
		own("ramp_from", e.Ramp.From)
		own("ramp_to", e.Ramp.To)
		own("ramp_over_seconds", e.Ramp.Over.Seconds())
		own("ramp_end_seconds", e.Ramp.End().Seconds())
		own("ramp_timeout_seconds", e.Page.Timeout.Seconds())
	case observation.Open:
		own("loop", "open", perTrial...)
		own("open_from_per_second", e.Open.From)
		own("open_to_per_second", e.Open.To)
		own("open_end_seconds", e.Open.Over.Seconds())
	case observation.Select:
		own("select_queries", e.Select.Queries)
	case observation.Insert:
		own("insert_rows", e.Insert.Rows)
		own("insert_stressors", strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Insert.Stress), " ", ","), "[]"))
	case observation.Isolation:
		own("isolation_aggressors", strings.Join(e.Isolation.Aggressors, ","))
		own("isolation_victims", strings.Join(e.Isolation.Victims, ","))
		own("isolation_stressors", e.Isolation.Stressors)
		own("isolation_queries", e.Isolation.Queries)
		own("isolation_batches", e.Isolation.Batches)
		own("isolation_rows", e.Isolation.Rows)
		own("isolation_requests", e.Isolation.Requests)
	}
	for _, f := range machine() {
		rec.Fact(monitor.Generator, f.Key, f.Value)
		if !external {
			rec.Fact(monitor.Host, f.Key, f.Value)
		}
	}
	rec.Fact(monitor.Host, "driver", driver(c, r.trial.Testbed))
	for _, f := range r.testbed.Facts() {
		rec.Fact(f.Host, f.Key, f.Value)
	}
}

func driver(c Config, name string) string {
	i := slices.IndexFunc(c.Testbeds, func(s testbed.Spec) bool { return s.Name == name })
	return drivers.Name(c.Testbeds[i])
}

// machine describes this machine.
func machine() []testbed.Fact {
	var facts []testbed.Fact
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, testbed.Fact{Key: key, Value: value})
		}
	}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		add("kernel", unix.ByteSliceToString(u.Release[:]))
	}
	add("os", strings.Trim(field("/etc/os-release", "PRETTY_NAME", "="), `"`))
	add("cpu_model", field("/proc/cpuinfo", "model name", ":"))
	add("cpus", strconv.Itoa(runtime.NumCPU()))
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		add("memory_bytes", strconv.FormatUint(info.Totalram*uint64(info.Unit), 10))
		add("swap_bytes", strconv.FormatUint(info.Totalswap*uint64(info.Unit), 10))
	}
	return facts
}

// field returns what stands behind a key in the first line of a file that has it.
func field(path, key, separator string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		k, v, ok := strings.Cut(lines.Text(), separator)
		if ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func stateLabel(state string) csvio.Labels { return csvio.MakeLabels("state", state) }

// shuffled returns the levels in an order of the trial's own, so that none of them
// always comes on a warmed-up database.
func shuffled[T any](levels []T, seed uint64, t Trial) []T {
	levels = slices.Clone(levels)
	rng := rand.New(rand.NewPCG(seed, uint64(t.Order)))
	rng.Shuffle(len(levels), func(i, j int) { levels[i], levels[j] = levels[j], levels[i] })
	return levels
}
