// Package xen runs the guests as domains of Xen (Barham et al., SOSP 2003), the paper's
// hypervisor: on a machine that runs it, or nested, where Xen and a domain 0 are booted
// on a processor that QEMU emulates.
package xen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/kernel"
)

// Values of the configuration's keys.
const (
	yes = "yes"
	no  = "no"
	pv  = "pv"
	pvh = "pvh"
)

// Testbed is the Xen testbed.
type Testbed struct {
	guest.Pair
	disk   string         // image that the guests' own are based on
	kernel *kernel.Kernel // the guests'
	initrd string
	dom0   dom0
}

// dom0 is the privileged domain, from which others are made.
type dom0 interface {
	check(ctx context.Context) error
	// provision makes or finds what boot needs.
	provision(ctx context.Context) error
	// boot returns when domains can be made, with none of these guests' there.
	boot(ctx context.Context) error
	// run runs a line of shell in the domain, and returns what it printed.
	run(ctx context.Context, line string) (string, error)
	// describe completes a domain's description by what depends on where this is.
	describe(g *guest.Guest, d *domain)
	// configuration is where the file with the domain's description is in the domain.
	configuration(g *guest.Guest) string
	// follow takes the guest's console; alive tells since then whether its domain is there.
	follow(ctx context.Context, g *guest.Guest) error
	alive(g *guest.Guest) error
	// state is where the domain's memory can be saved, and saved its size in bytes.
	state(g *guest.Guest) string
	saved(ctx context.Context, g *guest.Guest) (int64, error)
	counters() []monitor.Source
	facts() []testbed.Fact
	said() string
	stop() error
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	t := &Testbed{Pair: guest.Pair{Spec: spec, Store: store}}
	if spec.Xen.Nested == no || spec.Xen.Nested == "" && control("/proc/xen/capabilities") {
		t.dom0 = &here{testbed: t}
	} else {
		t.dom0 = &nested{testbed: t}
	}
	return t
}

// control says whether the file, usually /proc/xen/capabilities, is a domain 0's.
func control(capabilities string) bool {
	text, err := os.ReadFile(capabilities)
	return err == nil && strings.Contains(string(text), "control_d")
}

// kind is the guests' kind of virtualisation.
func (t *Testbed) kind() string {
	if t.Spec.Xen.Type == "" {
		return pv
	}
	return t.Spec.Xen.Type
}

// Check implements testbed.Testbed.
func (t *Testbed) Check(ctx context.Context) error {
	for _, choice := range []struct {
		key, value string
		of         []string
	}{
		{"nested", t.Spec.Xen.Nested, []string{"", yes, no}},
		{"type", t.Spec.Xen.Type, []string{"", pv, pvh}},
	} {
		if !slices.Contains(choice.of, choice.value) {
			return fmt.Errorf("xen.%s is %q, want one of %q", choice.key, choice.value, choice.of)
		}
	}
	if err := t.dom0.check(ctx); err != nil {
		return err
	}
	if err := guest.Tools(map[string]string{"mkfs.ext4": "e2fsprogs"}); err != nil {
		return err
	}
	if err := t.CheckRoot(false); err != nil {
		return err
	}
	return kernel.Check(ctx, kernel.Virtual)
}

// Provision implements testbed.Testbed.
func (t *Testbed) Provision(ctx context.Context) (image testbed.Image, err error) {
	if image, t.disk, err = t.ProvisionDisk(ctx); err != nil {
		return image, err
	}
	if t.kernel, err = kernel.Fetch(ctx, t.Store, kernel.Virtual); err != nil {
		return image, err
	}
	if t.initrd, err = t.kernel.Initrd("xen", "xen_blkfront", "xen_netfront"); err != nil {
		return image, err
	}
	return image, t.dom0.provision(ctx)
}

// Prepare implements testbed.Preparer: whoever starts a guest has a hypervisor that
// runs already.
func (t *Testbed) Prepare(ctx context.Context) error {
	// Xen keeps the guests' limits, and control groups know nothing of its domains.
	none := func(testbed.Limits) testbed.Limits { return testbed.Limits{} }
	if err := t.Pair.Prepare(none); err != nil {
		return err
	}
	return t.dom0.boot(ctx)
}

const (
	createLimit = 3 * time.Minute // for a domain to be made, before its kernel starts
	quickLimit  = time.Minute     // for a command that only looks or flips a switch
)

// Start implements testbed.Testbed.
func (t *Testbed) Start(ctx context.Context) (testbed.Endpoints, error) {
	if t.App == nil {
		if err := t.Prepare(ctx); err != nil {
			return testbed.Endpoints{}, err
		}
	}
	return t.Boot(nil, func(g *guest.Guest) error {
		if _, err := t.xl(ctx, createLimit, "create "+t.dom0.configuration(g)); err != nil {
			return fmt.Errorf("the %s guest: %w", g.Role, err)
		}
		return t.dom0.follow(ctx, g)
	})
}

// xl runs the toolstack.
func (t *Testbed) xl(ctx context.Context, limit time.Duration, arguments string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := t.dom0.run(ctx, "xl "+arguments)
	if err != nil {
		return out, fmt.Errorf("xl %s: %w: %s", arguments, err, out)
	}
	return out, nil
}

// Alive implements testbed.Testbed.
func (t *Testbed) Alive() error {
	for _, g := range t.Guests() {
		if err := t.dom0.alive(g); err != nil {
			return err
		}
	}
	return nil
}

// Said implements testbed.Testbed.
func (t *Testbed) Said() string {
	return strings.TrimSpace(t.dom0.said() + "\n" + t.Pair.Said())
}

// Counters implements testbed.Testbed: the guests' own by heartbeat on their consoles,
// since the host's control groups can't tell the domains apart.
func (t *Testbed) Counters() []monitor.Source {
	sources := t.dom0.counters()
	for _, g := range t.Guests() {
		sources = append(sources, g.Console)
	}
	return sources
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	facts := append(t.Pair.Facts(),
		testbed.Fact{Host: monitor.Host, Key: "technology", Value: "Xen"},
		testbed.Fact{Host: monitor.Host, Key: "class", Value: "para-virtualisation"},
		testbed.Fact{Host: monitor.Host, Key: "guest_type", Value: t.kind()},
		testbed.Fact{Host: monitor.Host, Key: "guest_cpu_counters", Value: "of the guests' own kernels"},
	)
	for _, g := range t.Guests() {
		facts = append(facts,
			testbed.Fact{Host: g.Role, Key: "kernel", Value: t.kernel.Release},
			testbed.Fact{Host: g.Role, Key: "software_linux", Value: t.kernel.Version},
			testbed.Fact{Host: g.Role, Key: "kernel_arguments", Value: arguments(g)},
			testbed.Fact{Host: g.Role, Key: "vcpus", Value: fmt.Sprint(vcpus(g.Limits))},
		)
	}
	return append(facts, t.dom0.facts()...)
}

// Stop implements testbed.Testbed.
func (t *Testbed) Stop() error { return errors.Join(t.dom0.stop(), t.Pair.Stop()) }
