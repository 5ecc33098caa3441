package guest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/launch"
)

// ProvisionDisk is Provision for guests that start from a disk and whose monitors run
// as launch.Nobody. The disk is the base of the guests' own.
func (p *Pair) ProvisionDisk(ctx context.Context) (image testbed.Image, disk string, err error) {
	image, err = p.Provision(ctx)
	if err != nil {
		return image, "", err
	}
	disk, took, err := p.Image.Ext4(ctx)
	if err != nil {
		return image, "", err
	}
	image.Duration += took
	if image.Size, err = DiskUsage(disk); err != nil {
		return image, "", err
	}
	return image, disk, enterable(filepath.Dir(disk))
}

// enterable refuses a directory that nobody can't enter.
func enterable(dir string) error {
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&1 == 0 {
			return &testbed.Unavailable{
				Reason: fmt.Sprintf("the guests' monitors run without privileges and can't enter %s", d),
				Remedy: "give -cache a directory that every user may enter, or chmod o+x " + d,
			}
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

// SwapDisk makes the disk that a guest with a kernel of its own swaps to, as large as
// its limit says.
func (g *Guest) SwapDisk() (path string, err error) {
	path = filepath.Join(g.Dir, "swap")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return "", err
	}
	if err := os.Truncate(path, int64(g.Limits.Swap)); err != nil {
		return "", err
	}
	return path, os.Chown(path, launch.Nobody, launch.Nobody)
}
