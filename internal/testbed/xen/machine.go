package xen

import (
	"archive/tar"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

const (
	tap            = "tap-xen"
	controlChannel = "control"
	guestFiles     = "/run/guests" // where domain 0 unpacks the disk of files
	saveRoom       = 64 << 20      // of a domain's saved state beyond its memory, in bytes
)

// attached is one of the machine's disks.
type attached struct {
	path, format string
	make         func(*nested) error
}

func rootFile(g *guest.Guest) string  { return filepath.Join(g.Dir, "disk.qcow2") }
func swapFile(g *guest.Guest) string  { return filepath.Join(g.Dir, "swap") }
func stateFile(g *guest.Guest) string { return filepath.Join(g.Dir, "state") }

// disks are the machine's in their order: domain 0's root, the files for the domains,
// and then each guest's.
func (n *nested) disks() []attached {
	root, files := filepath.Join(n.dir, "dom0.qcow2"), filepath.Join(n.dir, "files.tar")
	disks := []attached{
		{root, "qcow2", func(n *nested) error { return overlay(root, n.disk) }},
		{files, "raw", func(n *nested) error { return n.writeFiles(files) }},
	}
	for _, g := range n.testbed.Guests() {
		disks = append(disks,
			attached{rootFile(g), "qcow2", func(n *nested) error { return overlay(rootFile(g), n.testbed.disk) }},
			attached{stateFile(g), "raw", func(*nested) error { return sparse(stateFile(g), int64(g.Limits.Memory)+saveRoom) }},
		)
		if g.Limits.Swap > 0 {
			disks = append(disks, attached{swapFile(g), "raw", func(*nested) error {
				_, err := g.SwapDisk()
				return err
			}})
		}
	}
	return disks
}

// device is what domain 0 calls the disk.
func (n *nested) device(path string) string {
	for i, d := range n.disks() {
		if d.path == path {
			return fmt.Sprintf("/dev/vd%c", 'a'+i)
		}
	}
	return ""
}

// sparse makes a file that takes no room yet.
func sparse(path string, size int64) error {
	return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size))
}

// writeFiles makes the disk with what domain 0 makes the guests from: a tar archive
// needs no file system.
func (n *nested) writeFiles(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := tar.NewWriter(f)
	add := func(name string, text []byte) error {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			return err
		}
		_, err := w.Write(text)
		return err
	}
	for name, file := range map[string]string{"kernel": n.testbed.kernel.Image(), "initrd": n.testbed.initrd} {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := add(name, text); err != nil {
			return err
		}
	}
	for _, g := range n.testbed.Guests() {
		if err := add(filepath.Base(n.configuration(g)), []byte(n.testbed.describe(g).config())); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), f.Close())
}

func (n *nested) configuration(g *guest.Guest) string { return guestFiles + "/" + g.Role + ".cfg" }

func (n *nested) state(g *guest.Guest) string { return n.device(stateFile(g)) }

func (n *nested) describe(g *guest.Guest, d *domain) {
	d.kernel, d.ramdisk = guestFiles+"/kernel", guestFiles+"/initrd"
	for _, path := range []string{rootFile(g), swapFile(g)} {
		if device := n.device(path); device != "" {
			d.disks = append(d.disks, "script="+ownScripts+"/block,target="+device)
		}
	}
	d.vif = "bridge=xenbr0,script=" + ownScripts + "/vif"
}

// processor has neither SMAP, with which Xen crashes here, nor AVX and XSAVE, with which
// Apache and MariaDB did in the guests.
const processor = "Nehalem"

// Arguments of Xen and of domain 0's kernel. A panic of either ends the machine.
func xenArguments() string {
	return fmt.Sprintf("dom0_mem=%dM,max:%[1]dM dom0_max_vcpus=1 console=com1 com1=115200 loglvl=error guest_loglvl=error xpti=0 spec-ctrl=no", dom0Memory>>20)
}

const dom0Arguments = "console=hvc0 quiet panic=-1 mitigations=off root=/dev/vda init=" + ownScripts + "/init"

// machine is QEMU's command line. Xen is a multiboot kernel, and domain 0's kernel and
// initrd are its modules.
func (n *nested) machine() []string {
	args := []string{
		program, "-name", "xen", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio",
		"-M", "q35", "-accel", "tcg,thread=multi,tb-size=256", "-cpu", processor, "-smp", "2",
		"-m", fmt.Sprintf("%dM", n.memory()>>20),
		"-kernel", n.file(), "-append", xenArguments(),
		"-initrd", option(n.kernel.Image()) + " " + dom0Arguments + "," + option(n.initrd),
		"-netdev", "tap,id=net0,ifname=" + tap + ",script=no,downscript=no",
		"-device", "virtio-net-pci,romfile=,netdev=net0,mac=52:54:00:00:77:04",
		"-device", "virtio-serial-pci",
	}
	for i, d := range n.disks() {
		args = append(args,
			"-drive", fmt.Sprintf("if=none,id=disk%d,cache=unsafe,format=%s,file=%s", i, d.format, option(d.path)),
			"-device", fmt.Sprintf("virtio-blk-pci,drive=disk%d", i))
	}
	for _, c := range []string{controlChannel, monitor.App, monitor.DB} {
		args = append(args,
			"-chardev", "socket,id="+c+",server=on,wait=off,path="+option(filepath.Join(n.dir, c)),
			"-device", "virtserialport,chardev="+c+",name="+c)
	}
	return args
}

// option guards the commas of a value in QEMU's lists.
func option(value string) string { return strings.ReplaceAll(value, ",", ",,") }

func (n *nested) facts() []testbed.Fact {
	facts := []testbed.Fact{
		{Host: monitor.Host, Key: "nested", Value: yes},
		{Host: monitor.Host, Key: "accelerator", Value: "tcg"},
		{Host: monitor.Host, Key: "software_xen", Value: n.version},
		{Host: monitor.Host, Key: "xen_arguments", Value: xenArguments()},
		{Host: monitor.Host, Key: "emulated_cpu", Value: processor},
		{Host: monitor.Host, Key: "machine_memory_bytes", Value: fmt.Sprint(int64(n.memory()))},
		{Host: monitor.Host, Key: "hotplug_scripts", Value: "virtcmp"},
		{Host: monitor.Host, Key: "dom0_memory_bytes", Value: fmt.Sprint(dom0Memory)},
		{Host: monitor.Host, Key: "dom0_image_digest", Value: n.image.Manifest.Digest},
		{Host: monitor.Host, Key: "dom0_kernel", Value: n.kernel.Release},
		{Host: monitor.Host, Key: "dom0_kernel_arguments", Value: dom0Arguments},
	}
	if cpus := n.limits().CPUs; cpus > 0 {
		facts = append(facts, testbed.Fact{Host: monitor.Host, Key: "machine_limit_cpus", Value: fmt.Sprint(cpus)})
	}
	return facts
}
