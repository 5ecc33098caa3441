package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"

	"virtcmp/internal/command"
	"virtcmp/templates"
)

// textFolder returns the templates: the built-in ones, under those of the directory.
func textFolder(dir string) (fs.FS, error) {
	if dir == "" {
		return templates.Paper, nil
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, command.Usagef("-templates %s: not a directory", dir)
	}
	return overlay{os.DirFS(dir), templates.Paper}, nil
}

// overlay is files over others of the same names.
type overlay struct{ over, under fs.FS }

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.over.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.under.Open(name)
	}
	return f, err
}

// ReadDir implements fs.ReadDirFS: the names of both.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	over, err := fs.ReadDir(o.over, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	under, err := fs.ReadDir(o.under, name)
	if err != nil && len(over) == 0 {
		return nil, err
	}
	all := slices.Concat(over, under) // stable sorting keeps those above in front
	slices.SortStableFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return slices.CompactFunc(all, func(a, b fs.DirEntry) bool { return a.Name() == b.Name() }), nil
}
