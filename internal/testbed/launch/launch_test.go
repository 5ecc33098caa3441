package launch_test

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/sys/reexec"

	"virtcmp/internal/testbed/launch"
)

func TestMain(m *testing.M) {
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

// output is a buffer that a process may write to while the test reads it.
type output struct {
	mu sync.Mutex
	bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.Buffer.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.Buffer.String()
}

func ended(t *testing.T, p *launch.Process) error {
	t.Helper()
	for range 500 {
		if err := p.Alive(); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the process does not end")
	return nil
}

var env = []string{"PATH=/bin:/usr/bin", "WHO=guest"}

func TestCommand(t *testing.T) {
	var out output
	p, err := launch.Command{Args: []string{"sh", "-c", "echo $WHO; exit 3"}, Env: env, Output: &out}.Start()
	if err != nil {
		t.Fatal(err)
	}
	if err := ended(t, p); err == nil || !strings.Contains(err.Error(), "exit status 3") || out.String() != "guest\n" {
		t.Errorf("ended with %v, wrote %q", err, out.String())
	}
	p.Kill() // what has ended can be killed
}

func TestKill(t *testing.T) {
	var out output
	p, err := launch.Command{Args: []string{"sh", "-c", "echo up; exec sleep 300"}, Env: env, Output: &out}.Start()
	if err != nil {
		t.Fatal(err)
	}
	for out.String() == "" {
		time.Sleep(10 * time.Millisecond)
	}
	if err := p.Alive(); err != nil {
		t.Errorf("ended: %v", err)
	}
	p.Kill()
	if p.Alive() == nil {
		t.Error("alive after Kill")
	}
}

func TestNotFound(t *testing.T) {
	var out output
	p, err := launch.Command{Args: []string{"no-such-program"}, Env: env, Output: &out}.Start()
	if err != nil {
		t.Fatal(err)
	}
	if ended(t, p); !strings.Contains(out.String(), "not found on the guest's PATH") {
		t.Errorf("wrote %q", out.String())
	}
}

// TestNobody finds out what a process without privileges may use of the machine.
func TestNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("giving up privileges takes root")
	}
	info, err := os.Stat("/dev/kvm")
	if err != nil || info.Mode().Perm()&6 != 0 {
		t.Skip("there is no /dev/kvm, or it is anyone's")
	}
	for _, allowed := range []bool{false, true} {
		var out output
		p, err := launch.Command{Args: []string{"sh", "-c", "id -u; exec 3<>/dev/kvm && echo opened"}, Env: env, Nobody: true, KVM: allowed, Output: &out}.Start()
		if err != nil {
			t.Fatal(err)
		}
		ended(t, p)
		if said := out.String(); !strings.HasPrefix(said, "65534\n") || strings.Contains(said, "opened") != allowed {
			t.Errorf("with KVM %v it wrote %q", allowed, said)
		}
	}
	if now, err := os.Stat("/dev/kvm"); err != nil || now.Mode() != info.Mode() {
		t.Errorf("the machine's own /dev/kvm was %v and is %v, %v", info.Mode(), now.Mode(), err)
	}
}
