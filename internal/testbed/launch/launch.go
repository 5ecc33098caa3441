// Package launch starts the first process of a guest: inside its control group, its
// network and, where it has one, its root file system, and gone when collect is gone.
package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/moby/sys/reexec"
	"golang.org/x/sys/unix"
)

// stage is the name under which this program calls itself to set up a guest.
const stage = "virtcmp-guest"

// stageEnv carries the Command to the stage.
const stageEnv = "VIRTCMP_LAUNCH"

func init() {
	reexec.Register(stage, func() {
		err := enter()
		fmt.Fprintln(os.Stderr, "launch:", err) // on success the process is another program by now
		os.Exit(1)
	})
}

// Command describes a process to start.
type Command struct {
	Args    []string // the program and its arguments
	Env     []string
	Procs   []string  // cgroup.procs files of the control groups to join
	Root    *Root     // nil: this machine's own file system and namespaces
	Apart   []string  // directories that it finds empty; they, and all that it starts and mounts, end with it
	Overlay *Overlay  // for a runtime Apart that makes it the guest's root itself
	Nobody  bool      // without privileges, in namespaces of its own; see becomeNobody
	KVM     bool      // Nobody may use /dev/kvm
	Output  io.Writer `json:"-"` // takes standard output and error
	// In calls its argument where the process shall have its network; nil: here.
	In func(func() error) error `json:"-"`
}

// Root makes an overlay a guest's root.
type Root struct {
	Overlay
	Hostname string
}

// Process is a started Command.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // why it ended; after done
}

// Start starts the process. It is killed when this process ends.
func (c Command) Start() (*Process, error) {
	spec, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	cmd := reexec.Command(stage)
	cmd.Env = []string{stageEnv + "=" + string(spec)}
	cmd.Stdout, cmd.Stderr = c.Output, c.Output
	if c.Root != nil {
		cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC
	}
	if c.Nobody || c.Apart != nil {
		cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWPID
	}
	in := c.In
	if in == nil {
		in = func(fn func() error) error { return fn() }
	}
	var p *Process
	err = in(func() (err error) {
		p, err = Start(cmd)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Args[0], err)
	}
	return p, nil
}

// Start starts a prepared command and follows it. It is killed when this process ends.
func Start(cmd *exec.Cmd) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.SysProcAttr.Setpgid = true // Ctrl-C is for collect alone
	cmd.WaitDelay = time.Second    // what it started may outlive it with its output open
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		if p.err = cmd.Wait(); p.err == nil {
			p.err = errors.New("exit status 0")
		}
	}()
	return p, nil
}

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Alive returns nil while the process runs, and then how it ended.
func (p *Process) Alive() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Wait waits until the process has ended, and returns nil if it was content. It is
// killed when ctx ends first.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
	case <-ctx.Done():
		p.Kill()
		return context.Cause(ctx)
	}
	if p.cmd.ProcessState.Success() {
		return nil
	}
	return p.err
}

// Kill ends the process and waits until it is gone. Of one with a Root, of Nobody or
// Apart, everything that it started ends with it.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// enter is the stage: it becomes the process that the Command describes.
func enter() error {
	var c Command
	if err := json.Unmarshal([]byte(os.Getenv(stageEnv)), &c); err != nil {
		return err
	}
	runtime.LockOSThread()
	for _, f := range c.Procs {
		if err := os.WriteFile(f, []byte("0"), 0); err != nil {
			return err
		}
	}
	if c.Root != nil {
		if err := c.Root.enter(); err != nil {
			return err
		}
	}
	if c.Apart != nil {
		if err := ownMounts(c.Apart...); err != nil {
			return err
		}
	}
	if c.Overlay != nil {
		if err := c.Overlay.mount(); err != nil {
			return err
		}
	}
	if c.Nobody {
		if err := becomeNobody(c.KVM); err != nil {
			return err
		}
	}
	path, err := lookPath(c.Args[0], c.Env)
	if err != nil {
		return err
	}
	return syscall.Exec(path, c.Args, c.Env)
}

// enter mounts the guest's file system and makes it the root.
func (r *Root) enter() error {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount namespace: %w", err)
	}
	if err := r.mount(); err != nil {
		return err
	}
	for _, m := range []struct{ kind, on, data string }{
		{"proc", "proc", ""},
		{"sysfs", "sys", ""},
		{"tmpfs", "dev", "mode=755"},
		{"tmpfs", "run", "mode=755"},
		{"tmpfs", "tmp", "mode=1777"},
	} {
		if err := unix.Mount(m.kind, filepath.Join(r.Merged, m.on), m.kind, 0, m.data); err != nil {
			return fmt.Errorf("%s on /%s: %w", m.kind, m.on, err)
		}
	}
	if err := r.devices(); err != nil {
		return err
	}
	if err := unix.Sethostname([]byte(r.Hostname)); err != nil {
		return err
	}
	if err := unix.Chroot(r.Merged); err != nil {
		return err
	}
	return os.Chdir("/")
}

// devices makes the few that the application needs.
func (r *Root) devices() error {
	dev := filepath.Join(r.Merged, "dev")
	old := unix.Umask(0)
	defer unix.Umask(old)
	for name, number := range map[string]int{
		"null": int(unix.Mkdev(1, 3)), "zero": int(unix.Mkdev(1, 5)), "full": int(unix.Mkdev(1, 7)),
		"random": int(unix.Mkdev(1, 8)), "urandom": int(unix.Mkdev(1, 9)), "tty": int(unix.Mkdev(5, 0)),
	} {
		if err := unix.Mknod(filepath.Join(dev, name), unix.S_IFCHR|0o666, number); err != nil {
			return fmt.Errorf("/dev/%s: %w", name, err)
		}
	}
	for name, target := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(target, filepath.Join(dev, name)); err != nil {
			return err
		}
	}
	shm := filepath.Join(dev, "shm")
	if err := os.Mkdir(shm, 0o1777); err != nil {
		return err
	}
	return unix.Mount("tmpfs", shm, "tmpfs", 0, "mode=1777")
}

// lookPath finds the program on the PATH of env.
func lookPath(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, e := range env {
		if list, ok := strings.CutPrefix(e, "PATH="); ok {
			for _, dir := range filepath.SplitList(list) {
				path := filepath.Join(dir, name)
				if unix.Access(path, unix.X_OK) == nil {
					return path, nil
				}
			}
		}
	}
	return "", fmt.Errorf("%s: not found on the guest's PATH", name)
}
