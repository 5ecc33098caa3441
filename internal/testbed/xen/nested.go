package xen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/prometheus/procfs"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/cgroup"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/kernel"
	"virtcmp/internal/testbed/launch"
)

// nested is a domain 0 inside a machine that QEMU emulates. One process is Xen, domain
// 0 and both guests.
type nested struct {
	testbed *Testbed
	hypervisor
	kernel *kernel.Kernel // these four are domain 0's
	initrd string
	image  *guest.Image
	disk   string

	dir       string // of what the machine writes, or is given; with the rest, between boot and stop
	group     *cgroup.Group
	console   *monitor.Console
	process   *launch.Process
	channel   *channel
	following map[string]string // id of the domain's console, by role
	follows   int
	consoles  []io.Closer
}

const (
	program = "qemu-system-x86_64"

	dom0Memory = 384 << 20 // bytes
	spare      = 64 << 20  // what Xen needs for itself and its tables
	overhead   = 448 << 20 // what QEMU needs beyond the memory of its machine

	bootLimit   = 3 * time.Minute // for Xen and domain 0
	listenLimit = 30 * time.Second
)

// memory is that of the whole machine.
func (n *nested) memory() testbed.Size {
	g := n.testbed.Spec.Guests
	return dom0Memory + spare + g.App.Memory + g.DB.Memory
}

func (n *nested) check(ctx context.Context) error {
	if n.testbed.kind() == pvh {
		return &testbed.Unavailable{
			Reason: "a PVH domain needs virtualisation in hardware, which the emulated processor of a nested Xen is not given",
			Remedy: "set xen.type to pv, or run collect in domain 0 of a machine with Xen",
		}
	}
	if err := guest.Tools(map[string]string{program: "qemu-system-x86", "qemu-img": "qemu-utils"}); err != nil {
		return err
	}
	if err := n.find(ctx); err != nil {
		return err
	}
	if err := kernel.Check(ctx, kernel.Full); err != nil {
		return err
	}
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return err
	}
	mem, err := proc.Meminfo()
	if err != nil {
		return err
	}
	need := n.memory() + overhead
	if mem.MemAvailableBytes != nil && testbed.Size(*mem.MemAvailableBytes) < need {
		return &testbed.Unavailable{
			Reason: fmt.Sprintf("Xen, domain 0 and the guests take %v of memory under QEMU, and this machine has %v available", need, testbed.Size(*mem.MemAvailableBytes)),
			Remedy: "lower the guests' memory limits, or end other programs",
		}
	}
	return nil
}

func (n *nested) provision(ctx context.Context) (err error) {
	if err := n.find(ctx); err != nil {
		return err
	}
	if err := n.fetch(ctx, n.testbed.Store); err != nil {
		return err
	}
	if n.kernel, err = kernel.Fetch(ctx, n.testbed.Store, kernel.Full); err != nil {
		return err
	}
	n.initrd, err = n.kernel.Initrd("dom0",
		"virtio_pci", "virtio_blk", "virtio_net", "virtio_console", "bridge",
		"xenfs", "xen_privcmd", "xen_evtchn", "xen_gntdev", "xen_blkback", "xen_netback")
	if err != nil {
		return err
	}
	if n.image, err = n.testbed.Store.Make(ctx, n.recipe()); err != nil {
		return err
	}
	n.disk, _, err = n.image.Ext4(ctx)
	return err
}

func (n *nested) boot(ctx context.Context) error {
	n.dir = filepath.Join(filepath.Dir(n.testbed.App.Dir), "machine")
	n.console = monitor.NewConsole("machine")
	n.following, n.follows = map[string]string{}, 0
	if err := errors.Join(os.RemoveAll(n.dir), os.MkdirAll(n.dir, 0o755)); err != nil {
		return err
	}
	if err := n.makeDisks(); err != nil {
		return err
	}
	if err := n.testbed.Net.Tap(tap, launch.Nobody); err != nil {
		return fmt.Errorf("tap device: %w", err)
	}
	n.group = n.testbed.Hierarchy().Group(n.testbed.Spec.Name + "-machine")
	if err := n.group.Create(n.limits()); err != nil {
		return err
	}
	var err error
	n.process, err = launch.Command{
		Args: n.machine(), Env: os.Environ(), Procs: n.group.Procs(), Nobody: true, In: n.testbed.Net.Do, Output: n.console,
	}.Start()
	if err != nil {
		return err
	}
	return n.connect(ctx)
}

