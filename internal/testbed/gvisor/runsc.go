package gvisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	specs "github.com/opencontainers/runtime-spec/specs-go"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

const program = "runsc"

// platform is how the sandbox catches its processes' system calls.
func (t *Testbed) platform() string {
	if p := t.Spec.GVisor.Platform; p != "" {
		return p
	}
	return "ptrace"
}

// runsc is a command about the guest, which has that name in a store of its own.
func (t *Testbed) runsc(g *guest.Guest, command ...string) []string {
	args := []string{
		program, "--root=" + filepath.Join(g.Dir, "state"), "--platform=" + t.platform(),
		"--network=sandbox", // its own network stack; it takes eth0's address over
		"--ignore-cgroups",  // the sandbox stays in the group that it is started in
		"--overlay2=none",   // writes go to the disk as everywhere, not to the sandbox's memory
	}
	return append(append(args, command...), g.Role)
}

// rootOnly is hidden from runsc: it takes a network namespace that has rmem_default in
// it for the machine's first, whose interfaces it refuses to take over, and newer
// kernels have one in each.
const rootOnly = "/proc/sys/net/core"

// probeLimit is how long a sandbox may take to start and end.
const probeLimit = 10 * time.Second

// kernel returns the kernel release that programs see in a sandbox of that platform.
// The sandbox that it asks ends with it.
func kernel(ctx context.Context, platform string) (string, error) {
	state, err := os.MkdirTemp("", "runsc-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(state)
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--root="+state, "--platform="+platform, "--network=none", "--ignore-cgroups", "do", "uname", "-r")
	cmd.Env = append(os.Environ(), "TMPDIR="+state) // it leaves a bundle there when it is killed
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	why := err.Error()
	var exit *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		why = fmt.Sprintf("no program ends in it within %v", probeLimit)
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		said := bytes.TrimSpace(exit.Stderr) // its log, and what it comes to
		why = string(said[bytes.LastIndexByte(said, '\n')+1:])
	}
	return "", &testbed.Unavailable{
		Reason: fmt.Sprintf("%s can't use its platform %s here: %s", program, platform, why),
		Remedy: "set the testbed's gvisor.platform to ptrace, which runs anywhere",
	}
}

// Settings of MariaDB, which does not start on gVisor's asynchronous input and output,
// and their place in a guest.
const (
	SettingsPath = "/etc/mysql/mariadb.conf.d/gvisor.cnf"
	Settings     = "[mariadbd]\ninnodb_use_native_aio = 0\n"
)

const settingsName = "mariadb.cnf" // in the guest's own directory

// capabilities are what the guest's programs need to start as root and give it up.
var capabilities = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID", "CAP_SYS_CHROOT",
}

// bundle is the sandbox's configuration, by the runtime specification of the Open
// Container Initiative.
func bundle(g *guest.Guest, root string) *specs.Spec {
	return &specs.Spec{
		Version:  specs.Version,
		Hostname: g.Role,
		Root:     &specs.Root{Path: root},
		Process: &specs.Process{
			Args: []string{guest.Init}, Env: g.Env(), Cwd: "/",
			Capabilities: &specs.LinuxCapabilities{Bounding: capabilities, Effective: capabilities, Permitted: capabilities},
		},
		Mounts: []specs.Mount{
			{Destination: "/proc", Type: "proc", Source: "proc"},
			{Destination: "/tmp", Type: "tmpfs", Source: "tmpfs"},
			{Destination: "/run", Type: "tmpfs", Source: "tmpfs"},
			{Destination: SettingsPath, Type: "bind", Source: filepath.Join(g.Dir, settingsName), Options: []string{"ro"}},
		},
		Linux: &specs.Linux{Namespaces: []specs.LinuxNamespace{
			{Type: specs.PIDNamespace}, {Type: specs.MountNamespace}, {Type: specs.IPCNamespace}, {Type: specs.UTSNamespace},
			{Type: specs.NetworkNamespace, Path: "/proc/1/ns/net"}, // that of runsc itself
		}},
	}
}
