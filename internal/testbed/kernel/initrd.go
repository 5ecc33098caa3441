package kernel

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cavaliergopher/cpio"

	"virtcmp/internal/testbed"
	"virtcmp/templates"
)

// busybox is the initrd's only program.
const busybox = "/bin/busybox"

func checkBusybox() error {
	unavailable := &testbed.Unavailable{
		Reason: "no " + busybox + " that runs without libraries",
		Remedy: "apt-get install --no-install-recommends busybox-static",
	}
	file, err := elf.Open(busybox)
	if err != nil {
		return unavailable
	}
	defer file.Close()
	if slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return unavailable
	}
	return nil
}

// Hello is what the initrd says on the console, and nothing further, where the
// kernel's command line has Probe.
const (
	Hello = "INITRD: hello"
	Probe = "VIRTCMP_PROBE=1"
)

// Initrd writes an initial root file system with the modules, those that they depend
// on, and what an ext4 disk takes, and returns its path. The name tells one user's from
// another's. The kernel's command line says what it starts: root=DEVICE init=PROGRAM.
func (k *Kernel) Initrd(name string, names ...string) (path string, err error) {
	all, err := k.modules()
	if err != nil {
		return "", err
	}
	names = append(names, "ext4")
	const checksums = "crc32c_generic" // of ext4, which asks for it only when it mounts
	if all.files[checksums] != "" {
		names = append(names, checksums)
	}
	load, err := all.resolve(names)
	if err != nil {
		return "", err
	}
	path = filepath.Join(k.dir, "initrd-"+name)
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if err := writeInitrd(f, load); err != nil {
		return "", fmt.Errorf("%s: %w", partial, err)
	}
	return path, os.Rename(partial, path) // a guest may still start from the old one
}

// writeInitrd writes the archive, the same each time. It is not compressed: an emulated
// processor would take longer to unpack it than the host takes to hand it over.
func writeInitrd(f *os.File, load []module) error {
	init, err := fs.ReadFile(templates.Kernel, "init")
	if err != nil {
		return err
	}
	shell, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	w := cpio.NewWriter(f)
	add := func(name string, mode cpio.FileMode, text []byte) error {
		if err := w.WriteHeader(&cpio.Header{Name: name, Mode: mode, Size: int64(len(text)), ModTime: time.Unix(0, 0), Links: 1}); err != nil {
			return err
		}
		_, err := w.Write(text)
		return err
	}
	for _, dir := range []string{"bin", "dev", "modules", "proc", "root"} {
		if err := add(dir, cpio.TypeDir|0o755, nil); err != nil {
			return err
		}
	}
	if err := add("bin/busybox", cpio.TypeReg|0o755, shell); err != nil {
		return err
	}
	if err := add("init", cpio.TypeReg|0o755, init); err != nil {
		return err
	}
	for i, m := range load {
		if err := add(fmt.Sprintf("modules/%03d-%s", i, m.name), cpio.TypeReg|0o644, m.text); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}
