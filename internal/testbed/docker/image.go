package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"

	"virtcmp/internal/testbed/guest"
)

// imported is the guests' image as an engine has it.
type imported struct {
	ID   string
	Took time.Duration // the import
	Size int64         // bytes on disk; of an engine that is not collect's own, those that it says
}

const importLimit = 10 * time.Minute

// readStamp returns what stamp holds, which is written when an import is whole.
func readStamp(stamp string) (imported, bool, error) {
	var i imported
	text, err := os.ReadFile(stamp)
	if errors.Is(err, fs.ErrNotExist) {
		return i, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &i)
	}
	if err != nil {
		return i, false, fmt.Errorf("%s: %w; remove it to import the image again", stamp, err)
	}
	return i, true, nil
}

func (i imported) writeStamp(stamp string) error {
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(stamp), 0o755); err != nil {
		return err
	}
	return os.WriteFile(stamp, text, 0o644)
}

// importImage makes the root file system an image of the engine, under that name.
func (e *engine) importImage(ctx context.Context, image *guest.Image, name string) (i imported, err error) {
	ctx, cancel := context.WithTimeout(ctx, importLimit)
	defer cancel()
	began := time.Now()
	var said strings.Builder
	tar := exec.CommandContext(ctx, "tar", "--numeric-owner", "-C", image.Rootfs(), "-c", ".")
	tar.Stderr = &said
	stream, err := tar.StdoutPipe()
	if err != nil {
		return i, err
	}
	if err := tar.Start(); err != nil {
		return i, fmt.Errorf("tar: %w", err)
	}
	answer, err := e.ImageImport(ctx, client.ImageImportSource{Source: stream, SourceName: "-"}, name, client.ImageImportOptions{
		Message: "guests of virtcmp", Changes: []string{"LABEL " + label + "=" + image.Manifest.Recipe},
	})
	if err != nil {
		cancel()
		return i, errors.Join(fmt.Errorf("import: %w", err), tar.Wait())
	}
	defer answer.Close()
	if err := outcome(answer); err != nil {
		cancel()
		return i, errors.Join(fmt.Errorf("import: %w", err), tar.Wait())
	}
	if err := tar.Wait(); err != nil {
		return i, fmt.Errorf("tar: %w: %s", err, said.String())
	}
	found, err := e.ImageInspect(ctx, name)
	if err != nil {
		return i, fmt.Errorf("imported image: %w", err)
	}
	return imported{ID: found.ID, Took: time.Since(began), Size: found.Size}, nil
}

// outcome reads the engine's messages to their end.
func outcome(answer io.Reader) error {
	for messages := json.NewDecoder(answer); ; {
		var m jsonstream.Message
		if err := messages.Decode(&m); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if m.Error != nil {
			return m.Error
		}
	}
}
