package campaign

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"virtcmp/internal/testbed"
)

// guestsFile says what the guests started from.
const guestsFile = "guests.json"

// Guests implements Output: the manifests of the guests' images, by stack, are kept in
// the archive, and must be those that its trials were measured with.
func (a *Archive) Guests(images map[string]testbed.Manifest) error {
	path := filepath.Join(a.dir, guestsFile)
	kept := map[string]testbed.Manifest{}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(text, &kept); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(a.entries) == 0 {
		clear(kept) // nothing was measured with them
	}
	for _, stack := range slices.Sorted(maps.Keys(images)) {
		was, ok := kept[stack]
		if d := was.Differences(images[stack]); ok && len(d) > 0 {
			return fmt.Errorf("%s: the %s guests of the %d trials so far had another image: %s; nothing is lost, but what follows would not be comparable: "+
				"begin a new campaign with another -out, or give the -cache that still has image %s", path, stack, len(a.entries), testbed.List(d), was.Digest)
		}
		kept[stack] = images[stack]
	}
	if len(kept) == 0 {
		return nil
	}
	if text, err = json.MarshalIndent(kept, "", "\t"); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// Guests implements Output: who reads a stream finds the image in the environment.
func (s *Stream) Guests(map[string]testbed.Manifest) error { return nil }
