// Package native runs the guests' programs on the host's own kernel with no more
// between than a directory tree, a network and the limits: what the other
// technologies cost is what they cost beyond this.
package native

import (
	"context"
	"strconv"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
)

// Testbed is the native testbed.
type Testbed struct {
	guest.Pair
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	return &Testbed{Pair: guest.Pair{Spec: spec, Store: store}}
}

// Check implements testbed.Testbed.
func (t *Testbed) Check(context.Context) error { return t.CheckRoot(true) }

// Start implements testbed.Testbed.
func (t *Testbed) Start(context.Context) (testbed.Endpoints, error) {
	return t.Boot(guest.Whole, t.start)
}

func (t *Testbed) start(g *guest.Guest) error {
	ns, err := t.Net.Guest(g.Address)
	if err != nil {
		return err
	}
	overlay, err := g.Overlay(t.Image)
	if err != nil {
		return err
	}
	g.Process, err = launch.Command{
		Args: []string{guest.Init}, Env: g.Env(), Procs: g.Group.Procs(), Output: g.Console,
		Root: &launch.Root{Overlay: overlay, Hostname: g.Role}, In: ns.Do,
	}.Start()
	return err
}

// Operations implements testbed.Operator.
func (t *Testbed) Operations() testbed.Operations {
	o := t.Pair.Operations(t.Freeze, t.Thaw)
	o.Checkpoint = t.Checkpoint(func(g *guest.Guest, dir string) []string {
		return []string{
			"criu", "dump", "--tree", strconv.Itoa(g.Process.Pid()), "--images-dir", dir, "--log-file", "dump.log", "-v4",
			"--leave-running", "--tcp-established", "--ext-unix-sk", "--file-locks", "--link-remap", "--ext-mount-map", "auto",
		}
	})
	o.Why["restore"] = "its network, mounts and console are collect's own"
	return o
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	kernel := guest.Kernel()
	return append(t.Pair.Facts(),
		testbed.Fact{Host: monitor.Host, Key: "technology", Value: "native"},
		testbed.Fact{Host: monitor.Host, Key: "class", Value: "none"},
		testbed.Fact{Host: monitor.Host, Key: "accelerator", Value: "none"},
		testbed.Fact{Host: monitor.App, Key: "kernel", Value: kernel},
		testbed.Fact{Host: monitor.DB, Key: "kernel", Value: kernel},
	)
}
