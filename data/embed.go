// Package data holds what the paper takes from elsewhere than a campaign: what was
// published in 2014, the technologies there are, and how their operation is judged.
package data

import "embed"

// Files are technologies.csv, rubric.csv, flexibility.csv and published/.
//
//go:embed technologies.csv rubric.csv flexibility.csv published
var Files embed.FS
