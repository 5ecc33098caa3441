// Package cgroup makes control groups with the same limits for every technology,
// under one parent, in version 1 and version 2 of the kernel's interface.
package cgroup

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"virtcmp/internal/testbed"
)

// Parent is the group that all guests have above them. How deep a group lies decides
// how the kernel shares out the CPU, so it is the same for every technology.
const Parent = "virtcmp"

// DefaultDepth puts a guest's group directly below Parent.
const DefaultDepth = 1

// deeper is the name of further groups between Parent and a guest's.
const deeper = "deeper"

// controllers that every guest's group needs.
var controllers = []string{"memory", "cpu", "cpuacct"}

// optional are the controllers that only some limits need.
var optional = []string{"cpuset", "pids"}

// freezer pauses groups. Version 2 has it in every group; in version 1 it is a
// controller that a machine may lack.
const freezer = "freezer"

// Hierarchy is the machine's cgroup file system.
type Hierarchy struct {
	Version int // 1 or 2
	// Depth is how many groups lie between the root and a guest's; Find says
	// DefaultDepth, which is Parent alone. A guest's group directly below the root has Parent in its name.
	Depth  int
	mounts map[string]string // controller → mount point; of version 2 all the same
	all    []string          // every mount point: some runtimes make their groups in each
}

// Find looks up the hierarchy in a mount table, usually /proc/self/mounts.
func Find(mounts string) (*Hierarchy, error) {
	f, err := os.Open(mounts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	v1, unified, all := map[string]string{}, "", []string(nil)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 {
			continue
		}
		switch fields[2] {
		case "cgroup":
			all = append(all, fields[1])
			for opt := range strings.SplitSeq(fields[3], ",") {
				if opt == freezer || slices.Contains(controllers, opt) || slices.Contains(optional, opt) {
					v1[opt] = fields[1]
				}
			}
		case "cgroup2":
			all = append(all, fields[1])
			unified = fields[1]
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(controllers, func(c string) bool { return v1[c] == "" }) {
		return &Hierarchy{Version: 1, Depth: DefaultDepth, mounts: v1, all: all}, nil
	}
	if unified != "" {
		text, err := os.ReadFile(filepath.Join(unified, "cgroup.controllers"))
		if available := strings.Fields(string(text)); err == nil && slices.Contains(available, "memory") {
			h := &Hierarchy{Version: 2, Depth: DefaultDepth, mounts: map[string]string{freezer: unified}, all: all}
			for _, c := range controllers {
				h.mounts[c] = unified
			}
			for _, c := range optional {
				if slices.Contains(available, c) {
					h.mounts[c] = unified
				}
			}
			return h, nil
		}
	}
	return nil, &testbed.Unavailable{
		Reason: "no cgroup hierarchy with the memory and cpu controllers is mounted",
		Remedy: "mount cgroup2 on /sys/fs/cgroup, or run on a host and not inside a container",
	}
}

// Supports returns an Unavailable if the limits need a controller that is not there.
func (h *Hierarchy) Supports(l testbed.Limits) error {
	for _, c := range needs(l) {
		if h.mounts[c] == "" {
			return &testbed.Unavailable{
				Reason: fmt.Sprintf("a guest's limits need the %s controller, and no cgroup hierarchy has it", c),
				Remedy: "mount it below /sys/fs/cgroup, or leave the limit out",
			}
		}
	}
	return nil
}

// needs are the controllers that a group with the limits needs. A cpuset that nobody
// asked for would have to be filled in before it takes a process.
func needs(l testbed.Limits) []string {
	all := slices.Clone(controllers)
	if l.CPUSet != "" {
		all = append(all, "cpuset")
	}
	if l.PIDs > 0 {
		all = append(all, "pids")
	}
	return all
}

// Setting is one limit as the kernel takes it: a file of a controller and its text.
type Setting struct{ Controller, File, Value string }

const (
	period        = 100_000 // microseconds over which CPU time is shared out
	defaultShares = 1024
)

// Settings are the limits in terms of this hierarchy, in the order to apply them.
func (h *Hierarchy) Settings(l testbed.Limits) []Setting {
	var s []Setting
	add := func(controller, file string, value any) {
		s = append(s, Setting{controller, file, fmt.Sprint(value)})
	}
	if h.Version == 1 {
		if l.Memory > 0 {
			add("memory", "memory.limit_in_bytes", uint64(l.Memory))
			add("memory", "memory.memsw.limit_in_bytes", uint64(l.Memory+l.Swap))
		}
		if l.CPUs > 0 {
			add("cpu", "cpu.cfs_period_us", period)
			add("cpu", "cpu.cfs_quota_us", int(l.CPUs*period))
		}
		if l.Shares > 0 {
			add("cpu", "cpu.shares", l.Shares)
		}
		if l.CPUSet != "" {
			add("cpuset", "cpuset.cpus", l.CPUSet)
			add("cpuset", "cpuset.mems", h.memoryNodes()) // without any it takes no process
		}
		if l.PIDs > 0 {
			add("pids", "pids.max", l.PIDs)
		}
		return s
	}
	if l.Memory > 0 {
		add("memory", "memory.max", uint64(l.Memory))
		add("memory", "memory.swap.max", uint64(l.Swap))
	}
	if l.CPUs > 0 {
		add("cpu", "cpu.max", fmt.Sprintf("%d %d", int(l.CPUs*period), period))
	}
	if l.Shares > 0 { // weight 100 is what shares 1024 are
		add("cpu", "cpu.weight", max(1, l.Shares*100/defaultShares))
	}
	if l.CPUSet != "" {
		add("cpuset", "cpuset.cpus", l.CPUSet)
	}
	if l.PIDs > 0 {
		add("pids", "pids.max", l.PIDs)
	}
	return s
}

// memoryNodes are all nodes of the machine's memory, of version 1.
func (h *Hierarchy) memoryNodes() string {
	text, err := os.ReadFile(filepath.Join(h.mounts["cpuset"], "cpuset.mems"))
	if nodes := strings.TrimSpace(string(text)); err == nil && nodes != "" {
		return nodes
	}
	return "0"
}
