// Package drivers knows every driver by name.
package drivers

import (
	"fmt"
	"slices"
	"strings"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/lxc"
	"virtcmp/internal/testbed/native"
	"virtcmp/internal/testbed/process"
	"virtcmp/internal/testbed/qemu"
	"virtcmp/internal/testbed/static"
	"virtcmp/internal/testbed/uml"
	"virtcmp/internal/testbed/xen"
)

// Machine is what drivers may use of this machine.
type Machine struct {
	Cache       string // directory that keeps images for later campaigns
	AllowRemote bool   // load may go to public addresses
}

func (m Machine) store() guest.Store { return guest.Store{Dir: m.Cache} }

// Driver is a way to run a technology.
type Driver struct {
	Name       string
	Technology string
	Class      string // of isolation, as in data/technologies.csv
	open       func(testbed.Spec, Machine) testbed.Testbed
}

// All are the drivers, by name.
var All = []Driver{
	{"lxc", "LXC", "container", func(s testbed.Spec, m Machine) testbed.Testbed { return lxc.New(s, m.store()) }},
	{"native", "native Linux", "none", func(s testbed.Spec, m Machine) testbed.Testbed { return native.New(s, m.store()) }},
	{"process", "the embedded demonstration", "none", func(s testbed.Spec, _ Machine) testbed.Testbed { return process.New(s.Process) }},
	{"qemu", "QEMU", "full-virtualisation", func(s testbed.Spec, m Machine) testbed.Testbed { return qemu.New(s, m.store()) }},
	{"static", "an application anywhere", "any", func(s testbed.Spec, m Machine) testbed.Testbed { return static.New(s.Static, m.AllowRemote) }},
	{"uml", "User-Mode Linux", "para-virtualisation", func(s testbed.Spec, m Machine) testbed.Testbed { return uml.New(s, m.store()) }},
	{"xen", "Xen", "para-virtualisation", func(s testbed.Spec, m Machine) testbed.Testbed { return xen.New(s, m.store()) }},
}

// New returns the testbed that the spec describes.
func New(spec testbed.Spec, machine Machine) (testbed.Testbed, error) {
	name := spec.Driver
	if name == "" {
		name = spec.Name
	}
	var names []string
	for _, d := range All {
		if d.Name == name {
			return d.open(spec, machine), nil
		}
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return nil, fmt.Errorf("testbed %q: no driver %q; there are %s", spec.Name, name, strings.Join(names, ", "))
}
