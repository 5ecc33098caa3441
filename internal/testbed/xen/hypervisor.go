package xen

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/templates"
)

// ownScripts is where the image of domain 0 has the project's own files.
const ownScripts = "/usr/lib/virtcmp"

// hypervisor is the one of this machine's distribution, for a machine of its own.
type hypervisor struct {
	release string // such as 4.17, which its packages' names end in
	version string // of the package
	dir     string // where it is unpacked
}

// The distribution's package of a whole Xen, and what it says of the hypervisor's.
const whole = "xen-system-amd64"

var hypervisorPackage = regexp.MustCompile(`(?m)^Depends:.*\bxen-hypervisor-(\d[0-9.]*)`)

// find asks apt which Xen there is.
func (h *hypervisor) find(ctx context.Context) error {
	unavailable := &testbed.Unavailable{
		Reason: "apt knows no package " + whole + " of this machine's distribution",
		Remedy: "apt-get update, or use a Debian or Ubuntu host on x86-64",
	}
	out, err := exec.CommandContext(ctx, "apt-cache", "show", "--no-all-versions", whole).Output()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m := hypervisorPackage.FindSubmatch(out)
	if err != nil || m == nil {
		return unavailable
	}
	h.release = strings.TrimSuffix(string(m[1]), ".")
	out, err = exec.CommandContext(ctx, "apt-cache", "show", "--no-all-versions", h.name()).Output()
	if err != nil {
		return fmt.Errorf("apt-cache show %s: %w", h.name(), err)
	}
	for line := range strings.Lines(string(out)) {
		if version, ok := strings.CutPrefix(line, "Version: "); ok {
			h.version = strings.TrimSpace(version)
			return nil
		}
	}
	return fmt.Errorf("apt-cache show %s: no version", h.name())
}

func (h *hypervisor) name() string { return "xen-hypervisor-" + h.release + "-amd64" }

// file is what QEMU boots.
func (h *hypervisor) file() string { return filepath.Join(h.dir, "xen") }

// fetch downloads the hypervisor, if the store does not have it yet, and unpacks it:
// QEMU takes it as an ELF file only.
func (h *hypervisor) fetch(ctx context.Context, store guest.Store) error {
	unlock, err := store.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	h.dir = filepath.Join(store.Dir, "xen-"+strings.ReplaceAll(h.version, ":", "."))
	if _, err := os.Stat(h.file()); err == nil {
		return nil
	}
	place := h.dir
	h.dir += ".partial"
	if err := guest.Unpack(ctx, h.dir, h.name()); err != nil {
		return err
	}
	if err := gunzip(filepath.Join(h.dir, "boot", "xen-"+h.release+"-amd64.gz"), h.file()); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(place), os.Rename(h.dir, place)); err != nil {
		return err
	}
	h.dir = place
	return nil
}

func gunzip(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	plain, err := gzip.NewReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, plain); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return out.Close()
}

// recipe is the image of domain 0.
func (h *hypervisor) recipe() guest.Recipe {
	return guest.Recipe{
		Name:     "dom0",
		Packages: []string{"xen-utils-" + h.release, "iproute2", "mount"},
		Folder:   templates.Xen,
		Files: []guest.File{
			{From: "init", To: ownScripts[1:] + "/init", Mode: 0o755},
			{From: "block", To: ownScripts[1:] + "/block", Mode: 0o755},
			{From: "vif", To: ownScripts[1:] + "/vif", Mode: 0o755},
		},
	}
}
