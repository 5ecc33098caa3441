package kernel

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modules are those of a kernel.
type modules struct {
	files   map[string]string // path by name
	builtin map[string]bool   // those that the kernel has inside
}

// modules reads the list of them.
func (k *Kernel) modules() (modules, error) {
	m := modules{files: map[string]string{}, builtin: map[string]bool{}}
	root := filepath.Join(k.dir, "lib", "modules", k.Release)
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		root = filepath.Join(k.dir, "usr", "lib", "modules", k.Release) // as newer packages have it
	}
	text, err := os.ReadFile(filepath.Join(root, "modules.builtin"))
	if err != nil {
		return m, err
	}
	for path := range strings.FieldsSeq(string(text)) {
		m.builtin[moduleName(path)] = true
	}
	return m, filepath.WalkDir(filepath.Join(root, "kernel"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(d.Name(), ".ko") {
			m.files[moduleName(path)] = path
		}
		return err
	})
}

// moduleName is the name of the module in the file: of a-b.ko.xz it is a_b.
func moduleName(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	return strings.ReplaceAll(name, "-", "_")
}

// module is one to load.
type module struct {
	name string
	text []byte // an ELF object
}

// resolve returns the named modules and all that they depend on, in an order in which
// they can be loaded.
func (m modules) resolve(names []string) ([]module, error) {
	var order []module
	seen := map[string]bool{}
	var visit func(name, user string) error
	visit = func(name, user string) error {
		name = moduleName(name)
		if seen[name] || m.builtin[name] {
			return nil
		}
		seen[name] = true
		path, found := m.files[name]
		if !found {
			return fmt.Errorf("the kernel has no module %s, which %s needs", name, user)
		}
		text, err := readModule(path)
		if err != nil {
			return err
		}
		needs, err := depends(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, n := range needs {
			if err := visit(n, name); err != nil {
				return err
			}
		}
		order = append(order, module{name, text})
		return nil
	}
	for _, n := range names {
		if err := visit(n, "the guest"); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// readModule returns the module in the file, which some distributions compress.
func readModule(path string) ([]byte, error) {
	tool, packed := map[string]string{".xz": "xz", ".zst": "zstd", ".gz": "gzip"}[filepath.Ext(path)]
	if !packed {
		return os.ReadFile(path)
	}
	text, err := exec.Command(tool, "-dc", path).Output()
	if err != nil {
		return nil, fmt.Errorf("%s -dc %s: %w", tool, path, err)
	}
	return text, nil
}

// depends reads, as modinfo(8) does, which modules a module can't be loaded without.
func depends(text []byte) ([]string, error) {
	file, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	section := file.Section(".modinfo")
	if section == nil {
		return nil, errors.New("not a kernel module: it has no section .modinfo")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for entry := range bytes.SplitSeq(info, []byte{0}) {
		if list, ok := bytes.CutPrefix(entry, []byte("depends=")); ok && len(list) > 0 {
			return strings.Split(string(list), ","), nil
		}
	}
	return nil, nil
}
