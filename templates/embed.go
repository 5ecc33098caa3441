// Package templates holds what the programs fill in or install: the text of the paper,
// and what goes into a testbed's guests.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed paper guest kernel xen
var files embed.FS

// Paper is the folder of the paper's templates: its sections as Markdown, in the order
// of their names, its references and its hyphenation patterns.
var Paper = folder("paper")

// Guest is the folder of the files of a guest's image.
var Guest = folder("guest")

// Kernel is the folder of what a guest's kernel starts with, before its disk.
var Kernel = folder("kernel")

// Xen is the folder of what the domain 0 of a nested Xen holds beyond its packages.
var Xen = folder("xen")

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}
