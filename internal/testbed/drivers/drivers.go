// Package drivers knows every driver by name.
package drivers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/lxc"
	"virtcmp/internal/testbed/native"
	"virtcmp/internal/testbed/process"
	"virtcmp/internal/testbed/static"
	"virtcmp/internal/testbed/uml"
)

// Machine is what drivers may use of this machine.
type Machine struct {
	Cache       string // directory that keeps images for later campaigns
	AllowRemote bool   // load may go to public addresses
}

func (m Machine) store() guest.Store { return guest.Store{Dir: m.Cache} }

var table = map[string]func(testbed.Spec, Machine) testbed.Testbed{
	"lxc":     func(s testbed.Spec, m Machine) testbed.Testbed { return lxc.New(s, m.store()) },
	"native":  func(s testbed.Spec, m Machine) testbed.Testbed { return native.New(s, m.store()) },
	"process": func(s testbed.Spec, m Machine) testbed.Testbed { return process.New(s.Process) },
	"static":  func(s testbed.Spec, m Machine) testbed.Testbed { return static.New(s.Static, m.AllowRemote) },
	"uml":     func(s testbed.Spec, m Machine) testbed.Testbed { return uml.New(s, m.store()) },
}

// New returns the testbed that the spec describes.
func New(spec testbed.Spec, machine Machine) (testbed.Testbed, error) {
	driver := spec.Driver
	if driver == "" {
		driver = spec.Name
	}
	open, ok := table[driver]
	if !ok {
		return nil, fmt.Errorf("testbed %q: no driver %q; there are %s", spec.Name, driver, strings.Join(slices.Sorted(maps.Keys(table)), ", "))
	}
	return open(spec, machine), nil
}
