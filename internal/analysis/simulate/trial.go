package simulate

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// pageBytes is the size of a page of memory, and userBytes what one more user needs of it.
const (
	pageBytes = 4096
	userBytes = 3.8e6
)

// trial is every experiment once on one testbed, each from a fresh start.
type trial struct {
	Campaign
	bed    Testbed
	run    int
	number int // in the campaign
	rng    *rand.Rand
	emit   func(observation.Observation)
}

func (t *trial) all() {
	t.facts(observation.Ramp, 0)
	t.ramp(math.Exp(t.bed.Spread * t.rng.NormFloat64()))
	if t.Open.From > 0 {
		t.open()
	}
	if t.Probes {
		for i, experiment := range []string{observation.Startup, observation.Footprint, observation.Select, observation.Insert} {
			t.facts(experiment, i+1)
		}
		t.startup()
		t.sql()
	}
}

// add emits one observation.
func (t *trial) add(experiment, metric string, at, value float64, users observation.Users, code string, labels ...string) {
	t.emit(observation.Observation{
		Testbed: t.bed.Name, Run: t.run, Experiment: experiment, Time: math.Round(at*1e9) / 1e9, Metric: metric,
		Value: value, Users: users, Code: code, Labels: csvio.MakeLabels(labels...),
	})
}

// jitter returns about value, lognormal with the given sigma.
func (t *trial) jitter(value, sigma float64) float64 {
	return value * math.Exp(sigma*t.rng.NormFloat64())
}

// experiments is how many a trial has.
const experiments = 5

// facts emits what is known of the experiment that comes after so many others of the trial.
func (t *trial) facts(experiment string, after int) {
	order := experiments*(t.number-1) + after + 1
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	fact := func(host, key, value string, more ...string) {
		t.add(observation.Environment, "environment_info", 0, 1, observation.NoUsers, "", append([]string{"host", host, "key", key, "value", value}, more...)...)
	}
	fact("generator", "campaign", "simulated")
	fact("generator", "virtcmp_version", "0.1.0")
	fact("generator", "seed", strconv.FormatUint(t.Seed, 10))
	if t.Baseline != "" {
		fact("generator", "baseline", t.Baseline)
	}
	fact("generator", "loop", "closed")
	fact("generator", "trial", strconv.Itoa(order), "experiment", experiment)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(order) * t.apart())
	fact("generator", "start_time", start.Format(time.RFC3339), "experiment", experiment)
	fact("generator", "cpu_steal_share", "0.0012", "experiment", experiment)
	fact("generator", "cpus", "2")
	fact("generator", "ramp_from", strconv.Itoa(t.Ramp.From))
	fact("generator", "ramp_to", strconv.Itoa(t.Ramp.To))
	fact("generator", "ramp_over_seconds", number(t.Ramp.Over))
	fact("generator", "ramp_end_seconds", number(t.Ramp.End))
	fact("generator", "ramp_timeout_seconds", number(t.Ramp.Timeout))
	fact("generator", "path", "/")
	fact("generator", "expect", "Hello world!")
	if t.Probes {
		fact("generator", "select_queries", strconv.Itoa(selectQueries))
		fact("generator", "insert_rows", "10000")
		fact("generator", "insert_stressors", "0,1,2,4")
	}
	fact("host", "kernel", "6.18.0")
	fact("host", "os", "Debian GNU/Linux 12 (bookworm)")
	fact("host", "cpu_model", "Simulated CPU @ 2.50GHz")
	fact("host", "cpus", "2")
	fact("host", "memory_bytes", "8589934592")
	fact("host", "swap_bytes", "4294967296")
	fact("host", "cgroup_version", "1")
	fact("host", "driver", t.bed.Name)
	kernel := "6.18.0"
	if t.bed.OwnKernel {
		kernel = "6.1.0"
	}
	for _, guest := range []string{"app", "db"} {
		fact(guest, "kernel", kernel)
		fact(guest, "os", "Debian GNU/Linux 12 (bookworm)")
		fact(guest, "limit_memory_bytes", "234881024")
		fact(guest, "limit_swap_bytes", "1073741824")
		fact(guest, "limit_cpus", "2")
		fact(guest, "cpu_shares", "1024")
		fact(guest, "cgroup_parent", "/virtcmp")
		fact(guest, "image_digest", "sha256:0f1e2d")
	}
	fact("app", "software_apache2", "2.4.62")
	fact("app", "software_php", "8.2.28")
	fact("app", "software_wordpress", "6.1.1")
	fact("db", "software_mariadb", "10.11.11")
	for _, f := range t.bed.Facts {
		fact(f[0], f[1], f[2])
	}
}

// apart is the time between the starts of experiments: four minutes, or more where one takes longer.
func (t *trial) apart() time.Duration {
	longest := max(t.Ramp.End, t.Open.Over)
	return max(4*time.Minute, time.Duration(math.Ceil(longest/60)+1)*time.Minute)
}

