package qemu

import (
	"slices"
	"strings"
	"testing"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/kernel"
)

// after returns the arguments that follow the flag.
func after(args []string, flag string) (values []string) {
	for i, a := range args[:len(args)-1] {
		if a == flag {
			values = append(values, args[i+1])
		}
	}
	return values
}

func TestArguments(t *testing.T) {
	app := &guest.Guest{Role: "app", Address: "10.77.0.2/24", Dir: "/a,b/app", Limits: testbed.Limits{Memory: 192 << 20, Swap: 1 << 20}}
	db := &guest.Guest{Role: "db", Address: "10.77.0.3/24", Dir: "/a,b/db", Limits: testbed.Limits{Memory: 256 << 20}}
	for _, c := range []struct {
		name, accelerator string
		guest             *guest.Guest
		spec              testbed.QEMUSpec
		want              map[string][]string // by flag
		kernel            string              // words that its arguments must have
	}{
		{"bridge", tcg, app, testbed.QEMUSpec{}, map[string][]string{
			"-accel": {"tcg,thread=multi,tb-size=128"}, "-smp": {"1"}, "-m": {"192M"},
			"-netdev": {"tap,id=net0,ifname=tap-app,script=no,downscript=no"},
			"-drive":  {"if=none,id=disk,cache=unsafe,format=qcow2,file=/a,,b/app/disk1.qcow2", "if=none,id=swap,cache=unsafe,format=raw,file=/a,,b/app/swap"},
		}, "root=/dev/vda init=/usr/lib/virtcmp/init VIRTCMP_ROLE=app VIRTCMP_ADDRESS=10.77.0.2/24 VIRTCMP_NIC=eth0 VIRTCMP_SWAP=/dev/vdb"},
		{"without swap", kvm, db, testbed.QEMUSpec{VCPUs: 2}, map[string][]string{
			"-accel": {"kvm"}, "-smp": {"2"}, "-m": {"256M"},
			"-drive": {"if=none,id=disk,cache=unsafe,format=qcow2,file=/a,,b/db/disk0.qcow2"},
		}, "VIRTCMP_ROLE=db"},
		{"user, application", tcg, app, testbed.QEMUSpec{Network: user}, map[string][]string{
			"-netdev": {
				"dgram,id=net0,local.type=unix,local.path=/a,,b/app/net,remote.type=unix,remote.path=/a,,b/db/net",
				"user,id=net1,restrict=on,hostfwd=tcp:127.0.0.1:8080-10.0.2.15:80",
			},
		}, "VIRTCMP_NIC=eth0 VIRTCMP_FORWARD_ADDRESS=10.0.2.15/24 VIRTCMP_FORWARD_NIC=eth1"},
		{"user, database", tcg, db, testbed.QEMUSpec{Network: user}, map[string][]string{
			"-netdev": {"dgram,id=net0,local.type=unix,local.path=/a,,b/db/net,remote.type=unix,remote.path=/a,,b/app/net"},
		}, "VIRTCMP_NIC=eth0"},
	} {
		bed := New(testbed.Spec{QEMU: c.spec}, guest.Store{})
		bed.App, bed.DB, bed.kernel, bed.accelerator = app, db, &kernel.Kernel{}, c.accelerator
		bed.disks["app"] = []string{"/a,b/app/disk0.qcow2", "/a,b/app/disk1.qcow2"}
		bed.disks["db"] = []string{"/a,b/db/disk0.qcow2"}
		args := bed.arguments(c.guest)
		for flag, want := range c.want {
			if got := after(args, flag); !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q, want %q", c.name, flag, got, want)
			}
		}
		has := strings.Fields(after(args, "-append")[0])
		for word := range strings.FieldsSeq(c.kernel) {
			if !slices.Contains(has, word) {
				t.Errorf("%s: no %s in the kernel's arguments %q", c.name, word, has)
			}
		}
	}
}
