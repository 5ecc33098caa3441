// Package lxc runs the guests as Linux containers, by LXC: the technology that the
// 2014 paper compares with Xen.
package lxc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/cgroup"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
)

// Testbed is the LXC testbed.
type Testbed struct {
	guest.Pair
	version string
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	return &Testbed{Pair: guest.Pair{Spec: spec, Store: store}}
}

// Check implements testbed.Testbed.
func (t *Testbed) Check(context.Context) error {
	if err := guest.Tools(map[string]string{"lxc-start": "lxc"}); err != nil {
		return err
	}
	return t.CheckRoot(true)
}

// Provision implements testbed.Testbed.
func (t *Testbed) Provision(ctx context.Context) (testbed.Image, error) {
	out, err := exec.CommandContext(ctx, "lxc-start", "--version").Output()
	if err != nil {
		return testbed.Image{}, fmt.Errorf("lxc-start --version: %w", err)
	}
	t.version = strings.TrimSpace(string(out))
	return t.Pair.Provision(ctx)
}

// Start implements testbed.Testbed.
func (t *Testbed) Start(context.Context) (testbed.Endpoints, error) {
	return t.Boot(guest.Whole, t.start)
}

func (t *Testbed) start(g *guest.Guest) error {
	ns, err := t.Net.Guest(g.Address)
	if err != nil {
		return err
	}
	// LXC makes the group itself, and takes another name for one that is there already.
	if err := g.Group.Destroy(); err != nil {
		return err
	}
	delta := filepath.Join(g.Dir, "delta")
	if err := os.Mkdir(delta, 0o755); err != nil {
		return err
	}
	g.Written = delta
	if err := os.WriteFile(configFile(g), []byte(t.config(g, delta, ns.Path(os.Getpid()))), 0o644); err != nil {
		return err
	}
	// In the foreground, so that the container dies with collect and its console is ours.
	g.Process, err = launch.Command{
		Args: tool(g, "lxc-start", "--foreground"),
		Env:  os.Environ(), Output: g.Console,
	}.Start()
	return err
}

func configFile(g *guest.Guest) string { return filepath.Join(g.Dir, "config") }

// tool is the command line of one of LXC's programs, for the guest's container.
func tool(g *guest.Guest, name string, more ...string) []string {
	return append([]string{name, "--lxcpath", g.Dir, "--name", g.Role, "--rcfile", configFile(g), "--logfile", filepath.Join(g.Dir, "log"), "--logpriority", "WARN"}, more...)
}

// config is the container's configuration, lxc.container.conf(5).
func (t *Testbed) config(g *guest.Guest, delta, network string) string {
	var b strings.Builder
	set := func(key, value string) { fmt.Fprintf(&b, "lxc.%s = %s\n", key, value) }
	set("uts.name", g.Role)
	set("rootfs.path", "overlay:"+t.Image.Rootfs()+":"+delta)
	set("init.cmd", guest.Init)
	for _, e := range g.Env() {
		set("environment", e)
	}
	set("mount.auto", "proc:mixed sys:ro")
	set("autodev", "1")
	set("tty.max", "0")
	set("console.path", "none")
	set("apparmor.profile", "unconfined")
	set("namespace.share.net", network)
	set("cgroup.dir.monitor", filepath.Join(t.monitors().Path, g.Role))
	set("cgroup.dir.monitor.pivot", t.pivot().Path)
	set("cgroup.dir.container", g.Group.Path)
	prefix := "cgroup."
	if t.Hierarchy().Version == 2 {
		prefix = "cgroup2."
	}
	for _, s := range t.Hierarchy().Settings(g.Limits) {
		set(prefix+s.File, s.Value)
	}
	return b.String()
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	kernel := guest.Kernel()
	return append(t.Pair.Facts(),
		testbed.Fact{Host: monitor.Host, Key: "technology", Value: "LXC"},
		testbed.Fact{Host: monitor.Host, Key: "class", Value: "container"},
		testbed.Fact{Host: monitor.Host, Key: "accelerator", Value: "none"},
		testbed.Fact{Host: monitor.Host, Key: "software_lxc", Value: t.version},
		testbed.Fact{Host: monitor.App, Key: "kernel", Value: kernel},
		testbed.Fact{Host: monitor.DB, Key: "kernel", Value: kernel},
	)
}

// monitors is the control group of LXC's own two processes.
func (t *Testbed) monitors() *cgroup.Group { return t.Hierarchy().Group(t.Spec.Name + "-monitor") }

// pivot is the control group that they end in, so that the container's can be removed.
func (t *Testbed) pivot() *cgroup.Group { return t.Hierarchy().Group(t.Spec.Name + "-pivot") }

// Stop implements testbed.Testbed.
func (t *Testbed) Stop() error {
	err := t.Pair.Stop()
	if t.Hierarchy() == nil { // never started
		return err
	}
	return errors.Join(err, t.monitors().Destroy(), t.pivot().Destroy())
}