// sends is a heap of when each user sends next.
type sends []send

type send struct {
	at   float64
	user int
}

func (s sends) Len() int           { return len(s) }
func (s sends) Less(i, j int) bool { return s[i].at < s[j].at }
func (s sends) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *sends) Push(x any)        { *s = append(*s, x.(send)) }
func (s *sends) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}

// ramp runs the closed loop: every user sends, waits for a first-come-first-served
// core and for its page, and sends again.
func (t *trial) ramp(factor float64) {
	noise := t.bed.Noise
	if noise == nil {
		noise = Lognormal(0.3)
	}
	wander := t.wander()
	free := make([]float64, max(t.bed.Cores, t.Ramp.To)) // when each core is
	var queue sends
	for u := range t.Ramp.To {
		queue = append(queue, send{max(0, t.Ramp.Begin(u+1)), u})
	}
	heap.Init(&queue)
	busy := make([]float64, int(t.Ramp.End)+1) // core seconds by second
	swap := t.newSwap()
	if t.Truth != nil {
		t.Truth(t.bed.Name, t.run, swap.begin)
	}
	for queue[0].at < t.Ramp.End {
		at, user := queue[0].at, queue[0].user
		users := t.Ramp.Users(at)
		second := int(at)
		code, done := "200", 0.0
		if users >= t.bed.ErrorUsers && t.rng.IntN(3) == 0 || t.bed.Failures > 0 && t.rng.Float64() < t.bed.Failures {
			code, done = "502", at+t.jitter(0.3, 0.3)
		} else {
			core := user // its own
			if t.bed.Cores > 0 {
				core = 0
			}
			for i := range free[:t.bed.Cores] {
				if free[i] < free[core] {
					core = i
				}
			}
			// What slows a page down is how things are when it is served, not when it is sent.
			begin := max(at, free[core])
			alone := t.bed.Service * factor * wander[min(int(begin), len(wander)-1)] * noise(t.rng) * swap.slowdown(begin) * (1 + t.bed.Drift*begin/t.Ramp.End)
			service := alone * t.bed.slowdown(float64(users))
			if t.bed.Kappa > 0 && !t.bed.Frozen {
				service = t.shared(at, alone)
			}
			done = begin + service
			free[core] = done
			busy[second] += service
		}
		if done-at > t.Ramp.Timeout {
			code, done = observation.CodeTimeout, at+t.Ramp.Timeout
		}
		if done > t.Ramp.End {
			code, done = observation.CodeUnfinished, t.Ramp.End
		}
		t.add(observation.Ramp, "http_request_duration_seconds", at, math.Round((done-at)*1e9)/1e9, observation.Users(users), code, "user", strconv.Itoa(user))
		queue[0].at = done + 5e-6
		heap.Fix(&queue, 0)
	}
	t.counters(swap, busy)
}

// shared returns how long a page takes that would take so long alone, slowed down at each
// moment by the users that there are then.
func (t *trial) shared(from, alone float64) float64 {
	at := from
	for users := t.Ramp.Users(from); ; users++ {
		slow := t.bed.slowdown(float64(users))
		if users >= t.Ramp.To || at+alone*slow <= t.Ramp.Begin(users+1) {
			return at + alone*slow - from
		}
		span := max(0, t.Ramp.Begin(users+1)-at)
		alone -= span / slow
		at += span
	}
}

// slowdown is by what so many users make service slower, long before memory runs short.
func (b Testbed) slowdown(users float64) float64 {
	return 1 + b.Contention*users + b.Sigma*(users-1) + b.Kappa*users*(users-1)
}

// wander returns a slow factor for every second: a first-order autoregression.
func (t *trial) wander() []float64 {
	const memory = 0.9
	w, level := make([]float64, int(t.Ramp.End)+1), 0.0
	for i := range w {
		level = memory*level + math.Sqrt(1-memory*memory)*t.rng.NormFloat64()
		w[i] = math.Exp(t.bed.Wander * level)
	}
	return w
}

// swap is the memory of a run's application guest.
type swap struct {
	ramp   Ramp
	begin  float64 // seconds
	per    float64 // users a second
	thrash float64
	growth float64
	step   float64
}

// newSwap places the run's onset within half a user of the testbed's.
func (t *trial) newSwap() swap {
	s := swap{ramp: t.Ramp, begin: math.Inf(1), per: float64(t.Ramp.To-t.Ramp.From+1) / t.Ramp.Over, thrash: t.bed.Thrash, growth: t.bed.Growth, step: t.bed.Step}
	if s.thrash == 0 {
		s.thrash = 12
	}
	if s.growth == 0 {
		s.growth = 1.5
	}
	if t.bed.SwapUsers != Never {
		s.begin = t.Ramp.Begin(t.bed.SwapUsers) + (t.rng.Float64()-0.5)/s.per
	}
	return s
}

