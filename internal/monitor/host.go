package monitor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

// vmCounters are the lines of /proc/vmstat that tell swapping, in pages.
var vmCounters = []string{"pswpin", "pswpout", "pgmajfault", "oom_kill"}

// HostCounters reads a machine's own counters from a proc file system, usually
// /proc, and labels them with host.
func HostCounters(proc, host string) (Source, error) {
	pfs, err := procfs.NewFS(proc)
	if err != nil {
		return nil, err
	}
	return SourceFunc(func(context.Context) ([]Reading, error) {
		b := newBatch(host)
		vm, verr := keyValues(filepath.Join(proc, "vmstat"))
		for _, k := range vmCounters {
			if v, ok := vm[k]; ok {
				b.add("node_vmstat_"+k, v)
			}
		}
		mem, merr := pfs.Meminfo()
		if merr == nil {
			b.memory("MemAvailable", mem.MemAvailableBytes)
			b.memory("SwapFree", mem.SwapFreeBytes)
		}
		stat, serr := pfs.Stat()
		if serr == nil {
			c := stat.CPUTotal
			for _, m := range []struct {
				mode    string
				seconds float64
			}{{"user", c.User}, {"nice", c.Nice}, {"system", c.System}, {"idle", c.Idle}, {"iowait", c.Iowait}, {"irq", c.IRQ}, {"softirq", c.SoftIRQ}, {"steal", c.Steal}} {
				b.add("node_cpu_seconds_total", m.seconds, "mode", m.mode)
			}
		}
		return b.readings, errors.Join(verr, merr, serr, b.pressure(pfs))
	}), nil
}

func (b *batch) memory(name string, bytes *uint64) {
	if bytes != nil {
		b.add("node_memory_"+name+"_bytes", float64(*bytes))
	}
}

// pressure adds the pressure stall counters, which a kernel may not have.
func (b *batch) pressure(pfs procfs.FS) error {
	const perSecond = 1e6 // the kernel counts microseconds
	for _, resource := range []string{"cpu", "io", "memory"} {
		psi, err := pfs.PSIStatsForResource(resource)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errors.ErrUnsupported) {
			return nil
		}
		if err != nil {
			return err
		}
		if psi.Some != nil {
			b.add("node_pressure_"+resource+"_waiting_seconds_total", float64(psi.Some.Total)/perSecond)
		}
		if psi.Full != nil && resource != "cpu" {
			b.add("node_pressure_"+resource+"_stalled_seconds_total", float64(psi.Full.Total)/perSecond)
		}
	}
	return nil
}

// ProcessCounters reads the CPU time and memory of one process, labelled with host.
// Of this process, which sends the load, they are what the measuring itself costs.
func ProcessCounters(pid int, host string) (Source, error) {
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return nil, err
	}
	return SourceFunc(func(context.Context) ([]Reading, error) {
		stat, err := proc.Stat()
		if err != nil {
			return nil, err
		}
		b := newBatch(host)
		b.add("process_cpu_seconds_total", stat.CPUTime())
		b.add("process_resident_memory_bytes", float64(stat.ResidentMemory()))
		return b.readings, nil
	}), nil
}

// keyValues reads a file of lines "key number", as /proc/vmstat and memory.stat are.
func keyValues(path string) (map[string]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	values := map[string]float64{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, text, _ := strings.Cut(lines.Text(), " ")
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return values, fmt.Errorf("%s: %w", path, err)
		}
		values[key] = v
	}
	return values, lines.Err()
}

// number reads a file that holds one number.
func number(path string) (float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}
