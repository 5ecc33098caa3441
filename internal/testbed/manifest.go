package testbed

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Manifest says what is in the root file system that guests start from.
type Manifest struct {
	Stack    string            // that serves the application, such as apache
	Recipe   string            // digest of packages, templates and release
	Digest   string            // sha256:... of the root file system as a tar
	OS       string            // of the guests, such as "Debian GNU/Linux 12 (bookworm)"
	Size     int64             // of the root file system, in bytes on disk
	Duration time.Duration     // of the build
	Packages map[string]string // version by name
}

// Differences says how another image differs from this one: its packages by name, or
// where they are the same what else. Guests of the same image have none.
func (m Manifest) Differences(other Manifest) []string {
	var all []string
	if m.OS != other.OS {
		all = append(all, fmt.Sprintf("operating system %s instead of %s", other.OS, m.OS))
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(m.Packages)), maps.Keys(other.Packages))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		switch is, was := other.Packages[name], m.Packages[name]; {
		case is == was:
		case was == "":
			all = append(all, fmt.Sprintf("%s %s is new", name, is))
		case is == "":
			all = append(all, fmt.Sprintf("%s %s is gone", name, was))
		default:
			all = append(all, fmt.Sprintf("%s %s instead of %s", name, is, was))
		}
	}
	switch {
	case len(all) > 0 || m.Digest == other.Digest:
	case m.Recipe != other.Recipe:
		all = append(all, "the recipe is another one")
	default:
		all = append(all, "the image was built anew, of the same packages")
	}
	return all
}

// List joins differences, and counts those beyond the first few.
func List(differences []string) string {
	const most = 8
	if more := len(differences) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(differences[:most], ", "), more)
	}
	return strings.Join(differences, ", ")
}
