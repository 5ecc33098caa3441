package monitor

import (
	"context"
	"errors"
	"path/filepath"
)

// Cgroup is where the kernel keeps the counters of a control group: one directory
// for each controller (version 1), or the same one for all (version 2).
type Cgroup struct {
	Version int    // 1 or 2
	Memory  string // directory of the memory controller
	CPU     string // directory of the cpu controller: limits and throttling
	CPUAcct string // directory of the cpuacct controller: time used
}

const perMicro, perNano = 1e6, 1e9

// CgroupCounters reads memory, swap, refaults and CPU time of a control group and
// labels them with host, the guest that lives in it. Version 1 has no swap-in and
// swap-out counters of a group; growth of container_memory_swap and refaults of
// anonymous pages stand for them.
func CgroupCounters(c Cgroup, host string) Source {
	read := readV2
	if c.Version == 1 {
		read = readV1
	}
	return SourceFunc(func(context.Context) ([]Reading, error) {
		b := newBatch(host)
		err := read(c, b)
		return b.readings, err
	})
}

func readV1(c Cgroup, b *batch) error {
	usage, err := number(filepath.Join(c.Memory, "memory.usage_in_bytes"))
	if err == nil {
		b.add("container_memory_usage_bytes", usage)
	}
	mem, merr := keyValues(filepath.Join(c.Memory, "memory.stat"))
	b.pick(mem, map[string]string{
		"total_rss": "container_memory_rss", "total_swap": "container_memory_swap",
		"total_workingset_refault_anon": "container_memory_workingset_refault_anon",
		"total_pgmajfault":              "container_memory_major_page_faults_total",
	})
	oom, oerr := keyValues(filepath.Join(c.Memory, "memory.oom_control"))
	b.pick(oom, map[string]string{"oom_kill": "container_oom_events_total"})
	used, uerr := number(filepath.Join(c.CPUAcct, "cpuacct.usage"))
	if uerr == nil {
		b.add("container_cpu_usage_seconds_total", used/perNano)
	}
	cpu, cerr := keyValues(filepath.Join(c.CPU, "cpu.stat"))
	if v, ok := cpu["throttled_time"]; ok {
		b.add("container_cpu_cfs_throttled_seconds_total", v/perNano)
	}
	return errors.Join(err, merr, oerr, uerr, cerr)
}

func readV2(c Cgroup, b *batch) error {
	usage, err := number(filepath.Join(c.Memory, "memory.current"))
	if err == nil {
		b.add("container_memory_usage_bytes", usage)
	}
	swap, serr := number(filepath.Join(c.Memory, "memory.swap.current"))
	if serr == nil {
		b.add("container_memory_swap", swap)
	}
	mem, merr := keyValues(filepath.Join(c.Memory, "memory.stat"))
	b.pick(mem, map[string]string{
		"anon":                    "container_memory_rss",
		"workingset_refault_anon": "container_memory_workingset_refault_anon",
		"pgmajfault":              "container_memory_major_page_faults_total",
	})
	events, eerr := keyValues(filepath.Join(c.Memory, "memory.events"))
	b.pick(events, map[string]string{"oom_kill": "container_oom_events_total"})
	cpu, cerr := keyValues(filepath.Join(c.CPU, "cpu.stat"))
	if v, ok := cpu["usage_usec"]; ok {
		b.add("container_cpu_usage_seconds_total", v/perMicro)
	}
	if v, ok := cpu["throttled_usec"]; ok {
		b.add("container_cpu_cfs_throttled_seconds_total", v/perMicro)
	}
	return errors.Join(err, serr, merr, eerr, cerr)
}

// pick adds those of the values that have a name, in the names' order.
func (b *batch) pick(values map[string]float64, names map[string]string) {
	for _, key := range sortedKeys(names) {
		if v, ok := values[key]; ok {
			b.add(names[key], v)
		}
	}
}
