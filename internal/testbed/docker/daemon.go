package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
)

// daemon is an engine of collect's own. All that it starts and mounts ends with it;
// what it knows of images stays in its directory.
type daemon struct {
	dir     string   // holds its data
	hosts   []string // where it listens, beside its socket
	runtime string   // of the containers, if not its default one
	gvisor  testbed.GVisorSpec

	process *launch.Process
	said    *monitor.Console
}

const (
	socket     = "unix:///run/docker.sock" // in the daemon's own /run
	startLimit = 60 * time.Second
)

func (d *daemon) data() string { return filepath.Join(d.dir, "data") }

// requirements says what is missing here for a daemon with the runtime.
func requirements(runtime string) error {
	tools := map[string]string{"dockerd": "docker.io", "containerd": "containerd", "runc": "runc"}
	if runtime == gVisor {
		tools[runtime] = "runsc"
	}
	if err := guest.Tools(tools); err != nil {
		return err
	}
	if _, err := exec.LookPath(program(runtime)); err != nil {
		return &testbed.Unavailable{
			Reason: fmt.Sprintf("runtime %q not found", runtime),
			Remedy: "install it, or set docker.host to an engine that has it",
		}
	}
	return nil
}

// program is what the daemon calls for a runtime.
func program(runtime string) string {
	if runtime == "" {
		return "runc"
	}
	return runtime
}

// runscArgs are gVisor's arguments. It takes every network namespace of a kernel from
// 6.15 on for the machine's own, and refuses it, unless it may use its sockets.
func runscArgs(spec testbed.GVisorSpec) []string {
	platform := spec.Platform
	if platform == "" {
		platform = "ptrace"
	}
	return []string{"--platform=" + platform, "--network=host"}
}

// config is the daemon's configuration file, and the only one that it reads.
func (d *daemon) config() map[string]any {
	runtimes := map[string]any{}
	switch d.runtime {
	case "", "runc":
	case gVisor:
		runtimes[gVisor] = map[string]any{"path": gVisor, "runtimeArgs": runscArgs(d.gvisor)}
	default:
		runtimes[d.runtime] = map[string]any{"path": d.runtime}
	}
	return map[string]any{
		"data-root": d.data(),
		"hosts":     append([]string{socket}, d.hosts...),
		"log-level": "warn",
		// Its networks are those that it is told to make; it leaves the machine's rules alone.
		"bridge": "none", "iptables": false, "ip6tables": false, "ip-forward": false,
		// Its containers' groups lie where all guests' do, also where systemd runs.
		"exec-opts":      []string{"native.cgroupdriver=cgroupfs"},
		"storage-driver": "overlay2",
		"runtimes":       runtimes,
	}
}

// start starts the daemon in the control group of the files, and where in says.
func (d *daemon) start(ctx context.Context, procs []string, in func(func() error) error) (*engine, error) {
	text, err := json.MarshalIndent(d.config(), "", "\t")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(d.data(), 0o711); err != nil {
		return nil, err
	}
	config := filepath.Join(d.dir, "daemon.json")
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return nil, err
	}
	d.said = monitor.NewConsole(monitor.Host)
	d.process, err = launch.Command{
		Args: []string{"dockerd", "--config-file", config}, Env: os.Environ(), Procs: procs, In: in, Output: d.said,
		Apart: []string{"/run", "/etc/docker"}, // where it has sockets, mounts and pid files, and a key
	}.Start()
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(startLimit); ; {
		e, err := connect(ctx, fmt.Sprintf("unix:///proc/%d/root/run/docker.sock", d.process.Pid()))
		if err == nil {
			return e, nil
		}
		if ended := d.process.Alive(); ended != nil {
			err = fmt.Errorf("dockerd: %w", ended)
		} else if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		} else if time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		return nil, fmt.Errorf("%w; it said last:\n%s", err, d.said.Last())
	}
}

// stop ends the daemon at once: it keeps its books so that a crash does no harm.
func (d *daemon) stop() {
	if d.process != nil {
		d.process.Kill()
		d.process = nil
	}
}

// forget removes all that the daemon knows.
func (d *daemon) forget() error {
	if d.process != nil {
		return errors.New("dockerd runs on its data")
	}
	return os.RemoveAll(d.dir)
}
