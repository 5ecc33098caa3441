package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// contender is a program that is timed, from its start to its end.
type contender struct {
	name string
	args []string // program and arguments
}

// usage is what a run of a contender took.
type usage struct {
	wall, cpu time.Duration
	rss       int64 // bytes: the most that was ever resident, as the kernel counts it
}

// measure runs the contender with its output in a file.
func (c contender) measure(dir string) (usage, error) {
	out, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return usage{}, err
	}
	defer out.Close()
	var log bytes.Buffer
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Stdout, cmd.Stderr = out, &log
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", c.name, err, log.String())
	}
	wall, state := time.Since(start), cmd.ProcessState
	return usage{wall, state.UserTime() + state.SystemTime(), state.SysUsage().(*syscall.Rusage).Maxrss << 10}, nil
}

// usages are those of several rounds.
type usages []usage

func (u usages) median(of func(usage) float64) float64 {
	values := u.sorted(of)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func (u usages) sorted(of func(usage) float64) []float64 {
	values := make([]float64, len(u))
	for i, one := range u {
		values[i] = of(one)
	}
	slices.Sort(values)
	return values
}

func wallSeconds(u usage) float64 { return u.wall.Seconds() }
func cpuSeconds(u usage) float64  { return u.cpu.Seconds() }
func megabytes(u usage) float64   { return float64(u.rss) / 1e6 }