// limits are the machine's: domain 0 works for the guests, on their time.
func (n *nested) limits() testbed.Limits {
	g := n.testbed.Spec.Guests
	if g.App.CPUs == 0 || g.DB.CPUs == 0 {
		return testbed.Limits{}
	}
	return testbed.Limits{CPUs: g.App.CPUs + g.DB.CPUs}
}

// makeDisks makes what is attached to the machine, and gives it to the machine's user.
func (n *nested) makeDisks() error {
	for _, d := range n.disks() {
		if err := d.make(n); err != nil {
			return err
		}
		if err := os.Chown(d.path, launch.Nobody, launch.Nobody); err != nil {
			return err
		}
	}
	return os.Chown(n.dir, launch.Nobody, launch.Nobody)
}

// overlay makes a copy-on-write disk.
func overlay(path, base string) error {
	if out, err := exec.Command("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, path).CombinedOutput(); err != nil {
		return fmt.Errorf("qemu-img create: %w: %s", err, out)
	}
	return nil
}

// connect waits until domain 0 takes commands.
func (n *nested) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, bootLimit, fmt.Errorf("the machine with Xen is not up after %v", bootLimit))
	defer cancel()
	conn, err := n.dial(ctx, controlChannel)
	if err != nil {
		return err
	}
	n.channel = open(conn)
	for _, g := range n.testbed.Guests() {
		conn, err := n.dial(ctx, g.Role)
		if err != nil {
			return err
		}
		n.consoles = append(n.consoles, conn)
		go io.Copy(g.Console, conn) // until either end closes it
	}
	return n.channel.ready(ctx, n.running)
}

func (n *nested) dial(ctx context.Context, channel string) (io.ReadWriteCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, listenLimit)
	defer cancel()
	return dial(ctx, filepath.Join(n.dir, channel), n.running)
}

// running returns nil while the machine runs.
func (n *nested) running() error {
	if n.process == nil {
		return errors.New("the machine with Xen was not started")
	}
	if err := n.process.Alive(); err != nil {
		return fmt.Errorf("the machine with Xen has ended: %w", err)
	}
	return nil
}

func (n *nested) run(ctx context.Context, line string) (string, error) {
	return n.channel.run(ctx, line, n.running)
}

func (n *nested) follow(ctx context.Context, g *guest.Guest) error {
	n.follows++
	id := g.Role + "." + strconv.Itoa(n.follows)
	n.following[g.Role] = id
	_, err := n.run(ctx, fmt.Sprintf("follow %s %s %s", name(g), g.Role, id))
	return err
}

func (n *nested) alive(g *guest.Guest) error {
	if err := n.running(); err != nil {
		return err
	}
	id, ok := n.following[g.Role]
	if !ok {
		return fmt.Errorf("the %s guest was not started", g.Role)
	}
	if n.channel.ended(id) {
		return fmt.Errorf("the %s guest's domain has ended", g.Role)
	}
	return nil
}

// saved flushes the memory of the guest to its disk, to see how large it is there.
func (n *nested) saved(ctx context.Context, g *guest.Guest) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, quickLimit)
	defer cancel()
	if out, err := n.run(ctx, "sync"); err != nil {
		return 0, fmt.Errorf("sync: %w: %s", err, out)
	}
	return guest.DiskUsage(stateFile(g))
}

func (n *nested) counters() []monitor.Source {
	return []monitor.Source{monitor.CgroupCounters(n.group.Counters(), monitor.Host)}
}

func (n *nested) said() string {
	if n.console == nil {
		return ""
	}
	return n.console.Last()
}

func (n *nested) stop() error {
	var errs []error
	if n.group != nil {
		errs = append(errs, n.group.Destroy())
	}
	if n.process != nil {
		n.process.Kill()
	}
	if n.channel != nil {
		errs = append(errs, n.channel.Close())
	}
	for _, c := range n.consoles {
		errs = append(errs, c.Close())
	}
	if n.dir != "" {
		errs = append(errs, os.RemoveAll(n.dir))
	}
	n.group, n.process, n.channel, n.consoles, n.dir = nil, nil, nil, nil, ""
	return errors.Join(errs...)
}
