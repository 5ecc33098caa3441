package launch

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// ownMounts parts this process's mounts from the machine's, gives it the /proc of its
// pid namespace, and empties those of the directories for it that exist.
func ownMounts(empty ...string) error {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount namespace: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("proc on /proc: %w", err)
	}
	for _, dir := range empty {
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil && err != unix.ENOENT {
			return fmt.Errorf("tmpfs on %s: %w", dir, err)
		}
	}
	return nil
}
