// Package gvisor runs the guests in gVisor sandboxes, by runsc: a kernel written in
// Go serves their system calls, so that few reach the host's.
//
// What a guest uses is in its control group: the sandbox keeps the memory of the
// guest's processes in one shared memory file, which the host charges to the group and
// swaps, beside the memory of its own kernel. The processes are traced ones, and by
// runsc's source the host kills them with their tracer.
package gvisor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
)

// Testbed is the gVisor testbed.
type Testbed struct {
	guest.Pair
	version string
	kernel  string // release that the guests' programs see
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	return &Testbed{Pair: guest.Pair{Spec: spec, Store: store}}
}

// Check implements testbed.Testbed.
func (t *Testbed) Check(ctx context.Context) (err error) {
	if err := guest.Tools(map[string]string{program: "runsc", "nsenter": "util-linux"}); err != nil {
		return err
	}
	if err := t.CheckRoot(true); err != nil {
		return err
	}
	t.kernel, err = kernel(ctx, t.platform())
	return err
}

// Provision implements testbed.Testbed.
func (t *Testbed) Provision(ctx context.Context) (testbed.Image, error) {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return testbed.Image{}, fmt.Errorf("%s --version: %w", program, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	t.version = strings.TrimPrefix(line, "runsc version ")
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
	overlay, err := g.Overlay(t.Image)
	if err != nil {
		return err
	}
	bundle, err := json.MarshalIndent(bundle(g, overlay.Merged), "", "\t")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"config.json": string(bundle), settingsName: Settings} {
		if err := os.WriteFile(filepath.Join(g.Dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	g.Process, err = launch.Command{
		Args: t.runsc(g, "run", "--bundle="+g.Dir), Env: os.Environ(), Procs: g.Group.Procs(), Output: g.Console,
		Apart: []string{rootOnly}, Overlay: &overlay, In: ns.Do,
	}.Start()
	return err
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	return append(t.Pair.Facts(),
		testbed.Fact{Host: monitor.Host, Key: "technology", Value: "gVisor"},
		testbed.Fact{Host: monitor.Host, Key: "class", Value: "sandbox"},
		testbed.Fact{Host: monitor.Host, Key: "accelerator", Value: "none"},
		testbed.Fact{Host: monitor.Host, Key: "gvisor_platform", Value: t.platform()},
		testbed.Fact{Host: monitor.Host, Key: "software_runsc", Value: t.version},
		testbed.Fact{Host: monitor.App, Key: "kernel", Value: t.kernel},
		testbed.Fact{Host: monitor.DB, Key: "kernel", Value: t.kernel},
	)
}
