package kernel_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cavaliergopher/cpio"

	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/kernel"
)

// TestInitrd makes the real thing from the distribution's package and looks inside.
func TestInitrd(t *testing.T) {
	if testing.Short() {
		t.Skip("it downloads a kernel; not with -short")
	}
	ctx := context.Background()
	var unavailable *testbed.Unavailable
	if err := kernel.Check(ctx, kernel.Virtual); errors.As(err, &unavailable) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	store := guest.Store{Dir: t.TempDir()}
	k, err := kernel.Fetch(ctx, store, kernel.Virtual)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(k.Image()); err != nil || info.Mode().Perm()&4 == 0 {
		t.Errorf("the kernel must be there for every user to read: %v, %v", info, err)
	}
	first, names := initrd(t, k)
	if again, err := kernel.Fetch(ctx, store, kernel.Virtual); err != nil || *again != *k {
		t.Errorf("fetched again: %v, %v; want what is there", again, err)
	}
	if again, _ := initrd(t, k); !bytes.Equal(again, first) {
		t.Error("the initrd is not the same each time")
	}
	for _, pair := range [][2]string{{"virtio_ring", "virtio"}, {"virtio", "virtio_blk"}, {"virtio_pci_modern_dev", "virtio_pci"}} {
		if a, b := slices.Index(names, pair[0]), slices.Index(names, pair[1]); a < 0 || a > b {
			t.Errorf("%s does not come before %s in %v", pair[0], pair[1], names)
		}
	}
	if !slices.Contains(names, "init") || !slices.Contains(names, "busybox") {
		t.Errorf("no init or no busybox in %v", names)
	}
	if _, err := k.Initrd("bad", "no_such_module"); err == nil || !strings.Contains(err.Error(), "no_such_module") {
		t.Errorf("a module that is not there: %v", err)
	}
}

// initrd returns the archive and what is in it, modules and files by their bare names.
func initrd(t *testing.T, k *kernel.Kernel) ([]byte, []string) {
	t.Helper()
	path, err := k.Initrd("test", "virtio_blk", "virtio-pci")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := cpio.NewReader(bytes.NewReader(text)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return text, names
		}
		if err != nil {
			t.Fatal(err)
		}
		name := h.Name[strings.LastIndex(h.Name, "/")+1:]
		if _, module, ok := strings.Cut(name, "-"); ok {
			name = module
		}
		names = append(names, name)
	}
}
