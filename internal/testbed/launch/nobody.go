package launch

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// Nobody is the user and group id of a process without privileges.
const Nobody = 65534

// becomeNobody gives up every privilege, for good. A monitor that traces its guests'
// processes needs it: when it is killed, the kernel lets go of those, and the system
// calls they were about to make for their guest they make on this machine. They die
// with the pid namespace; what they do until then, they do as nobody and to mounts of
// their own. Of the machine's devices they may use /dev/net/tun, to attach to a tap
// device that belongs to Nobody.
func becomeNobody() error {
	if err := ownMounts("/dev/net"); err != nil {
		return err
	}
	const tun = "/dev/net/tun"
	if err := unix.Mknod(tun, unix.S_IFCHR|0o600, int(unix.Mkdev(10, 200))); err != nil {
		return fmt.Errorf("%s: %w", tun, err)
	}
	if err := unix.Chown(tun, Nobody, Nobody); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	if err := syscall.Setresgid(Nobody, Nobody, Nobody); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if err := syscall.Setresuid(Nobody, Nobody, Nobody); err != nil {
		return fmt.Errorf("user: %w", err)
	}
	// The kernel forgets it when the user changes.
	return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0, 0, 0)
}
