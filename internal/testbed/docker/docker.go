// Package docker runs the guests as containers of a Docker Engine, by its API: one
// that is there, here or on another machine, or else a private one that lives no
// longer than a trial.
package docker

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/cgroup"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/network"
)

// Testbed is the Docker testbed.
type Testbed struct {
	guest.Pair
	host   string // of the engine, after Check; empty: a private one
	image  imported
	daemon *daemon // the private engine, after Provision

	engine     *engine         // these between Prepare and Stop
	life       context.Context // ends with Stop
	end        context.CancelFunc
	here       bool // this machine is on the guests' network
	containers map[string]*guestContainer
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	return &Testbed{Pair: guest.Pair{Spec: spec, Store: store}}
}

// Check implements testbed.Testbed.
func (t *Testbed) Check(ctx context.Context) error {
	runtime := t.Spec.Docker.Runtime
	if d := t.Spec.CgroupDepth; d != nil && *d == 0 {
		return &testbed.Unavailable{
			Reason: "an engine names a container's control group by its number, and directly below the root nobody would know it for a guest's",
			Remedy: "give it a cgroup_depth of 1 or more",
		}
	}
	if t.host = chooseHost(ctx, t.Spec.Docker.Host); t.host == "" {
		if err := requirements(runtime); err != nil {
			return err
		}
		return t.CheckRoot(true)
	}
	e, err := connect(ctx, t.host)
	if err != nil {
		return &testbed.Unavailable{
			Reason: fmt.Sprintf("no Docker Engine answers at %s: %v", t.host, err),
			Remedy: "start it, or set neither docker.host nor DOCKER_HOST for a private one",
		}
	}
	defer e.Close()
	if err := e.runs(runtime); err != nil {
		return &testbed.Unavailable{Reason: err.Error(), Remedy: "add it to the engine's configuration"}
	}
	if err := e.limits(); err != nil {
		return err
	}
	return t.CheckRoot(strings.HasPrefix(t.host, "unix://"))
}

// Provision implements testbed.Testbed: it imports the guests' image into the engine.
func (t *Testbed) Provision(ctx context.Context) (testbed.Image, error) {
	image, err := t.Pair.Provision(ctx)
	if err != nil {
		return image, err
	}
	dir := filepath.Join(t.Store.Dir, "docker-"+t.Image.Manifest.Recipe[:12])
	if t.host == "" {
		t.daemon = &daemon{dir: dir, runtime: t.Spec.Docker.Runtime, gvisor: t.Spec.GVisor}
		err = t.importPrivately(ctx, filepath.Join(dir, "image.json"))
	} else {
		err = t.importThere(ctx, dir)
	}
	image.Duration += t.image.Took
	image.Size = t.image.Size
	return image, err
}

// imageName is what an engine calls the image.
func (t *Testbed) imageName() string { return "virtcmp/guest:" + t.Image.Manifest.Recipe[:12] }

func (t *Testbed) importPrivately(ctx context.Context, stamp string) (err error) {
	var found bool
	if t.image, found, err = readStamp(stamp); err != nil || found {
		return err
	}
	if err := t.Claim(); err != nil { // nobody else is at it
		return err
	}
	defer func() { err = errors.Join(err, t.Stop()) }()
	if err := t.daemon.forget(); err != nil {
		return err
	}
	if err := t.Prepare(ctx); err != nil {
		return err
	}
	if t.image, err = t.engine.importImage(ctx, t.Image, t.imageName()); err != nil {
		return err
	}
	if t.image.Size, err = guest.DiskUsage(t.daemon.data()); err != nil {
		return err
	}
	return t.image.writeStamp(stamp)
}

func (t *Testbed) importThere(ctx context.Context, dir string) error {
	e, err := connect(ctx, t.host)
	if err != nil {
		return err
	}
	defer e.Close()
	stamp := func(id string) string { return filepath.Join(dir, id+".json") }
	if there, err := e.ImageInspect(ctx, t.imageName()); err == nil {
		var found bool
		if t.image, found, err = readStamp(stamp(there.ID)); err != nil || found {
			return err
		}
	}
	if t.image, err = e.importImage(ctx, t.Image, t.imageName()); err != nil {
		return err
	}
	return t.image.writeStamp(stamp(t.image.ID))
}

