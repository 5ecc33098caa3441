// Package process runs a small blog inside a process of this program, over an
// embedded SQL database, plainly or inside Linux namespaces. It needs no root and
// nothing installed, and demonstrates the whole comparison; what it measures is no
// statement about WordPress, and the paper made from it says so.
package process

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/moby/sys/reexec"
	"golang.org/x/sys/unix"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
	"virtcmp/internal/workload"
)

// Testbed is the embedded application.
type Testbed struct {
	spec    testbed.ProcessSpec
	dir     string
	process *launch.Process
	console *monitor.Console
}

// New returns a testbed.
func New(spec testbed.ProcessSpec) *Testbed { return &Testbed{spec: spec} }

// Check implements testbed.Testbed.
func (t *Testbed) Check(context.Context) error {
	if !t.spec.Namespaces {
		return nil
	}
	cmd := reexec.Command(nothing)
	cmd.SysProcAttr = namespaces()
	if err := cmd.Run(); err != nil {
		return &testbed.Unavailable{
			Reason: fmt.Sprintf("this user can't make namespaces here (%v)", err),
			Remedy: "allow it with sysctl kernel.unprivileged_userns_clone=1 (Debian) or kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or run collect as root",
		}
	}
	return nil
}

// namespaces puts a process into a user, pid, mount, network, ipc and uts namespace.
func namespaces() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// Provision implements testbed.Testbed: the application is in this program.
func (t *Testbed) Provision(context.Context) (testbed.Image, error) { return testbed.Image{}, nil }

// Start implements testbed.Testbed. The blog inherits a socket that listens here, so
// that it can be reached in a network namespace of its own.
func (t *Testbed) Start(context.Context) (testbed.Endpoints, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return testbed.Endpoints{}, err
	}
	defer listener.Close()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		return testbed.Endpoints{}, err
	}
	defer socket.Close()
	if t.dir, err = os.MkdirTemp("", "virtcmp-blog-"); err != nil {
		return testbed.Endpoints{}, err
	}
	t.console = monitor.NewConsole(monitor.App)
	cmd := reexec.Command(blog, t.dir)
	cmd.ExtraFiles = append(cmd.ExtraFiles, socket)
	cmd.Stdout, cmd.Stderr = t.console, t.console
	if t.spec.Namespaces {
		cmd.SysProcAttr = namespaces()
	}
	if t.process, err = launch.Start(cmd); err != nil {
		return testbed.Endpoints{}, err
	}
	url := "http://" + listener.Addr().String()
	return testbed.Endpoints{URL: url, SQL: workload.Scripts{URL: url + probePath}}, nil
}

// Alive implements testbed.Testbed.
func (t *Testbed) Alive() error {
	if err := t.process.Alive(); err != nil {
		return fmt.Errorf("the blog has ended: %w", err)
	}
	return nil
}

// Said implements testbed.Testbed.
func (t *Testbed) Said() string {
	if t.console == nil {
		return ""
	}
	return t.console.Last()
}

// Counters implements testbed.Testbed.
func (t *Testbed) Counters() []monitor.Source {
	source, err := monitor.ProcessCounters(t.process.Pid(), monitor.App)
	if err != nil {
		return nil // it has just ended, as Alive will say
	}
	return []monitor.Source{source}
}

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	technology, class := "process", "none"
	if t.spec.Namespaces {
		technology, class = "process in namespaces", "container"
	}
	return []testbed.Fact{
		{Host: monitor.Generator, Key: "demonstration", Value: "yes"},
		{Host: monitor.Host, Key: "technology", Value: technology},
		{Host: monitor.Host, Key: "class", Value: class},
		{Host: monitor.Host, Key: "accelerator", Value: "none"},
		{Host: monitor.App, Key: "kernel", Value: guest.Kernel()},
		{Host: monitor.App, Key: "software_sqlite", Value: strings.TrimPrefix(databaseVersion(), "v")},
	}
}

// Stop implements testbed.Testbed.
func (t *Testbed) Stop() error {
	if t.process != nil {
		t.process.Kill()
		t.process = nil
	}
	if t.dir == "" {
		return nil
	}
	dir := t.dir
	t.dir = ""
	return os.RemoveAll(dir)
}
