package qemu

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed/guest"
)

// accelerators are QEMU's arguments for each. The translations of an emulated
// processor would otherwise take up to 1 GiB of the host's memory.
var accelerators = map[string]string{kvm: "kvm", tcg: "tcg,thread=multi,tb-size=128"}

// With network: user no device of the host's is used: the application is reached by
// a port that QEMU itself forwards, and the guests reach each other by a socket.
const (
	loopback       = "127.0.0.1"
	forwarded      = 8080 // on loopback in the testbed's network namespace
	forwardAddress = "10.0.2.15"
)

func (t *Testbed) network() string {
	if t.Spec.QEMU.Network == "" {
		return bridge
	}
	return t.Spec.QEMU.Network
}

func (t *Testbed) vcpus() int { return max(1, t.Spec.QEMU.VCPUs) }

func tap(g *guest.Guest) string { return "tap-" + g.Role }

// machine is what the guests have in common with the one that tries KVM.
func (t *Testbed) machine(accelerator string) []string {
	return []string{
		program, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio",
		"-M", "q35", "-accel", accelerators[accelerator], "-cpu", "max",
		"-kernel", t.kernel.Image(), "-initrd", t.initrd,
	}
}

// console makes the serial line the kernel's console, and a panic the guest's end.
const console = "console=ttyS0 panic=-1"

// arguments are a guest's command line. Nothing that the guests write must outlive
// this machine, so QEMU never waits until it is on the disk.
func (t *Testbed) arguments(g *guest.Guest) []string {
	disks := t.disks[g.Role]
	args := append(t.machine(t.accelerator),
		"-append", t.kernelArguments(g),
		"-name", g.Role,
		"-smp", strconv.Itoa(t.vcpus()),
		"-m", fmt.Sprintf("%dM", g.Limits.Memory>>20),
		"-qmp", "unix:"+option(socket(g))+",server=on,wait=off",
		"-drive", "if=none,id="+driveID+",cache=unsafe,format=qcow2,file="+option(disks[len(disks)-1]),
		"-device", "virtio-blk-pci,drive="+driveID,
	)
	if g.Limits.Swap > 0 {
		args = append(args,
			"-drive", "if=none,id=swap,cache=unsafe,format=raw,file="+option(filepath.Join(g.Dir, "swap")),
			"-device", "virtio-blk-pci,drive=swap")
	}
	if t.network() == bridge {
		return append(args, nic(g, 0, "tap,ifname="+tap(g)+",script=no,downscript=no")...)
	}
	peer := t.App
	if g.Role == monitor.App {
		peer = t.DB
	}
	end := func(g *guest.Guest) string { return option(filepath.Join(g.Dir, "net")) }
	args = append(args, nic(g, 0, "dgram,local.type=unix,local.path="+end(g)+",remote.type=unix,remote.path="+end(peer))...)
	if g.Role == monitor.App {
		args = append(args, nic(g, 1, fmt.Sprintf("user,restrict=on,hostfwd=tcp:%s:%d-%s:80", loopback, forwarded, forwardAddress))...)
	}
	return args
}

// nic is a network card with that other end. It has no ROM, since nothing boots from it.
func nic(g *guest.Guest, number int, end string) []string {
	kind, options, _ := strings.Cut(end, ",")
	id, last := fmt.Sprintf("net%d", number), 2
	if g.Role == monitor.DB {
		last = 3
	}
	return []string{
		"-netdev", kind + ",id=" + id + "," + options,
		"-device", fmt.Sprintf("virtio-net-pci,romfile=,netdev=%s,mac=52:54:00:00:%02x:%02x", id, number, last),
	}
}

// kernelArguments are the guest kernel's, and by it those of the image's init.
func (t *Testbed) kernelArguments(g *guest.Guest) string {
	words := append([]string{console, "quiet", "root=/dev/vda", "init=" + guest.Init}, g.KernelWords("eth0")...)
	if g.Limits.Swap > 0 {
		words = append(words, "VIRTCMP_SWAP=/dev/vdb")
	}
	if t.network() == user && g.Role == monitor.App {
		words = append(words, "VIRTCMP_FORWARD_ADDRESS="+forwardAddress+"/24", "VIRTCMP_FORWARD_NIC=eth1")
	}
	return strings.Join(words, " ")
}

// option guards the commas of a value in QEMU's key=value lists.
func option(value string) string { return strings.ReplaceAll(value, ",", ",,") }
