package xen

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/kernel"
	"virtcmp/templates"
)

// bed is a testbed as it is between Prepare and Stop, but for the guests.
func bed(nestedOrNot string, swap testbed.Size) *Testbed {
	t := New(testbed.Spec{Name: "xen", Xen: testbed.XenSpec{Nested: nestedOrNot}}, guest.Store{})
	t.kernel, t.initrd = &kernel.Kernel{Release: "6.1"}, "/c/initrd"
	t.App = &guest.Guest{Role: "app", Address: "10.77.0.2/24", Dir: "/c/app", Limits: testbed.Limits{Memory: 224 << 20, Swap: swap, CPUs: 0.5, Shares: 2048}}
	t.DB = &guest.Guest{Role: "db", Address: "10.77.0.3/24", Dir: "/c/db", Limits: testbed.Limits{Memory: 384 << 20, CPUs: 2}}
	if n, ok := t.dom0.(*nested); ok {
		n.dir, n.kernel, n.initrd = "/c/machine", &kernel.Kernel{Release: "6.1"}, "/c,d/initrd"
	}
	return t
}

func TestConfig(t *testing.T) {
	x := bed(yes, 1<<20)
	for _, c := range []struct{ name, got, want string }{
		{"application, nested", x.describe(x.App).config(), `name = "virtcmp-app"
type = "pv"
kernel = "/run/guests/kernel"
ramdisk = "/run/guests/initrd"
extra = "console=hvc0 quiet panic=-1 root=/dev/xvda init=/usr/lib/virtcmp/init VIRTCMP_ROLE=app VIRTCMP_KERNEL=own VIRTCMP_ADDRESS=10.77.0.2/24 VIRTCMP_NIC=eth0 VIRTCMP_SWAP=/dev/xvdb"
memory = 224
maxmem = 224
vcpus = 1
cap = 50
cpu_weight = 512
disk = ['vdev=xvda,access=rw,script=/usr/lib/virtcmp/block,target=/dev/vde', 'vdev=xvdb,access=rw,script=/usr/lib/virtcmp/block,target=/dev/vdg']
vif = ['mac=00:16:3e:77:00:02,bridge=xenbr0,script=/usr/lib/virtcmp/vif']
on_poweroff = "destroy"
on_reboot = "destroy"
on_crash = "destroy"
`},
		{"database, nested", lines(x.describe(x.DB).config(), "vcpus", "cap", "cpu_weight", "disk"), `vcpus = 2
disk = ['vdev=xvda,access=rw,script=/usr/lib/virtcmp/block,target=/dev/vdc']
`},
		{"application, here", lines(bed(no, 1<<20).describe(x.App).config(), "kernel", "ramdisk", "disk", "vif"), `kernel = "boot/vmlinuz-6.1"
ramdisk = "/c/initrd"
disk = ['vdev=xvda,access=rw,format=qcow2,target=/c/app/disk.qcow2', 'vdev=xvdb,access=rw,format=raw,target=/c/app/swap']
vif = ['mac=00:16:3e:77:00:02,bridge=virtcmp0']
`},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, c.got, c.want)
		}
	}
}

// lines returns those of a configuration with the keys.
func lines(config string, keys ...string) (kept string) {
	for line := range strings.Lines(config) {
		key, _, _ := strings.Cut(line, " ")
		if slices.Contains(keys, key) {
			kept += line
		}
	}
	return kept
}

// TestDevices compares domain 0's names of the disks, of which QEMU knows nothing,
// with the order in which QEMU gets them.
func TestDevices(t *testing.T) {
	for _, c := range []struct {
		swap testbed.Size
		want []string
	}{
		{1 << 20, []string{"/c/machine/dom0.qcow2", "/c/machine/files.tar", "/c/db/disk.qcow2", "/c/db/state", "/c/app/disk.qcow2", "/c/app/state", "/c/app/swap"}},
		{0, []string{"/c/machine/dom0.qcow2", "/c/machine/files.tar", "/c/db/disk.qcow2", "/c/db/state", "/c/app/disk.qcow2", "/c/app/state"}},
	} {
		n := bed(yes, c.swap).dom0.(*nested)
		var files []string
		args := n.machine()
		for i, a := range args {
			if _, file, ok := strings.Cut(a, ",file="); ok && args[i-1] == "-drive" {
				files = append(files, file)
			}
		}
		if !slices.Equal(files, c.want) {
			t.Errorf("swap %v: QEMU gets %q, want %q", c.swap, files, c.want)
		}
		for i, file := range files {
			if got, want := n.device(file), "/dev/vd"+string(rune('a'+i)); got != want {
				t.Errorf("%s is %s, want %s", file, got, want)
			}
		}
		if !slices.ContainsFunc(args, func(a string) bool { return strings.HasSuffix(a, "init=/usr/lib/virtcmp/init,/c,,d/initrd") }) {
			t.Errorf("domain 0's kernel has no arguments or initrd in %q", args)
		}
	}
}

