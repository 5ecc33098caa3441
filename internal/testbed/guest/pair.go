package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/cgroup"
	"virtcmp/internal/testbed/launch"
	"virtcmp/internal/testbed/network"
	"virtcmp/internal/workload"
)

// Pair is what the drivers share that start the two guests from the image: their
// directories, network, control groups and consoles. A driver embeds it.
type Pair struct {
	Spec  testbed.Spec
	Store Store

	Image *Image           // after Provision
	Net   *network.Network // these three between Boot and Stop
	App   *Guest
	DB    *Guest

	hierarchy *cgroup.Hierarchy
	lock      *os.File
	second    bool // the database guest serves the application too
}

// Guest is one of the two.
type Guest struct {
	Role    string // app or db
	Address string // with prefix length
	Limits  testbed.Limits
	Second  bool   // it serves an application of its own beside the database
	Dir     string // of its own, empty at first
	Written string // file or tree in it that takes what the guest writes; empty: there is none
	Group   *cgroup.Group
	Console *monitor.Console
	Process *launch.Process // the first one, once started
}

// CheckRoot is the part of a Check that the drivers share: root, cgroups, the tools
// that make the image, and swap where a guest is to use the host's.
func (p *Pair) CheckRoot(hostSwap bool) error {
	if os.Geteuid() != 0 {
		return &testbed.Unavailable{Reason: "it takes root to make namespaces, mounts and control groups", Remedy: "run collect as root"}
	}
	h, err := cgroup.Find("/proc/self/mounts")
	if err != nil {
		return err
	}
	for _, l := range []testbed.Limits{p.Spec.Guests.App, p.Spec.Guests.DB} {
		if err := h.Supports(l); err != nil {
			return err
		}
	}
	if _, err := hostRelease(); err != nil {
		return err
	}
	if err := Tools(map[string]string{"mmdebstrap": "mmdebstrap", "tar": "tar", "dpkg-query": "dpkg"}); err != nil {
		return err
	}
	if !hostSwap {
		return nil
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return err
	}
	have, need := testbed.Size(info.Totalswap*uint64(info.Unit)), p.Spec.Guests.App.Swap+p.Spec.Guests.DB.Swap
	if have < need {
		return &testbed.Unavailable{
			Reason: fmt.Sprintf("the guests' limits let them swap %v, and this machine has %v of swap space", need, have),
			Remedy: fmt.Sprintf("set host_swap: %v in the campaign's configuration, or add swap space", need),
		}
	}
	return nil
}

// Provision implements testbed.Testbed for guests that start from the root file
// system as it is.
func (p *Pair) Provision(ctx context.Context) (testbed.Image, error) {
	image, err := p.Store.Image(ctx, p.Spec.Stack)
	if err != nil {
		return testbed.Image{}, err
	}
	p.Image = image
	m := image.Manifest
	return testbed.Image{Digest: m.Digest, Size: m.Size, Duration: m.Duration, Manifest: &m}, nil
}

// Preview implements testbed.Previewer.
func (p *Pair) Preview() (testbed.Preview, error) {
	image, err := p.Store.Find(p.Spec.Stack)
	if err != nil {
		return testbed.Preview{}, err
	}
	return testbed.Preview{Image: image.Manifest, CgroupParent: (&cgroup.Hierarchy{Depth: p.depth()}).Group(p.Spec.Name).Parent(), Subnet: network.Subnet}, nil
}

// depth is how many control groups the guests' have above them.
func (p *Pair) depth() int {
	if d := p.Spec.CgroupDepth; d != nil {
		return *d
	}
	return cgroup.DefaultDepth
}

// Boot makes all that the guests need but themselves, unless Prepare did, and calls
// start for each of them. The limits of the guests' control groups are what limit makes
// of the guest's.
func (p *Pair) Boot(limit func(testbed.Limits) testbed.Limits, start func(*Guest) error) (testbed.Endpoints, error) {
	if p.App == nil {
		if err := p.Prepare(limit); err != nil {
			return testbed.Endpoints{}, err
		}
	}
	for _, g := range p.Guests() {
		if err := start(g); err != nil {
			return testbed.Endpoints{}, err
		}
	}
	return p.Endpoints(p.Net.Dial), nil
}

// Whole leaves all limits to the guest's control group.
func Whole(l testbed.Limits) testbed.Limits { return l }

