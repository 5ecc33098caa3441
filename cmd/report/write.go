package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"virtcmp/internal/paper"
)

// output is a file to be written.
type output struct {
	path       string
	makeFolder bool // its folder, where it is missing
	paper.File
}

// writeAll writes the files such that each has its name only once all are whole: what goes
// wrong, or is interrupted, leaves everything as it was. Files are written side by side.
func writeAll(ctx context.Context, all []output) (err error) {
	for _, o := range all {
		if err := o.mayBeWritten(); err != nil {
			return err
		}
	}
	var folders folders
	defer func() {
		if err != nil {
			folders.remove()
		}
	}()
	for _, o := range all {
		if o.makeFolder {
			if err := folders.make(filepath.Dir(o.path)); err != nil {
				return err
			}
		}
	}
	written := make([]string, len(all))
	defer func() {
		for _, name := range written {
			if name != "" {
				os.Remove(name)
			}
		}
	}()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, o := range all {
		group.Go(func() error {
			if err := inner.Err(); err != nil {
				return err
			}
			name, err := o.write()
			written[i] = name
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, o := range all {
		if err := os.Rename(written[i], o.path); err != nil {
			return err
		}
		written[i] = ""
	}
	return nil
}

// mayBeWritten asks whether the file that is there, if any, is one to overwrite.
func (o output) mayBeWritten() error {
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is there, and is no file", o.path)
	case o.Mine == nil:
		return nil
	}
	if found, err := os.ReadFile(o.path); err != nil {
		return err
	} else if !o.Mine(found) {
		return fmt.Errorf("%s was changed since report wrote it, or is not report's: move it away, or choose another -o", o.path)
	}
	return nil
}

// write writes the file under a name of its own beside its place, and returns that name if
// there is such a file.
func (o output) write() (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(o.path), "."+filepath.Base(o.path)+".*")
	if err != nil {
		return "", o.failed(err)
	}
	return f.Name(), o.failed(errors.Join(o.Write(f), f.Chmod(0o644), f.Close()))
}

// failed names the file rather than what it is called meanwhile.
func (o output) failed(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", o.path, path.Err)
	}
	return err
}

// folders are those that were made.
type folders []string

// make makes a folder and what is missing above it.
func (f *folders) make(dir string) error {
	for missing := dir; ; missing = filepath.Dir(missing) {
		if _, err := os.Stat(missing); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if !slices.Contains(*f, missing) {
			*f = append(*f, missing)
		}
	}
	return os.MkdirAll(dir, 0o755)
}

// remove removes them again where they are empty, those within others first.
func (f folders) remove() {
	slices.SortFunc(f, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, dir := range f {
		os.Remove(dir)
	}
}