// Prepare implements testbed.Preparer: engine and network are there when the guests
// start, as they are for who uses Docker every day.
func (t *Testbed) Prepare(ctx context.Context) (err error) {
	if err := t.Pair.Prepare(guest.Whole); err != nil {
		return err
	}
	t.life, t.end = context.WithCancel(context.Background())
	bridge := ""
	if t.daemon != nil {
		bridge = network.Bridge
		if err := t.group().Create(testbed.Limits{}); err != nil {
			return err
		}
		t.engine, err = t.daemon.start(ctx, t.group().Procs(), t.Net.Do)
	} else {
		t.engine, err = connect(ctx, t.host)
	}
	if err != nil {
		return err
	}
	if err := t.engine.limits(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if err := t.engine.sweep(ctx); err != nil {
		return fmt.Errorf("what a killed collect left: %w", err)
	}
	t.here, err = t.engine.addNetwork(ctx, t.networkName(), bridge)
	return err
}

// group is the control group of the private engine.
func (t *Testbed) group() *cgroup.Group { return t.Hierarchy().Group(t.Spec.Name + "-engine") }

func (t *Testbed) networkName() string { return "virtcmp-" + t.Spec.Name }

// callLimit is how long a few calls of the engine may take together: containers that
// swap are slow to end.
const callLimit = time.Minute

// Start implements testbed.Testbed.
func (t *Testbed) Start(ctx context.Context) (testbed.Endpoints, error) {
	if t.engine == nil {
		if err := t.Prepare(ctx); err != nil {
			return testbed.Endpoints{}, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	t.containers = map[string]*guestContainer{}
	ends, err := t.Boot(guest.Whole, func(g *guest.Guest) error { return t.start(ctx, g) })
	if err != nil || t.daemon != nil {
		return ends, err
	}
	if t.here { // it is this machine's network
		return t.Endpoints(nil), nil
	}
	url, err := t.published(ctx)
	ends = t.Application(url, nil)
	ends.External = true
	return ends, err
}

// Alive implements testbed.Testbed.
func (t *Testbed) Alive() error {
	for _, g := range t.Guests() {
		c := t.containers[g.Role]
		if c == nil {
			return fmt.Errorf("the %s guest was not started", g.Role)
		}
		if err := c.alive(); err != nil {
			return fmt.Errorf("the %s guest has ended: %w", g.Role, err)
		}
	}
	return nil
}

// Counters implements testbed.Testbed: those of the guests whose groups can be seen
// from here.
func (t *Testbed) Counters() []monitor.Source {
	var sources []monitor.Source
	for _, g := range t.Guests() {
		if t.containers[g.Role].seen {
			sources = append(sources, monitor.CgroupCounters(g.Group.Counters(), g.Role))
		}
	}
	return sources
}

// Stop implements testbed.Testbed.
func (t *Testbed) Stop() error {
	var errs []error
	if t.end != nil {
		t.end()
		t.end = nil
	}
	if t.engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), callLimit)
		defer cancel()
		errs = append(errs, t.engine.sweep(ctx), t.engine.Close())
		t.engine, t.containers = nil, nil
	}
	var group *cgroup.Group
	if t.daemon != nil {
		t.daemon.stop()
		if t.App != nil {
			group = t.group()
		}
	}
	errs = append(errs, t.Pair.Stop())
	if group != nil {
		errs = append(errs, group.Destroy())
	}
	return errors.Join(errs...)
}

// kinds are the technologies that a runtime makes of Docker's containers.
var kinds = []struct{ runtime, technology, class string }{
	{gVisor, "gVisor", "sandbox"},
	{"kata", "Kata Containers", "full-virtualisation"},
	{"io.containerd.kata", "Kata Containers", "full-virtualisation"},
	{"", "Docker", "container"},
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	info := t.engine.info
	runtime := t.Spec.Docker.Runtime
	if runtime == "" {
		runtime = info.DefaultRuntime
	}
	facts := t.Pair.Facts()
	add := func(host, key, value string) { facts = append(facts, testbed.Fact{Host: host, Key: key, Value: value}) }
	for _, k := range kinds {
		if strings.HasPrefix(runtime, k.runtime) {
			add(monitor.Host, "technology", k.technology)
			add(monitor.Host, "class", k.class)
			break
		}
	}
	add(monitor.Host, "accelerator", "none")
	add(monitor.Host, "software_docker", info.ServerVersion)
	add(monitor.Host, "docker_runtime", runtime)
	add(monitor.Host, "docker_storage_driver", info.Driver)
	add(monitor.Host, "docker_image", t.image.ID)
	if t.daemon != nil {
		if runtime == gVisor {
			add(monitor.Host, "docker_runtime_arguments", strings.Join(runscArgs(t.Spec.GVisor), " "))
		}
		add(monitor.Host, "docker_engine", "private")
	} else {
		add(monitor.Host, "docker_engine", strings.SplitN(t.host, ":", 2)[0])
	}
	if !t.here { // the facts of the engine's machine, which are not this one's
		add(monitor.Host, "kernel", info.KernelVersion)
		add(monitor.Host, "os", info.OperatingSystem)
		add(monitor.Host, "cpus", strconv.Itoa(info.NCPU))
		add(monitor.Host, "memory_bytes", strconv.FormatInt(info.MemTotal, 10))
	}
	for _, g := range t.Guests() {
		if kernel, err := t.engine.kernel(t.containers[g.Role].id); err == nil {
			add(g.Role, "kernel", kernel)
		}
		if !t.containers[g.Role].seen {
			add(g.Role, "counters", "none: its control group can't be seen from here")
		}
	}
	return facts
}