// ServeSecond implements testbed.Doubling.
func (p *Pair) ServeSecond(yes bool) { p.second = yes }

// Prepare is the part of Boot that comes before the guests.
func (p *Pair) Prepare(limit func(testbed.Limits) testbed.Limits) (err error) {
	if err := p.Claim(); err != nil {
		return err
	}
	if p.hierarchy, err = cgroup.Find("/proc/self/mounts"); err != nil {
		return err
	}
	p.hierarchy.Depth = p.depth()
	if err := errors.Join(p.hierarchy.Reap(), os.RemoveAll(filepath.Dir(p.runDir()))); err != nil { // a killed collect's, of any testbed
		return err
	}
	if p.Net, err = network.New(); err != nil {
		return err
	}
	p.App = p.guest(monitor.App, network.AppAddress, p.Spec.Guests.App)
	p.DB = p.guest(monitor.DB, network.DBAddress, p.Spec.Guests.DB)
	p.DB.Second = p.second
	for _, g := range p.Guests() {
		if err := g.Group.Create(limit(g.Limits)); err != nil {
			return err
		}
		if err := os.RemoveAll(g.Dir); err != nil {
			return err
		}
		if err := os.MkdirAll(g.Dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// claimFile is locked while guests run: those of another collect would be taken for
// what a killed one left behind, and share the CPU.
const claimFile = "/run/virtcmp.lock"

// Claim keeps other collects from running guests until Stop.
func (p *Pair) Claim() (err error) {
	if p.lock != nil {
		return nil
	}
	if p.lock, err = os.Create(claimFile); err != nil {
		return err
	}
	if err := unix.Flock(int(p.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		err = errors.Join(fmt.Errorf("another collect runs guests on this machine (%s is locked)", claimFile), p.lock.Close())
		p.lock = nil
		return err
	}
	return nil
}

func (p *Pair) guest(role, address string, l testbed.Limits) *Guest {
	return &Guest{
		Role: role, Address: address, Limits: l,
		Dir:     filepath.Join(p.runDir(), role),
		Group:   p.hierarchy.Group(p.Spec.Name + "-" + role),
		Console: monitor.NewConsole(role),
	}
}

// runDir holds what the guests write while they run.
func (p *Pair) runDir() string { return filepath.Join(p.Store.Dir, "run", p.Spec.Name) }

// Guests are the two, in the order in which they start.
func (p *Pair) Guests() []*Guest {
	if p.App == nil {
		return nil
	}
	return []*Guest{p.DB, p.App}
}

// Hierarchy is the machine's cgroup hierarchy, after Boot.
func (p *Pair) Hierarchy() *cgroup.Hierarchy { return p.hierarchy }

// Alive implements testbed.Testbed.
func (p *Pair) Alive() error {
	for _, g := range p.Guests() {
		if g.Process == nil {
			return fmt.Errorf("the %s guest was not started", g.Role)
		}
		if err := g.Process.Alive(); err != nil {
			return fmt.Errorf("the %s guest has ended: %w", g.Role, err)
		}
	}
	return nil
}

// Said implements testbed.Testbed.
func (p *Pair) Said() string {
	var said []string
	for _, g := range p.Guests() {
		if last := g.Console.Last(); last != "" {
			said = append(said, last)
		}
	}
	return strings.Join(said, "\n")
}

// Stop implements testbed.Testbed: it ends the guests with all that is left in their
// control groups, and removes what Boot made.
func (p *Pair) Stop() error {
	var errs []error
	for _, g := range p.Guests() {
		errs = append(errs, g.Group.Destroy())
		if g.Process != nil {
			g.Process.Kill()
		}
		errs = append(errs, os.RemoveAll(g.Dir))
	}
	if p.App != nil {
		errs = append(errs, os.Remove(p.runDir()))
	}
	p.App, p.DB = nil, nil
	if p.Net != nil {
		errs = append(errs, p.Net.Close())
		p.Net = nil
	}
	if p.lock != nil {
		errs = append(errs, p.lock.Close())
		p.lock = nil
	}
	return errors.Join(errs...)
}

// Endpoints are those of the image's application, reached by dial.
func (p *Pair) Endpoints(dial workload.DialFunc) testbed.Endpoints {
	ends := p.Application("http://"+network.App, dial)
	if p.second {
		second := p.Application("http://"+network.DB, dial)
		second.Stress = nil
		ends.Second = &second
	}
	return ends
}

// Application is how the image's application is reached at a URL.
func (p *Pair) Application(url string, dial workload.DialFunc) testbed.Endpoints {
	scripts := workload.Scripts{URL: url + "/virtcmp", Dial: dial, Memory: stressed(p.Spec.Guests.App)}
	return testbed.Endpoints{URL: url, Dial: dial, SQL: scripts, Stress: scripts}
}

// stressed is how many bytes stressors take in a guest with those limits: more than it
// has memory where it may swap as much again, and not so much that it must kill its web
// server.
func stressed(l testbed.Limits) uint64 { return uint64(l.Memory+l.Swap) / 10 * 6 }

// Counters are those of the guests' control groups.
func (p *Pair) Counters() []monitor.Source {
	var sources []monitor.Source
	for _, g := range p.Guests() {
		sources = append(sources, monitor.CgroupCounters(g.Group.Counters(), g.Role))
	}
	return sources
}

// KernelCounters are those of guests with kernels of their own: by heartbeat on their
// consoles, and what they cost the host.
func (p *Pair) KernelCounters() []monitor.Source {
	sources := p.Counters()
	for _, g := range p.Guests() {
		sources = append(sources, g.Console)
	}
	return sources
}

// Facts are what the drivers have in common.
func (p *Pair) Facts() []testbed.Fact {
	facts := []testbed.Fact{{Host: monitor.Host, Key: "cgroup_version", Value: strconv.Itoa(p.hierarchy.Version)}}
	for _, g := range p.Guests() {
		facts = append(facts, g.Facts()...)
		facts = append(facts, testbed.Fact{Host: g.Role, Key: "cgroup_parent", Value: g.Group.Parent()})
		facts = append(facts, p.Image.Facts(g.Role)...)
	}
	return facts
}

// Facts are the guest's limits.
func (g *Guest) Facts() []testbed.Fact {
	l := g.Limits
	var facts []testbed.Fact
	for _, f := range []struct {
		key   string
		value float64
	}{
		{"limit_memory_bytes", float64(l.Memory)},
		{"limit_swap_bytes", float64(l.Swap)},
		{"limit_cpus", l.CPUs},
		{"cpu_shares", float64(l.Shares)},
		{"limit_pids", float64(l.PIDs)},
	} {
		if f.value > 0 {
			facts = append(facts, testbed.Fact{Host: g.Role, Key: f.key, Value: strconv.FormatFloat(f.value, 'f', -1, 64)})
		}
	}
	if l.CPUSet != "" {
		facts = append(facts, testbed.Fact{Host: g.Role, Key: "limit_cpuset", Value: string(l.CPUSet)})
	}
	return facts
}

// Kernel returns the release of this machine's kernel.
func Kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// Overlay is a writable layer over the image's root file system, in directories of the
// guest's own.
func (g *Guest) Overlay(image *Image) (launch.Overlay, error) {
	g.Written = filepath.Join(g.Dir, "upper")
	o := launch.Overlay{Lower: image.Rootfs(), Upper: g.Written, Work: filepath.Join(g.Dir, "work"), Merged: filepath.Join(g.Dir, "merged")}
	for _, d := range []string{o.Upper, o.Work, o.Merged} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return o, err
		}
	}
	return o, nil
}

// Env is the environment of a guest's first process.
func (g *Guest) Env() []string {
	return append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, g.Words()...)
}

// Words tell the guest what it is to be: in the environment of its first process, or
// on the command line of a kernel of its own, which passes them on.
func (g *Guest) Words() []string {
	words := []string{"VIRTCMP_ROLE=" + g.Role}
	if g.Second {
		words = append(words, "VIRTCMP_SECOND=yes")
	}
	return words
}

// KernelWords are the Words for a guest with a kernel of its own, which keeps the limit
// of its processes and has to find its network: nic is its interface.
func (g *Guest) KernelWords(nic string) []string {
	words := append(g.Words(), "VIRTCMP_KERNEL=own", "VIRTCMP_ADDRESS="+g.Address, "VIRTCMP_NIC="+nic)
	if g.Limits.PIDs > 0 {
		words = append(words, "VIRTCMP_PIDS="+strconv.Itoa(g.Limits.PIDs))
	}
	return words
}