// beyond returns by how many users memory is short.
func (s swap) beyond(at float64) float64 {
	return max(0, min(at, s.ramp.Over)-s.begin) * s.per
}

// slowdown returns by how much longer a page takes for want of memory.
func (s swap) slowdown(at float64) float64 {
	slow := 1 + math.Pow(s.beyond(at)/s.thrash, s.growth)
	if at > s.begin {
		slow += s.step
	}
	return slow
}

// counters emits what a monitor samples once a second.
func (t *trial) counters(s swap, busy []float64) {
	var out, in, idle, cpu, generator, silentUntil float64
	for i := range int(t.Ramp.End) + 1 {
		at := float64(i) + 0.01*t.rng.Float64()
		users := observation.Users(t.Ramp.Users(at))
		count := func(metric string, value float64, labels ...string) {
			t.add(observation.Ramp, metric, at, value, users, "", labels...)
		}
		used := s.beyond(at) * userBytes
		if t.rng.IntN(10) == 0 { // the odd page for no reason
			in += float64(t.rng.IntN(12))
		}
		if used > 0 {
			in += math.Round(t.jitter(60+120*s.beyond(at), 0.3))
			out = math.Round(used/pageBytes) + in*0.8
		}
		cpu += busy[i]
		generator += t.jitter(0.02, 0.2)
		if t.bed.Background > 0 {
			idle += math.Round(t.jitter(t.bed.Background, 0.5))
		}
		in, out := in+idle, out+idle
		if t.bed.OwnKernel && at >= silentUntil {
			if t.bed.Silence > 0 && at > s.begin-6*t.bed.Silence {
				silentUntil = at + t.bed.Silence*t.rng.ExpFloat64()
			}
			count("node_vmstat_pswpin", 4000+in, "host", "app")
			count("node_vmstat_pswpout", 9000+math.Round(out), "host", "app")
			count("node_memory_SwapFree_bytes", 1<<30-math.Round(used/pageBytes)*pageBytes, "host", "app")
			count("node_memory_MemAvailable_bytes", max(8e6, 130e6-userBytes*float64(users)), "host", "app")
		}
		hostUsed, refaults := used, in
		if t.bed.OwnKernel {
			hostUsed, refaults = 0, 0
		}
		count("container_memory_swap", math.Round(hostUsed/pageBytes)*pageBytes, "host", "app")
		count("container_memory_workingset_refault_anon", 700+refaults, "host", "app")
		count("container_memory_usage_bytes", min(234881024, 50e6+userBytes*float64(users)), "host", "app")
		count("container_cpu_usage_seconds_total", 12+cpu*0.8, "host", "app")
		count("container_cpu_usage_seconds_total", 3+cpu*0.2, "host", "db")
		count("node_vmstat_pswpout", 123456+out, "host", "host")
		count("process_cpu_seconds_total", 1+generator, "host", "generator")
		count("process_resident_memory_bytes", 40e6, "host", "generator")
	}
}

// startup emits the times and sizes of setting the testbed up.
func (t *trial) startup() {
	none := observation.NoUsers
	t.add(observation.Startup, "startup_duration_seconds", 0, t.jitter(t.bed.FirstPage, 0.05), none, "200")
	t.add(observation.Startup, "image_build_duration_seconds", 0, 47.25, none, "") // built once
	t.add(observation.Startup, "image_size_bytes", 0, t.bed.ImageSize, none, "")
	empty := math.Round(t.jitter(900e6, 0.01))
	t.add(observation.Footprint, "host_memory_footprint_bytes", 0, empty, none, "", "state", "empty")
	t.add(observation.Footprint, "host_memory_footprint_bytes", 5, empty+math.Round(t.jitter(t.bed.Memory, 0.02)), none, "", "state", "idle")
}

// selectQueries is how many SELECTs a run has.
const selectQueries = 200

// sql emits the SELECTs and the batches of INSERTs beside stressors.
func (t *trial) sql() {
	none := observation.NoUsers
	at, factor := 0.0, math.Exp(t.bed.Spread*t.rng.NormFloat64())
	for range selectQueries {
		took := t.jitter(t.bed.Select*factor, 0.2)
		t.add(observation.Select, "sql_select_duration_seconds", at, took, none, "")
		at += took + 1e-5
	}
	at = 0
	for _, stress := range []int{0, 1, 2, 4} {
		slow := 1.0
		if stress > 0 {
			slow = t.bed.Stress[stress]
		}
		for range 2 {
			took := t.jitter(t.bed.Insert*factor*slow, 0.06)
			t.add(observation.Insert, "sql_insert_duration_seconds", at, took, none, "", "rows", "10000", "stress", strconv.Itoa(stress))
			at += took + 0.5
		}
	}
}
