// Package kernel gives guests with a kernel of their own one from the distribution's
// packages, and an initrd that brings it as far as the first process on its disk.
package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// Flavour is a kernel for a purpose: the packages that stand for its newest version,
// in Debian and in Ubuntu.
type Flavour struct{ Debian, Ubuntu string }

var (
	// Virtual is for virtual machines, and has few drivers beyond theirs.
	Virtual = Flavour{Debian: "linux-image-cloud-amd64", Ubuntu: "linux-image-virtual"}
	// Full is for any machine.
	Full = Flavour{Debian: "linux-image-amd64", Ubuntu: "linux-image-generic"}
)

// Kernel is an unpacked kernel package. Its files are shared and never written.
type Kernel struct {
	Release string // as uname -r has it, such as 6.1.0-56-cloud-amd64
	Version string // of the package, such as 6.1.192-2
	dir     string
}

// Image is the file to boot.
func (k *Kernel) Image() string { return filepath.Join(k.dir, "boot", "vmlinuz-"+k.Release) }

// Dir is where the package is unpacked, for the kernel's configuration and the like.
func (k *Kernel) Dir() string { return k.dir }

// Check says whether Fetch can find the kernel and make an initrd for it.
func Check(ctx context.Context, f Flavour) error {
	if err := guest.Tools(map[string]string{"apt-get": "apt", "apt-cache": "apt", "dpkg-deb": "dpkg"}); err != nil {
		return err
	}
	if err := checkBusybox(); err != nil {
		return err
	}
	_, err := f.find(ctx)
	return err
}

// Fetch returns the flavour's newest kernel that apt knows, and downloads it if the
// store does not have it yet.
func Fetch(ctx context.Context, store guest.Store, f Flavour) (*Kernel, error) {
	k, err := f.find(ctx)
	if err != nil {
		return nil, err
	}
	unlock, err := store.Lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	// A version may have a colon, which separates things for QEMU and others.
	k.dir = filepath.Join(store.Dir, "kernel-"+k.Release+"_"+strings.ReplaceAll(k.Version, ":", "."))
	if _, err := os.Stat(k.dir); !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	return k, k.download(ctx)
}

const packagePrefix = "linux-image-"

// The package that a flavour's one depends on: its name and version.
var concrete = regexp.MustCompile(`(?m)^Depends:.*?\b` + packagePrefix + `(\d\S*)(?: \(= ([^)]+)\))?`)

// find asks apt for the flavour's newest kernel.
func (f Flavour) find(ctx context.Context) (*Kernel, error) {
	for _, name := range []string{f.Debian, f.Ubuntu} {
		out, err := exec.CommandContext(ctx, "apt-cache", "show", "--no-all-versions", name).Output()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil { // it does not know the package
			continue
		}
		m := concrete.FindSubmatch(out)
		if m == nil {
			return nil, fmt.Errorf("apt-cache show %s: no dependency on a %s package", name, packagePrefix)
		}
		k := &Kernel{Release: strings.TrimSuffix(string(m[1]), ","), Version: string(m[2])}
		if k.Version == "" { // Ubuntu's names have it
			k.Version, _, _ = strings.Cut(k.Release, "-generic")
		}
		return k, nil
	}
	return nil, &testbed.Unavailable{
		Reason: fmt.Sprintf("apt knows no package %s or %s with a kernel for the guests", f.Debian, f.Ubuntu),
		Remedy: "apt-get update",
	}
}

// download makes the kernel's directory beside its place and moves it there when it
// is whole.
func (k *Kernel) download(ctx context.Context) error {
	partial := k.dir + ".partial"
	wanted := []string{packagePrefix + k.Release}
	// Ubuntu has the modules apart.
	if modules := "linux-modules-" + k.Release; exec.CommandContext(ctx, "apt-cache", "show", modules).Run() == nil {
		wanted = append(wanted, modules)
	}
	if err := guest.Unpack(ctx, partial, wanted...); err != nil {
		return err
	}
	place := k.dir
	k.dir = partial
	// Ubuntu keeps it from users other than root, and monitors run as nobody.
	if err := os.Chmod(k.Image(), 0o644); err != nil {
		return err
	}
	if err := os.Rename(partial, place); err != nil {
		return err
	}
	k.dir = place
	return nil
}
