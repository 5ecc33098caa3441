// Package uml runs the guests on kernels of their own by User-Mode Linux (Dike,
// 2000): a Linux kernel ported to run as a process, the para-virtualised guest that
// needs neither a hypervisor nor virtualisation in hardware.
package uml

import (
	"context"
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

const program = "linux.uml"

// Testbed is the User-Mode Linux testbed.
type Testbed struct {
	guest.Pair
	disk   string // image that both guests' copy-on-write disks are based on
	kernel string
}

// New returns a testbed whose image is in store.
func New(spec testbed.Spec, store guest.Store) *Testbed {
	return &Testbed{Pair: guest.Pair{Spec: spec, Store: store}}
}

// Check implements testbed.Testbed. The guests swap to disks of their own, not to
// the host's swap space.
func (t *Testbed) Check(context.Context) error {
	if err := guest.Tools(map[string]string{program: "user-mode-linux", "mkfs.ext4": "e2fsprogs"}); err != nil {
		return err
	}
	return t.CheckRoot(false)
}

// Provision implements testbed.Testbed.
func (t *Testbed) Provision(ctx context.Context) (testbed.Image, error) {
	image, disk, err := t.ProvisionDisk(ctx)
	if err != nil {
		return image, err
	}
	t.disk = disk
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	t.kernel = strings.TrimSpace(string(out))
	return image, err
}

// Start implements testbed.Testbed.
func (t *Testbed) Start(context.Context) (testbed.Endpoints, error) {
	return t.Boot(testbed.Limits.Processor, t.start)
}

func (t *Testbed) start(g *guest.Guest) error {
	tap := "tap-" + g.Role
	if err := t.Net.Tap(tap, launch.Nobody); err != nil {
		return fmt.Errorf("tap device: %w", err)
	}
	g.Written = filepath.Join(g.Dir, "disk.cow")
	args := []string{
		program, "mem=" + megabytes(g.Limits.Memory), "umid=" + g.Role, "uml_dir=" + g.Dir,
		"ubd0=" + g.Written + "," + t.disk, "root=/dev/ubda", "rw", "init=" + guest.Init,
		"vec0:transport=tap,ifname=" + tap + ",depth=128,gro=1",
		"con=null", "con0=null,fd:1", "quiet",
	}
	args = append(args, g.KernelWords("vec0")...)
	if g.Limits.Swap > 0 {
		swap, err := g.SwapDisk()
		if err != nil {
			return err
		}
		args = append(args, "ubd1="+swap, "VIRTCMP_SWAP=/dev/ubdb")
	}
	if err := os.Chown(g.Dir, launch.Nobody, launch.Nobody); err != nil {
		return err
	}
	var err error
	g.Process, err = launch.Command{
		Args: args, Env: append(g.Env(), "HOME="+g.Dir, "TMPDIR=/dev/shm"), Procs: g.Group.Procs(), Nobody: true, In: t.Net.Do, Output: g.Console,
	}.Start()
	return err
}

// megabytes is a size as the kernel's mem= takes it.
func megabytes(s testbed.Size) string { return fmt.Sprintf("%dM", s>>20) }

// Counters implements testbed.Testbed.
func (t *Testbed) Counters() []monitor.Source { return t.KernelCounters() }

// Facts implements testbed.Testbed.
func (t *Testbed) Facts() []testbed.Fact {
	return append(t.Pair.Facts(),
		testbed.Fact{Host: monitor.Host, Key: "technology", Value: "User-Mode Linux"},
		testbed.Fact{Host: monitor.Host, Key: "class", Value: "para-virtualisation"},
		testbed.Fact{Host: monitor.Host, Key: "accelerator", Value: "uml"},
		testbed.Fact{Host: monitor.Host, Key: "software_uml", Value: t.kernel},
		testbed.Fact{Host: monitor.App, Key: "kernel", Value: t.kernel},
		testbed.Fact{Host: monitor.DB, Key: "kernel", Value: t.kernel},
	)
}
