// Package hostswap gives a machine the swap space that a campaign needs, for as long
// as it runs.
package hostswap

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"virtcmp/internal/testbed"
)

// Ensure adds a swap file in dir if the machine has less swap space than size. The
// function that it returns takes it away again. A file that a killed collect left is
// taken away first; one that a living collect holds counts as the machine's.
func Ensure(dir string, size testbed.Size) (release func() error, err error) {
	nothing := func() error { return nil }
	if size == 0 {
		return nothing, nil
	}
	path := filepath.Join(dir, "swap")
	if err := reclaim(path); err != nil {
		return nil, fmt.Errorf("swap file left by a killed collect: %w", err)
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return nil, err
	}
	have := testbed.Size(info.Totalswap * uint64(info.Unit))
	if have >= size {
		return nothing, nil
	}
	if os.Geteuid() != 0 {
		return nil, &testbed.Unavailable{Reason: fmt.Sprintf("the campaign wants %v of swap space, and it takes root to add it", size), Remedy: "run collect as root"}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return nil, errors.Join(fmt.Errorf("another collect uses %s, which is too small for %v: wait for it to end, or give another -cache", path, size), f.Close())
	}
	header := os.Getpagesize() // mkswap keeps the first page
	if err := fill(f, int64(size-have)+int64(header)); err != nil {
		return nil, errors.Join(err, os.Remove(path), f.Close())
	}
	if err := swapon(path); err != nil {
		return nil, errors.Join(fmt.Errorf("swapon %s: %w", path, err), os.Remove(path), f.Close())
	}
	return func() error { return errors.Join(remove(path), f.Close()) }, nil
}

// reclaim removes the swap file if it is in use though no collect holds it.
func reclaim(path string) error {
	if used, err := inUse(path); err != nil || !used || os.Geteuid() != 0 {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return nil
	}
	return remove(path)
}

func remove(path string) error {
	if err := swapoff(path); err != nil {
		return fmt.Errorf("swapoff %s: %w", path, err)
	}
	return os.Remove(path)
}

// inUse looks for the file among this machine's swap space.
func inUse(path string) (bool, error) {
	text, err := os.ReadFile("/proc/swaps")
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(string(text)) {
		if name, _, _ := strings.Cut(line, " "); name == path {
			return true, nil
		}
	}
	return false, nil
}

// fill makes f a swap file: one without holes.
func fill(f *os.File, size int64) error {
	if err := errors.Join(f.Truncate(0), unix.Fallocate(int(f.Fd()), 0, 0, size)); err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	if out, err := exec.Command("mkswap", f.Name()).CombinedOutput(); err != nil {
		return fmt.Errorf("mkswap: %w: %s", err, out)
	}
	return nil
}

func swapon(path string) error { return swap(unix.SYS_SWAPON, path) }

func swapoff(path string) error { return swap(unix.SYS_SWAPOFF, path) }

func swap(call uintptr, path string) error {
	p, err := unix.BytePtrFromString(path)
	if err != nil {
		return err
	}
	if _, _, errno := syscall.Syscall(call, uintptr(unsafe.Pointer(p)), 0, 0); errno != 0 {
		return errno
	}
	return nil
}
