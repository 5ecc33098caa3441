package testbed

import (
	"fmt"
	"regexp"
)

// Limits are what a guest may use.
type Limits struct {
	Memory Size    `mapstructure:"memory"`     // bytes
	Swap   Size    `mapstructure:"swap"`       // bytes beyond Memory
	CPUs   float64 `mapstructure:"cpus"`       // processors' worth of time; 0: all
	Shares int     `mapstructure:"cpu_shares"` // weight against other guests; 0: the kernel's 1024
	CPUSet CPUSet  `mapstructure:"cpuset"`     // processors that it may run on; empty: all
	PIDs   int     `mapstructure:"pids"`       // processes and threads that it may have; 0: as many as it can
}

// Processor is what the limits leave to the host where the guest's own kernel keeps the
// others: the host's would count the same memory again, and can't see the processes.
func (l Limits) Processor() Limits { return Limits{CPUs: l.CPUs, Shares: l.Shares, CPUSet: l.CPUSet} }

// CPUSet lists processors as cpuset(7) has them, such as 0 or 0-1,3.
type CPUSet string

var cpuSetForm = regexp.MustCompile(`^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$`)

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *CPUSet) UnmarshalText(text []byte) error {
	if len(text) > 0 && !cpuSetForm.Match(text) {
		return fmt.Errorf("cpuset %q: list processors by number, such as 0-1,3", text)
	}
	*s = CPUSet(text)
	return nil
}

// Guests are the limits of the two guests.
type Guests struct {
	App Limits `mapstructure:"app"`
	DB  Limits `mapstructure:"db"`
}

// Spec is a testbed's part of the configuration.
type Spec struct {
	Name   string `mapstructure:"name"`   // in observations, such as lxc
	Driver string `mapstructure:"driver"` // the package that runs it; empty: Name
	Guests Guests `mapstructure:"guests"` // zero values: the campaign's
	Stack  string `mapstructure:"stack"`  // that serves the application in a guest of ours; empty: the campaign's

	// CgroupDepth is how many groups the guests' control groups have above them below the
	// root, which decides how the kernel shares out the CPU; nil: 1.
	CgroupDepth *int `mapstructure:"cgroup_depth"`

	Optional bool `mapstructure:"optional"` // left out, with a warning, where it can't run

	Docker  DockerSpec  `mapstructure:"docker"`
	GVisor  GVisorSpec  `mapstructure:"gvisor"`
	QEMU    QEMUSpec    `mapstructure:"qemu"`
	Xen     XenSpec     `mapstructure:"xen"`
	Static  StaticSpec  `mapstructure:"static"`
	Process ProcessSpec `mapstructure:"process"`
}

// MostCgroupDepth bounds CgroupDepth: no runtime nests its groups deeper.
const MostCgroupDepth = 8

// DockerSpec chooses the engine, and what it runs containers with.
type DockerSpec struct {
	Host    string `mapstructure:"host"`    // as DOCKER_HOST: unix://, tcp:// or ssh://; empty: $DOCKER_HOST, and without it an engine of collect's own
	Runtime string `mapstructure:"runtime"` // such as runc, runsc or kata; empty: the engine's default
}

// GVisorSpec configures the sandbox.
type GVisorSpec struct {
	Platform string `mapstructure:"platform"` // how it catches system calls: ptrace, systrap or kvm; empty: ptrace, which runs anywhere
}

// QEMUSpec configures the virtual machines.
type QEMUSpec struct {
	Accelerator string `mapstructure:"accelerator"` // kvm or tcg; empty: kvm where it works
	VCPUs       int    `mapstructure:"vcpus"`       // of each guest; 0: 1
	Network     string `mapstructure:"network"`     // bridge, or user: QEMU's own, without devices of the host's; empty: bridge
}

// XenSpec says where Xen is.
type XenSpec struct {
	Nested string `mapstructure:"nested"` // yes: Xen itself runs under QEMU; no: this machine runs Xen; empty: no where it does
	Type   string `mapstructure:"type"`   // of the guests: pv, or pvh: with the processor's help; empty: pv
}

// StaticSpec describes an application that the user runs somewhere.
type StaticSpec struct {
	URL          string            `mapstructure:"url"`           // of the application, without a path
	Probe        string            `mapstructure:"probe"`         // URL of the folder with the probe scripts in the application guest
	DSN          string            `mapstructure:"dsn"`           // of its database, where there are no probe scripts
	NodeExporter map[string]string `mapstructure:"node_exporter"` // URL of /metrics by host: app, db, host
	Technology   string            `mapstructure:"technology"`    // such as "Xen 4.17"
	Class        string            `mapstructure:"class"`         // such as para-virtualisation
	Accelerator  string            `mapstructure:"accelerator"`   // such as kvm
	Facts        map[string]string `mapstructure:"facts"`         // what else should be known, such as instance_type
}

// ProcessSpec chooses between the embedded application's two ways to run.
type ProcessSpec struct {
	Namespaces bool `mapstructure:"namespaces"` // inside user, pid, mount, network, ipc and uts namespaces
}
