package xen

import (
	"fmt"
	"math"
	"strings"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
)

// domain describes a guest to the toolstack, as xl.cfg(5) has it.
type domain struct {
	name, kind      string
	kernel, ramdisk string // files in domain 0
	arguments       string // of the kernel
	limits          testbed.Limits
	disks           []string // disk specifications without vdev: the root, and what to swap to
	vif             string   // network specification without the address
	mac             string
}

// name is that of the guest's domain, which no other user's is likely to have.
func name(g *guest.Guest) string { return "virtcmp-" + g.Role }

// vcpus are as many processors as the guest may use time of.
func vcpus(l testbed.Limits) int { return max(1, int(math.Ceil(l.CPUs))) }

// arguments are the guest kernel's, and by it those of the image's init. A panic ends
// the domain.
func arguments(g *guest.Guest) string {
	words := append([]string{"console=hvc0", "quiet", "panic=-1", "root=/dev/xvda", "init=" + guest.Init}, g.KernelWords("eth0")...)
	if g.Limits.Swap > 0 {
		words = append(words, "VIRTCMP_SWAP=/dev/xvdb")
	}
	return strings.Join(words, " ")
}

// describe is what the guest's domain has wherever domain 0 is, and what dom0 adds.
func (t *Testbed) describe(g *guest.Guest) domain {
	d := domain{name: name(g), kind: t.kind(), arguments: arguments(g), limits: g.Limits, mac: "00:16:3e:77:00:02"}
	if g.Role == monitor.DB {
		d.mac = "00:16:3e:77:00:03"
	}
	t.dom0.describe(g, &d)
	return d
}

// config is the domain's configuration file. Whatever ends the domain's kernel ends
// the domain, so that nothing goes on unnoticed.
func (d domain) config() string {
	var b strings.Builder
	set := func(key string, value any) {
		if text, ok := value.(string); ok {
			value = `"` + text + `"`
		}
		fmt.Fprintf(&b, "%s = %v\n", key, value)
	}
	set("name", d.name)
	set("type", d.kind)
	set("kernel", d.kernel)
	set("ramdisk", d.ramdisk)
	set("extra", d.arguments)
	set("memory", int64(d.limits.Memory>>20))
	set("maxmem", int64(d.limits.Memory>>20))
	set("vcpus", vcpus(d.limits))
	if d.limits.CPUs > 0 && d.limits.CPUs < float64(vcpus(d.limits)) {
		set("cap", int(math.Round(d.limits.CPUs*100))) // percent of a processor
	}
	if d.limits.Shares > 0 {
		set("cpu_weight", max(1, d.limits.Shares/4)) // Xen's 256 are the kernel's 1024
	}
	var disks []string
	for i, disk := range d.disks {
		disks = append(disks, fmt.Sprintf("'vdev=xvd%c,access=rw,%s'", 'a'+i, disk))
	}
	fmt.Fprintf(&b, "disk = [%s]\n", strings.Join(disks, ", "))
	fmt.Fprintf(&b, "vif = ['mac=%s,%s']\n", d.mac, d.vif)
	for _, event := range []string{"on_poweroff", "on_reboot", "on_crash"} {
		set(event, "destroy")
	}
	return b.String()
}
