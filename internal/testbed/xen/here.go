package xen

import (
	"bufio"
	"context"
	"errors"
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

// here is this machine as domain 0. Xen's own scripts hang the domains' network cards
// on a bridge of this machine, which is joined with the testbed's; QEMU, as Xen brings
// it, serves the disks. This has not been tried on real hardware.
type here struct {
	testbed *Testbed
	version string
	booted  bool
}

// outside is the bridge.
const outside = "virtcmp0"

func (h *here) check(context.Context) error {
	const capabilities = "/proc/xen/capabilities"
	if !control(capabilities) {
		return &testbed.Unavailable{
			Reason: "this machine is not the domain 0 of a Xen: " + capabilities + " does not say control_d",
			Remedy: "boot Xen (apt-get install xen-system-amd64), or set xen.nested to yes",
		}
	}
	return guest.Tools(map[string]string{"xl": "xen-utils-common", "qemu-img": "qemu-utils", "bash": "bash"})
}

func (h *here) provision(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "xl", "info").Output()
	if err != nil {
		return fmt.Errorf("xl info: %w", err)
	}
	if h.version = info(string(out), "xen_version"); h.version == "" {
		return fmt.Errorf("xl info: no xen_version in %q", out)
	}
	return nil
}

// info is the value of a key in what xl info prints.
func info(text, key string) string {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (h *here) boot(ctx context.Context) error {
	h.booted = true
	for _, g := range h.testbed.Guests() {
		if err := h.destroy(g); err != nil { // a killed collect's
			return err
		}
		if err := overlay(rootFile(g), h.testbed.disk); err != nil {
			return err
		}
		if g.Limits.Swap > 0 {
			if _, err := g.SwapDisk(); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(g.Dir, "domain.cfg"), []byte(h.testbed.describe(g).config()), 0o644); err != nil {
			return err
		}
	}
	return h.testbed.Net.Join(outside)
}

func (h *here) run(ctx context.Context, line string) (string, error) {
	out, err := exec.CommandContext(ctx, "sh", "-c", line).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (h *here) configuration(g *guest.Guest) string { return quote(filepath.Join(g.Dir, "domain.cfg")) }

func (h *here) describe(g *guest.Guest, d *domain) {
	d.kernel, d.ramdisk = h.testbed.kernel.Image(), h.testbed.initrd
	d.disks = []string{"format=qcow2,target=" + rootFile(g)}
	if g.Limits.Swap > 0 {
		d.disks = append(d.disks, "format=raw,target="+swapFile(g))
	}
	d.vif = "bridge=" + outside
}

// quote makes one word of the text for the shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// follow takes the console by xl, which ends with the domain.
func (h *here) follow(_ context.Context, g *guest.Guest) (err error) {
	if g.Process != nil {
		g.Process.Kill()
	}
	g.Process, err = launch.Command{
		// xl gives up when there is nothing more to read from a keyboard.
		Args:  []string{"bash", "-c", "exec xl console -t pv " + name(g) + " < <(exec sleep infinity)"},
		Env:   g.Env(),
		Procs: g.Group.Procs(), Output: g.Console,
	}.Start()
	return err
}

func (h *here) alive(g *guest.Guest) error {
	if g.Process == nil {
		return fmt.Errorf("the %s guest was not started", g.Role)
	}
	if err := g.Process.Alive(); err != nil {
		return fmt.Errorf("the %s guest's domain has ended: %w", g.Role, err)
	}
	return nil
}

func (h *here) state(g *guest.Guest) string { return quote(stateFile(g)) }

func (h *here) saved(_ context.Context, g *guest.Guest) (int64, error) {
	return guest.DiskUsage(stateFile(g))
}

func (h *here) counters() []monitor.Source { return nil }

func (h *here) facts() []testbed.Fact {
	return []testbed.Fact{
		{Host: monitor.Host, Key: "nested", Value: no},
		{Host: monitor.Host, Key: "accelerator", Value: "xen"},
		{Host: monitor.Host, Key: "software_xen", Value: h.version},
	}
}

func (h *here) said() string { return "" }

// destroy ends the guest's domain, if it is there.
func (h *here) destroy(g *guest.Guest) error {
	ctx, cancel := context.WithTimeout(context.Background(), quickLimit)
	defer cancel()
	if err := exec.CommandContext(ctx, "xl", "domid", name(g)).Run(); err != nil {
		return nil // there is none of that name
	}
	if out, err := exec.CommandContext(ctx, "xl", "destroy", name(g)).CombinedOutput(); err != nil {
		return fmt.Errorf("xl destroy %s: %w: %s", name(g), err, out)
	}
	return nil
}

func (h *here) stop() error {
	if !h.booted {
		return nil
	}
	h.booted = false
	var errs []error
	for _, g := range h.testbed.Guests() {
		errs = append(errs, h.destroy(g))
	}
	return errors.Join(errs...)
}
