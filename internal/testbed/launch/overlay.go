package launch

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Overlay is a guest's file system: a writable layer over a shared one.
type Overlay struct {
	Lower  string // read only
	Upper  string // what the guest writes; empty at first
	Work   string // overlayfs's own, on the same file system as Upper
	Merged string // where the two are mounted, inside a mount namespace of the guest's own
}

func (o *Overlay) mount() error {
	layers := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", escape(o.Lower), escape(o.Upper), escape(o.Work))
	if err := unix.Mount("overlay", o.Merged, "overlay", 0, layers); err != nil {
		return fmt.Errorf("overlay on %s: %w", o.Merged, err)
	}
	return nil
}

// escape guards the characters that separate overlayfs's options.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `:`, `\:`, `,`, `\,`).Replace(path)
}
