// Package templates holds the texts that the programs fill in or install.
package templates

import "embed"

// Guest is what goes into a testbed's guests.
//
//go:embed guest
var Guest embed.FS
