package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
)

// Group is one guest's control group.
type Group struct {
	h           *Hierarchy
	Path        string   // below the mount points, such as virtcmp/lxc-app
	controllers []string // that its limits need
}

// Group returns the group of that name, Depth groups below the root, which need not
// exist yet.
func (h *Hierarchy) Group(name string) *Group {
	if h.Depth == 0 {
		return h.At(Parent + "-" + name)
	}
	path := Parent
	for range h.Depth - 1 {
		path = filepath.Join(path, deeper)
	}
	return h.At(filepath.Join(path, name))
}

// At returns the group of that path, which need not exist yet.
func (h *Hierarchy) At(path string) *Group { return &Group{h: h, Path: path, controllers: controllers} }

// Parent is the group above it, as a path from the root, such as /virtcmp.
func (g *Group) Parent() string { return filepath.Dir("/" + g.Path) }

// Reap ends what a killed collect left in groups, at whatever depth, and removes them.
func (h *Hierarchy) Reap() error {
	paths := []string{Parent}
	for _, mount := range h.all {
		found, err := filepath.Glob(filepath.Join(mount, Parent+"-*"))
		if err != nil {
			return err
		}
		for _, dir := range found {
			paths = append(paths, filepath.Base(dir))
		}
	}
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		if err := h.At(path).Destroy(); err != nil {
			return err
		}
	}
	return nil
}

// dirs are the group's directories, without repetition.
func (g *Group) dirs() []string {
	var dirs []string
	for _, c := range append(slices.Clip(g.controllers), freezer) {
		if g.h.mounts[c] == "" {
			continue
		}
		if d := filepath.Join(g.h.mounts[c], g.Path); !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	return dirs
}

// everywhere are the directories in which the group can be.
func (g *Group) everywhere() []string {
	var dirs []string
	for _, mount := range g.h.all {
		dirs = append(dirs, filepath.Join(mount, g.Path))
	}
	return dirs
}

// Counters tells a monitor where the group's counters are.
func (g *Group) Counters() monitor.Cgroup {
	dir := func(controller string) string { return filepath.Join(g.h.mounts[controller], g.Path) }
	return monitor.Cgroup{Version: g.h.Version, Memory: dir("memory"), CPU: dir("cpu"), CPUAcct: dir("cpuacct")}
}

// Create makes the group with the limits.
func (g *Group) Create(l testbed.Limits) error {
	if err := g.h.Supports(l); err != nil {
		return err
	}
	g.controllers = needs(l)
	for _, d := range g.dirs() {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	if err := g.prepareParents(); err != nil {
		return err
	}
	return g.Limit(l)
}

// Limit sets the limits of a group that exists.
func (g *Group) Limit(l testbed.Limits) error {
	for _, s := range g.h.Settings(l) {
		if err := os.WriteFile(filepath.Join(g.h.mounts[s.Controller], g.Path, s.File), []byte(s.Value), 0o644); err != nil {
			return fmt.Errorf("limit: %w", err)
		}
	}
	return nil
}

// prepareParents lets the groups above take part: in version 2 they must hand the
// controllers down, in version 1 an empty cpuset leaves its children nothing.
func (g *Group) prepareParents() error {
	var above []string // from the root down
	for path := filepath.Dir(g.Path); path != "."; path = filepath.Dir(path) {
		above = append([]string{path}, above...)
	}
	if g.h.Version == 2 {
		hand := ""
		for _, c := range g.controllers {
			if c != "cpuacct" { // which cpu does too
				hand += " +" + c
			}
		}
		for _, path := range append([]string{""}, above...) {
			if err := os.WriteFile(filepath.Join(g.h.mounts["memory"], path, "cgroup.subtree_control"), []byte(hand[1:]), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	if !slices.Contains(g.controllers, "cpuset") {
		return nil
	}
	for _, path := range above {
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			dir := filepath.Join(g.h.mounts["cpuset"], path)
			all, err := os.ReadFile(filepath.Join(filepath.Dir(dir), file))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, file), all, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// Procs are the files that list, and take, the group's processes.
func (g *Group) Procs() []string {
	files := g.dirs()
	for i := range files {
		files[i] = filepath.Join(files[i], "cgroup.procs")
	}
	return files
}

// patience is how long killed processes may take to vanish: one that is being
// swapped in does not die at once.
const patience = 20 * time.Second

// Destroy kills every process in the group and removes it. A group that does not
// exist is no error.
func (g *Group) Destroy() error {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		left, err := g.kill()
		if err != nil {
			return err
		}
		if left == 0 {
			err = g.remove()
			if err == nil || !errors.Is(err, syscall.EBUSY) {
				return err
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("control group %s: %d processes survive SIGKILL", g.Path, left)
		}
	}
}

// kill signals the group's processes, its descendants' too, and counts them. In
// version 1 one that is frozen does not end, so all are thawed.
func (g *Group) kill() (int, error) {
	pids := map[int]bool{}
	var freezers []string
	for _, d := range g.everywhere() {
		err := filepath.WalkDir(d, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return ignoreGone(err)
			}
			if state := filepath.Join(path, freezerState); exists(state) {
				freezers = append(freezers, state)
			}
			text, err := os.ReadFile(filepath.Join(path, "cgroup.procs"))
			for pid := range strings.FieldsSeq(string(text)) {
				if n, err := strconv.Atoi(pid); err == nil && n > 0 {
					pids[n] = true
				}
			}
			return ignoreGone(err)
		})
		if err != nil {
			return 0, err
		}
	}
	for pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			return len(pids), err
		}
	}
	for _, state := range freezers {
		if err := ignoreGone(os.WriteFile(state, []byte(thawed), 0)); err != nil {
			return len(pids), err
		}
	}
	return len(pids), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// remove removes the group's directories, deepest first.
func (g *Group) remove() error {
	for _, mount := range g.h.all {
		var found []string
		if err := filepath.WalkDir(filepath.Join(mount, g.Path), func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				found = append(found, path)
			}
			return ignoreGone(err)
		}); err != nil {
			return err
		}
		slices.Reverse(found)
		for _, path := range found {
			if err := ignoreGone(syscall.Rmdir(path)); err != nil {
				return err
			}
		}
		for path := filepath.Dir(g.Path); path != "."; path = filepath.Dir(path) {
			_ = syscall.Rmdir(filepath.Join(mount, path)) // a parent goes with its last group
		}
	}
	return nil
}

// ignoreGone takes a vanished file or group as no error.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENODEV) {
		return nil
	}
	return err
}
