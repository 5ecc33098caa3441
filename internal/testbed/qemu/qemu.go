// Package qemu runs the guests as virtual machines by QEMU (Bellard, 2005): on the
// processor's own virtualisation by KVM (Kivity et al., 2007) where that works, and
// elsewhere on a processor emulated in software.
package qemu

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/kernel"
	"virtcmp/internal/testbed/launch"
)

const program = "qemu-system-x86_64"

// Accelerators and networks as the configuration names them.
const (
	kvm    = "kvm"
	tcg    = "tcg"
	bridge = "bridge"
	user   = "user"
)

// Testbed is the QEMU testbed.
type Testbed struct {
	guest.Pair
	base    string // image that both guests' disks are based on
	kernel  *kernel.Kernel
	initrd  string
	version string

	accelerator string              // after Provision
	disks       map[string][]string // the guests' own by role, each based on the one before
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	return &Testbed{Pair: guest.Pair{Spec: spec, Store: store}, disks: map[string][]string{}}
}

// Check implements testbed.Testbed. Only where the configuration insists on KVM it
// tries a kernel on it, for which it may download one.
func (t *Testbed) Check(ctx context.Context) error {
	for _, choice := range []struct {
		key, value string
		of         []string
	}{
		{"accelerator", t.Spec.QEMU.Accelerator, []string{"", kvm, tcg}},
		{"network", t.Spec.QEMU.Network, []string{"", bridge, user}},
	} {
		if !slices.Contains(choice.of, choice.value) {
			return fmt.Errorf("qemu.%s is %q, want one of %q", choice.key, choice.value, choice.of)
		}
	}
	if t.Spec.QEMU.VCPUs < 0 {
		return fmt.Errorf("qemu.vcpus is %d, want 1 or more", t.Spec.QEMU.VCPUs)
	}
	if runtime.GOARCH != "amd64" {
		return &testbed.Unavailable{Reason: "the virtual machines are x86-64 ones, and this machine is not", Remedy: "use an x86-64 machine"}
	}
	if err := guest.Tools(map[string]string{program: "qemu-system-x86", "qemu-img": "qemu-utils", "mkfs.ext4": "e2fsprogs"}); err != nil {
		return err
	}
	if err := t.CheckRoot(false); err != nil {
		return err
	}
	if err := kernel.Check(ctx, kernel.Virtual); err != nil {
		return err
	}
	if t.Spec.QEMU.Accelerator != kvm {
		return nil
	}
	if err := t.fetch(ctx); err != nil {
		return err
	}
	return t.tryKVM(ctx)
}

// Provision implements testbed.Testbed.
func (t *Testbed) Provision(ctx context.Context) (image testbed.Image, err error) {
	if image, t.base, err = t.ProvisionDisk(ctx); err != nil {
		return image, err
	}
	if err := t.fetch(ctx); err != nil {
		return image, err
	}
	t.accelerator = tcg
	if t.Spec.QEMU.Accelerator != tcg {
		err := t.tryKVM(ctx)
		if ctx.Err() != nil {
			return image, ctx.Err()
		}
		if err == nil {
			t.accelerator = kvm
		} else if t.Spec.QEMU.Accelerator == kvm {
			return image, err
		}
	}
	return image, nil
}

var versionLine = regexp.MustCompile(`version (\S+)`)

// fetch gets the guests' kernel and finds out which QEMU this is.
func (t *Testbed) fetch(ctx context.Context) (err error) {
	if t.kernel, err = kernel.Fetch(ctx, t.Store, kernel.Virtual); err != nil {
		return err
	}
	if t.initrd, err = t.kernel.Initrd("qemu", "virtio_pci", "virtio_blk", "virtio_net"); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", program, err)
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("%s --version: no version in %q", program, out)
	}
	t.version = string(m[1])
	return nil
}

// Start implements testbed.Testbed.
func (t *Testbed) Start(context.Context) (testbed.Endpoints, error) {
	ends, err := t.Boot(testbed.Limits.Processor, t.start)
	if err != nil || t.network() == bridge {
		return ends, err
	}
	return t.Application(ends.URL, func(ctx context.Context, network, _ string) (net.Conn, error) {
		return t.Net.Dial(ctx, network, net.JoinHostPort(loopback, strconv.Itoa(forwarded)))
	}), nil
}

// start makes the guest's disks and starts it.
func (t *Testbed) start(g *guest.Guest) error {
	disk := filepath.Join(g.Dir, "disk0.qcow2")
	if out, err := exec.Command("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", t.base, disk).CombinedOutput(); err != nil {
		return fmt.Errorf("qemu-img create: %w: %s", err, out)
	}
	t.disks[g.Role] = []string{disk}
	if g.Limits.Swap > 0 {
		if _, err := g.SwapDisk(); err != nil {
			return err
		}
	}
	for _, path := range []string{disk, g.Dir} {
		if err := os.Chown(path, launch.Nobody, launch.Nobody); err != nil {
			return err
		}
	}
	if t.network() == bridge {
		if err := t.Net.Tap(tap(g), launch.Nobody); err != nil {
			return fmt.Errorf("tap device: %w", err)
		}
	}
	return t.launch(g)
}

// launch starts a guest whose disks are there, with more arguments where there are any.
func (t *Testbed) launch(g *guest.Guest, more ...string) (err error) {
	g.Process, err = launch.Command{
		Args: append(t.arguments(g), more...), Env: g.Env(), Procs: g.Group.Procs(),
		Nobody: true, KVM: t.accelerator == kvm, In: t.Net.Do, Output: g.Console,
	}.Start()
	return err
}

// Counters implements testbed.Testbed.
func (t *Testbed) Counters() []monitor.Source { return t.KernelCounters() }

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	technology := "QEMU"
	if t.accelerator == kvm {
		technology = "KVM"
	}
	facts := append(t.Pair.Facts(),
		testbed.Fact{Host: monitor.Host, Key: "technology", Value: technology},
		testbed.Fact{Host: monitor.Host, Key: "class", Value: "full-virtualisation"},
		testbed.Fact{Host: monitor.Host, Key: "accelerator", Value: t.accelerator},
		testbed.Fact{Host: monitor.Host, Key: "software_qemu", Value: t.version},
		testbed.Fact{Host: monitor.Host, Key: "network", Value: t.network()},
	)
	for _, g := range t.Guests() {
		facts = append(facts,
			testbed.Fact{Host: g.Role, Key: "kernel", Value: t.kernel.Release},
			testbed.Fact{Host: g.Role, Key: "software_linux", Value: t.kernel.Version},
			testbed.Fact{Host: g.Role, Key: "kernel_arguments", Value: t.kernelArguments(g)},
			testbed.Fact{Host: g.Role, Key: "vcpus", Value: strconv.Itoa(t.vcpus())},
		)
	}
	return facts
}
