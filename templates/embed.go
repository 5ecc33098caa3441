// Package templates holds the text of the paper.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed paper
var files embed.FS

// Paper is the folder of the paper's templates: its sections as Markdown, in the order
// of their names, its references and its hyphenation patterns.
var Paper = func() fs.FS {
	sub, err := fs.Sub(files, "paper")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}()