// shell starts what domain 0 answers commands with, and returns the other end.
func shell(t *testing.T) *channel {
	t.Helper()
	init, err := fs.ReadFile(templates.Xen, "init")
	if err != nil {
		t.Fatal(err)
	}
	_, loop, found := strings.Cut(string(init), "\nwhile read")
	if !found {
		t.Fatal("templates/xen/init has no loop of commands")
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := os.NewFile(uintptr(ends[0]), "theirs"), os.NewFile(uintptr(ends[1]), "ours")
	bash := exec.Command("bash", "-c", "while read"+loop)
	bash.ExtraFiles = []*os.File{theirs} // 3
	if err := bash.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := net.FileConn(ours)
	if err := errors.Join(err, theirs.Close(), ours.Close()); err != nil {
		t.Fatal(err)
	}
	c := open(conn)
	t.Cleanup(func() {
		c.Close()
		bash.Wait()
	})
	return c
}

func lives() error { return nil }

func TestChannel(t *testing.T) {
	c := shell(t)
	for _, s := range []struct{ command, output, err string }{
		{"echo one; echo; echo 'done 3' >&2", "one\n\ndone 3", ""},
		{"true", "", ""},
		{"echo why; exit 7", "why", "exit status 7"},
		{"xl-does-not-exist", "", "exit status 127"},
	} {
		out, err := c.run(t.Context(), s.command, lives)
		if s.err == "" && (err != nil || out != s.output) || s.err != "" && (err == nil || err.Error() != s.err || !strings.Contains(out, s.output)) {
			t.Errorf("%s: %q, %v; want %q, %s", s.command, out, err, s.output, s.err)
		}
	}
	if c.ended("app.1") {
		t.Error("app.1 has ended before it was said")
	}
	if _, err := c.run(t.Context(), "echo gone app.1 >&3", lives); err != nil || !c.ended("app.1") || c.ended("app.2") {
		t.Errorf("app.1 ended: %v, app.2 ended: %v, %v", c.ended("app.1"), c.ended("app.2"), err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.run(short, "sleep 1; echo late", lives); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a slow command: %v", err)
	}
	if out, err := c.run(t.Context(), "echo next", lives); err == nil {
		t.Errorf("after a command without an answer, the next is answered by %q", out)
	}
}

func TestChannelEnds(t *testing.T) {
	c := shell(t)
	if _, err := c.run(t.Context(), "kill $$", lives); err == nil || !strings.Contains(err.Error(), "ended the conversation") {
		t.Errorf("domain 0's shell was killed: %v", err)
	}
	dead := errors.New("dead")
	if _, err := shell(t).run(t.Context(), "sleep 2", func() error { return dead }); !errors.Is(err, dead) {
		t.Errorf("the machine has died: %v", err)
	}
}

func TestControl(t *testing.T) {
	for text, want := range map[string]bool{"control_d\n": true, "\n": false, "": false} {
		file := filepath.Join(t.TempDir(), "capabilities")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := control(file); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if control(filepath.Join(t.TempDir(), "none")) {
		t.Error("a machine without Xen is a domain 0")
	}
}

// What Xen 4.17.7 and Debian's apt said.
func TestVersions(t *testing.T) {
	const text = "nr_cpus                : 2\nvirt_caps              : pv hvm hap gnttab-v1 gnttab-v2\ntotal_memory           : 1279\nxen_version            : 4.17.7\n"
	if got := info(text, "xen_version"); got != "4.17.7" {
		t.Errorf("xen_version is %q", got)
	}
	if got := info(text, "xen"); got != "" {
		t.Errorf("xen is %q", got)
	}
	m := hypervisorPackage.FindStringSubmatch("Version: 4.17.7+13-g2445b30a44-0+deb12u1\nDepends: xen-hypervisor-4.17-amd64, xen-hypervisor-common, xen-utils-4.17\n")
	if m == nil || m[1] != "4.17" {
		t.Errorf("the hypervisor's package is found as %q", m)
	}
}
