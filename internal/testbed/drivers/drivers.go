// Package drivers knows every driver by name.
package drivers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/docker"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/gvisor"
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

// Kernel says whose kernel the guests run: the host's, one of their own, or "" where
// that depends on what the driver is given.
func (d Driver) Kernel() string {
	switch d.Class {
	case "none", "container":
		return "the host's"
	case "any":
		return ""
	}
	return "its own"
}

// All are the drivers, by name.
var All = []Driver{
	{"docker", "Docker", "container", func(s testbed.Spec, m Machine) testbed.Testbed { return docker.New(s, m.store()) }},
	{"gvisor", "gVisor", "sandbox", func(s testbed.Spec, m Machine) testbed.Testbed { return gvisor.New(s, m.store()) }},
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
	driver, err := Of(spec)
	if err != nil {
		return nil, err
	}
	return driver.open(spec, machine), nil
}

// Name is that of the spec's driver.
func Name(spec testbed.Spec) string { return cmp.Or(spec.Driver, spec.Name) }

// Of returns the spec's driver.
func Of(spec testbed.Spec) (Driver, error) {
	var names []string
	for _, d := range All {
		if d.Name == Name(spec) {
			return d, nil
		}
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return Driver{}, fmt.Errorf("testbed %q: no driver %q; there are %s", spec.Name, Name(spec), strings.Join(names, ", "))
}
