// Package testbed is one technology set up with the application: WordPress on
// Apache and PHP in one guest, MariaDB in a second. A package below it is a driver,
// or what drivers share.
package testbed

import (
	"context"
	"fmt"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/workload"
)

// Testbed runs the application on one technology. It is used by one goroutine.
type Testbed interface {
	// Check says whether the technology can be used here; an *Unavailable says why
	// not and what would help. It changes nothing.
	Check(ctx context.Context) error
	// Provision makes what Start needs, if it is not there yet.
	Provision(ctx context.Context) (Image, error)
	// Start starts both guests from their pristine state and returns how to reach
	// them, without waiting for the application to answer.
	Start(ctx context.Context) (Endpoints, error)
	// Alive returns nil while both guests run, and then why one does not.
	Alive() error
	// Said is what the guests said last on their consoles, for whoever must find out
	// why something fails.
	Said() string
	// Counters are the sources to watch while the guests run.
	Counters() []monitor.Source
	// Facts say how the testbed is made, as far as known while the guests run.
	Facts() []Fact
	// Stop ends the guests and leaves nothing behind but the image. It may follow a
	// Start that failed, and may be called again.
	Stop() error
}

// Image is what Provision made or found.
type Image struct {
	Digest   string        // sha256:... of the guests' root file system; empty: there is none
	Size     int64         // bytes on disk, in the form this technology starts from
	Duration time.Duration // of making it, as measured when it was made
}

// Endpoints are where a running testbed is reached.
type Endpoints struct {
	URL      string            // of the application, without a path
	SQL      workload.SQL      // the SQL probes; nil: there are none
	Dial     workload.DialFunc // into the testbed's own network; nil: the ordinary one
	External bool              // Start only looked up what runs already
}

// Fact is one line of the environment: enough of them repeat the run.
type Fact struct{ Host, Key, Value string }

// Unavailable says why a testbed can't be used here.
type Unavailable struct {
	Reason string
	Remedy string
}

func (u *Unavailable) Error() string { return fmt.Sprintf("%s; %s", u.Reason, u.Remedy) }

// Limits are what a guest may use.
type Limits struct {
	Memory Size    `mapstructure:"memory"`     // bytes
	Swap   Size    `mapstructure:"swap"`       // bytes beyond Memory
	CPUs   float64 `mapstructure:"cpus"`       // processors' worth of time; 0: all
	Shares int     `mapstructure:"cpu_shares"` // weight against other guests; 0: the kernel's 1024
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

	Optional bool `mapstructure:"optional"` // left out, with a warning, where it can't run

	Static  StaticSpec  `mapstructure:"static"`
	Process ProcessSpec `mapstructure:"process"`
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
