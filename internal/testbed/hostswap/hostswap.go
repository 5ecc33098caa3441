// Package hostswap gives a machine the swap space that a campaign needs, for as long
// as it runs.
package hostswap

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"virtcmp/internal/testbed"
)

// Ensure adds a swap file in dir if the machine has less swap space than size. The
// function that it returns takes it away again.
func Ensure(dir string, size testbed.Size) (release func() error, err error) {
	nothing := func() error { return nil }
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
	path := filepath.Join(dir, "swap")
	if swapoff(path) == nil { // left by a collect that was killed
		return Ensure(dir, size)
	}
	if err := create(path, int64(size-have)); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	if err := swapon(path); err != nil {
		return nil, errors.Join(fmt.Errorf("swapon %s: %w", path, err), os.Remove(path))
	}
	return func() error {
		if err := swapoff(path); err != nil {
			return fmt.Errorf("swapoff %s: %w", path, err)
		}
		return os.Remove(path)
	}, nil
}

// create makes a file without holes, which a swap file may not have.
func create(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(unix.Fallocate(int(f.Fd()), 0, 0, size), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if out, err := exec.Command("mkswap", path).CombinedOutput(); err != nil {
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
