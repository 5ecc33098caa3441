package qemu

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/kernel"
	"virtcmp/internal/testbed/launch"
)

const (
	kvmDevice = "/dev/kvm"
	// kvmAnswer keeps what a try showed, for as long as this machine is up.
	kvmAnswer = "/run/virtcmp.kvm"
	works     = "works"

	firstWord = 3 * time.Second  // until the kernel's first message; takes 0.1 s where KVM works
	lastWord  = 10 * time.Second // until the initrd says hello; takes 1 s
)

// tryKVM returns nil if the guests' kernel runs on KVM, and an *testbed.Unavailable
// that says what happened if not. That the device exists says little: inside another
// virtual machine kernels may hang on it, or QEMU give up.
func (t *Testbed) tryKVM(ctx context.Context) error {
	unavailable := func(why string) error {
		return &testbed.Unavailable{Reason: why, Remedy: "use a machine with virtualisation in hardware, or set qemu.accelerator to " + tcg}
	}
	var device unix.Stat_t
	if err := unix.Stat(kvmDevice, &device); err != nil {
		return unavailable(fmt.Sprintf("there is no %s: %v", kvmDevice, err))
	}
	// Another QEMU, kernel or device may do better.
	key := fmt.Sprintf("%s %s %d.%d: ", t.version, t.kernel.Release, device.Ctim.Sec, device.Ctim.Nsec)
	text, err := os.ReadFile(kvmAnswer)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	answer, known := strings.CutPrefix(string(text), key)
	if !known {
		if answer, err = t.hello(ctx); err != nil {
			return err
		}
		if err := os.WriteFile(kvmAnswer, []byte(key+answer), 0o644); err != nil {
			return err
		}
	}
	if answer != works {
		return unavailable(fmt.Sprintf("no kernel runs on %s here: %s", kvmDevice, answer))
	}
	return nil
}

// hello starts the guests' kernel on KVM and returns works, or what was wrong.
func (t *Testbed) hello(ctx context.Context) (string, error) {
	said := monitor.NewConsole("probe")
	p, err := launch.Command{
		Args: append(t.machine(kvm), "-m", "128M", "-append", console+" earlyprintk=ttyS0 "+kernel.Probe),
		Env:  os.Environ(), Nobody: true, KVM: true, Output: said,
	}.Start()
	if err != nil {
		return "", err
	}
	defer p.Kill()
	began := time.Now()
	for {
		ended := p.Alive() // asked before the console, so that nothing it said is missed
		last := said.Last()
		switch took := time.Since(began); {
		case strings.Contains(last, kernel.Hello):
			return works, nil
		case ended != nil:
			return fmt.Sprintf("QEMU ended with %v: %s", ended, last), nil
		case last == "" && took > firstWord:
			return fmt.Sprintf("not a word from it in %v", firstWord), nil
		case took > lastWord:
			return fmt.Sprintf("it did not come up in %v", lastWord), nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
