package campaign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/gocarina/gocsv"

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
	"virtcmp/internal/testbed"
)

// Archive is a campaign's directory: the rows of each trial in observations/,
// manifest.csv, which lists them, and guests.json, which says what the guests held. A
// file appears in observations only when its trial is done.
type Archive struct {
	dir     string
	lock    *os.File
	entries []Entry
}

// Entry is a trial's line in the manifest.
type Entry struct {
	Order      int     `csv:"order"`
	Experiment string  `csv:"experiment"`
	Testbed    string  `csv:"testbed"`
	Run        int     `csv:"run"`
	Attempts   int     `csv:"attempts"` // more than 1: earlier ones failed
	Start      string  `csv:"start"`    // RFC 3339
	Duration   float64 `csv:"duration_seconds"`
	Rows       int     `csv:"rows"`
	SHA256     string  `csv:"sha256"`
	File       string  `csv:"file"`
}

const (
	manifestFile     = "manifest.csv"
	configFile       = "campaign.yaml"
	observationsDir  = "observations"
	observationsType = ".csv.zst"
)

// OpenArchive makes the directory ready for a campaign whose configuration reads
// config. One that holds trials already is only taken to resume the same campaign.
func OpenArchive(dir string, config []byte, resume bool) (*Archive, error) {
	if err := os.MkdirAll(filepath.Join(dir, observationsDir), 0o755); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, observationsDir), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	a := &Archive{dir: dir, lock: lock}
	if err := a.open(config, resume); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *Archive) open(config []byte, resume bool) error {
	if err := syscall.Flock(int(a.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("%s: another collect writes there", a.dir)
	}
	if err := a.load(); err != nil {
		return err
	}
	if len(a.entries) > 0 && !resume {
		return fmt.Errorf("%s holds %d trials already; -resume continues that campaign, another -out begins a new one", a.dir, len(a.entries))
	}
	path := filepath.Join(a.dir, configFile)
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return os.WriteFile(path, config, 0o644)
	case err != nil:
		return err
	case len(a.entries) > 0 && !bytes.Equal(old, config):
		return fmt.Errorf("%s differs from the configuration given: what was measured so far would not be comparable", path)
	case !bytes.Equal(old, config):
		return os.WriteFile(path, config, 0o644)
	}
	return nil
}

// load reads the manifest and holds it against the files.
func (a *Archive) load() error {
	text, err := os.ReadFile(filepath.Join(a.dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := gocsv.UnmarshalBytes(text, &a.entries); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(a.dir, manifestFile), err)
	}
	for _, e := range a.entries {
		path := filepath.Join(a.dir, e.File)
		digest, err := fileDigest(path)
		if err != nil {
			return fmt.Errorf("%w; the manifest lists it: restore it, or remove its line to measure it again", err)
		}
		if digest != e.SHA256 {
			return fmt.Errorf("%s is not what the manifest lists: restore it, or remove its line to measure it again", path)
		}
	}
	return nil
}

// Has reports whether the trial is done.
func (a *Archive) Has(t Trial) bool {
	return slices.ContainsFunc(a.entries, func(e Entry) bool {
		return e.Experiment == t.Experiment && e.Testbed == t.Testbed && e.Run == t.Run
	})
}

// Entries are the trials that are done, in the order in which they were.
func (a *Archive) Entries() []Entry { return a.entries }

// Begin starts the file of a trial.
func (a *Archive) Begin(t Trial) (Rows, error) {
	name := filepath.Join(observationsDir, t.Name()+observationsType)
	f, err := csvio.Create[observation.Observation](filepath.Join(a.dir, name))
	if err != nil {
		return nil, err
	}
	return &archived{File: f, archive: a, name: name}, nil
}

// Close lets another collect have the archive.
func (a *Archive) Close() error { return a.lock.Close() }

// archived is a trial's file in the making.
type archived struct {
	*csvio.File[observation.Observation]
	archive *Archive
	name    string
}

// Commit implements Rows: the file first, then its line in the manifest, so that the
// manifest never lists what is not there.
func (f *archived) Commit(e Entry) error {
	if err := f.File.Commit(); err != nil {
		return err
	}
	digest, err := fileDigest(filepath.Join(f.archive.dir, f.name))
	if err != nil {
		return err
	}
	e.Rows, e.SHA256, e.File = f.Rows(), digest, f.name
	f.archive.entries = append(f.archive.entries, e)
	manifest, err := csvio.Create[Entry](filepath.Join(f.archive.dir, manifestFile))
	if err != nil {
		return err
	}
	for _, e := range f.archive.entries {
		if err := manifest.Write(e); err != nil {
			return errors.Join(err, manifest.Abort())
		}
	}
	return manifest.Commit()
}

func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Rows takes the observations of one trial, all or none.
type Rows interface {
	observation.Row
	Commit(Entry) error
	Abort() error
}

// Output is where trials go: an Archive, or a Stream.
type Output interface {
	// Guests comes first: what the guests of each stack start from.
	Guests(map[string]testbed.Manifest) error
	Has(Trial) bool
	Begin(Trial) (Rows, error)
	Entries() []Entry
}

// Stream writes trials one after the other as one CSV stream, each when it is done.
type Stream struct {
	out     *csvio.Writer[observation.Observation]
	entries []Entry
}

// NewStream returns a Stream on w, which has its header at once.
func NewStream(w io.Writer) (*Stream, error) {
	s := &Stream{out: csvio.NewWriter[observation.Observation](w)}
	return s, s.out.Flush()
}

// Has implements Output.
func (s *Stream) Has(Trial) bool { return false }

// Entries implements Output.
func (s *Stream) Entries() []Entry { return s.entries }

// Begin implements Output.
func (s *Stream) Begin(Trial) (Rows, error) { return &buffered{stream: s}, nil }

// buffered keeps a trial's rows until it is done.
type buffered struct {
	stream *Stream
	rows   []observation.Observation
}

func (b *buffered) Write(o observation.Observation) error {
	b.rows = append(b.rows, o)
	return nil
}

func (b *buffered) Commit(e Entry) error {
	for _, o := range b.rows {
		if err := b.stream.out.Write(o); err != nil {
			return err
		}
	}
	b.stream.entries = append(b.stream.entries, e)
	return b.stream.out.Flush()
}

func (b *buffered) Abort() error { return nil }
