package guest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"virtcmp/templates"
)

// DefaultStack is the 2014 paper's.
const DefaultStack = "apache"

const (
	recipes = "recipe" // folder of the templates with a recipe for each stack, and the common one
	common  = "common"
)

// Stacks are the names of what can serve the application in a guest.
func Stacks() []string {
	entries, err := fs.ReadDir(templates.Guest, recipes)
	if err != nil {
		panic(err) // the folder is compiled in
	}
	var names []string
	for _, e := range entries {
		if e.Name() != common {
			names = append(names, e.Name())
		}
	}
	return names
}

// Recipe says what an image holds: a minimal system of this machine's release, packages
// and files of the project's own.
type Recipe struct {
	Name     string // of the image among those of the store
	Stack    string // of the guests' image
	Packages []string
	Folder   fs.FS // where Files are from
	Files    []File
	Install  string // program in the image that is run there last; empty: none
}

// File is one of a Recipe's own files, and its place in the image.
type File struct {
	From, To string
	Mode     fs.FileMode
}

// readRecipe returns the guests' recipe with a stack, "" being the default one.
func readRecipe(stack string) (Recipe, error) {
	if stack == "" {
		stack = DefaultStack
	}
	r := Recipe{Name: "guest", Stack: stack, Folder: templates.Guest, Install: "/usr/lib/virtcmp/install"}
	if known := Stacks(); !slices.Contains(known, stack) {
		return r, fmt.Errorf("no stack %q; there are %s", stack, strings.Join(known, ", "))
	}
	for _, part := range []string{common, stack} {
		name := recipes + "/" + part
		text, err := fs.ReadFile(templates.Guest, name)
		if err != nil {
			return r, err
		}
		if err := r.parse(name, string(text)); err != nil {
			return r, err
		}
	}
	return r, nil
}

// parse adds what the text of a recipe says; recipe/common explains its lines.
func (r *Recipe) parse(name, text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		case f[0] == "package" && len(f) == 2:
			r.Packages = append(r.Packages, f[1])
		case (f[0] == "file" || f[0] == "image") && len(f) == 4:
			mode, err := strconv.ParseUint(f[3], 8, 9)
			if err != nil {
				return fmt.Errorf("%s:%d: mode: %w", name, n, err)
			}
			r.Files = append(r.Files, File{f[1], f[2], fs.FileMode(mode)})
		default:
			return fmt.Errorf("%s:%d: %q is neither a package nor a file", name, n, strings.TrimSpace(line))
		}
	}
	return nil
}

// digest returns the digest of all that decides what an image holds.
func (r Recipe) digest(rel release) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, rel.id, rel.codename, r.Stack, r.Packages)
	for _, f := range r.Files {
		text, err := fs.ReadFile(r.Folder, f.From)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, f.To, f.Mode, len(text))
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// write lays the files out below root as they shall stand in the image.
func (r Recipe) write(root string) error {
	for _, f := range r.Files {
		text, err := fs.ReadFile(r.Folder, f.From)
		if err != nil {
			return err
		}
		path := filepath.Join(root, f.To)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, f.Mode); err != nil {
			return err
		}
	}
	return nil
}
