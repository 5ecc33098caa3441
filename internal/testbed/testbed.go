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
	External bool              // the guests are not on this machine, or Start only looked up what runs already
}

// Preparer is a Testbed with a part that runs before any guest does, and is there
// already for who starts one: the daemon of a container engine. It counts in the
// testbed's footprint and not in its startup. Stop follows Prepare as it follows Start.
type Preparer interface {
	Prepare(ctx context.Context) error
}

// Operator is a Testbed that can do more with running guests than start and stop
// them. Its Operations are asked for, and called, while both guests run.
type Operator interface {
	Operations() Operations
}

// Operations are what an Operator does with both guests at once. Those that are nil it
// can't do, and Why says so by the name of the field's action: pause, checkpoint,
// snapshot.
type Operations struct {
	// Pause returns when neither guest runs, Resume when both go on.
	Pause, Resume func(context.Context) error
	// Checkpoint writes the running guests' state to disk, ends them, and returns the
	// bytes that it takes there. Restore brings them back as they were.
	Checkpoint func(context.Context) (bytes int64, err error)
	Restore    func(context.Context) error
	// Snapshot makes of the application guest's disk, as it is now, one that a further
	// guest could start from, and returns the bytes that this one takes.
	Snapshot func(context.Context) (bytes int64, err error)
	// Written is what the guests have written to their copy-on-write disks, in bytes.
	Written func() (bytes int64, err error)

	Why map[string]string
}

// Fact is one line of the environment: enough of them repeat the run.
type Fact struct{ Host, Key, Value string }

// Unavailable says why a testbed can't be used here.
type Unavailable struct {
	Reason string
	Remedy string
}

func (u *Unavailable) Error() string { return fmt.Sprintf("%s; %s", u.Reason, u.Remedy) }
