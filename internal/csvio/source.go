package csvio

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Stdin is the argument, and the source name, of standard input.
const Stdin = "-"

// A Source is something that CSV can be read from.
type Source struct {
	Name string
	open func() (io.ReadCloser, error)
}

// NewSource returns a source of that name which reads r.
func NewSource(name string, r io.Reader) Source {
	return Source{Name: name, open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// observationsDir is where a campaign's archive keeps its rows.
const observationsDir = "observations"

// Sources resolves command-line arguments: files, "-" for stdin, directories, and
// no argument for stdin. A directory stands for the files ending in .csv, .csv.gz
// or .csv.zst in its folder observations, or where it has none, in itself, by name.
func Sources(args []string, stdin io.Reader) ([]Source, error) {
	if len(args) == 0 {
		args = []string{Stdin}
	}
	var all []Source
	for _, arg := range args {
		if arg == Stdin {
			all = append(all, NewSource(Stdin, stdin))
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, fileSource(arg))
			continue
		}
		files, err := csvFiles(arg)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			all = append(all, fileSource(f))
		}
	}
	return all, nil
}

func fileSource(path string) Source {
	return Source{Name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

func csvFiles(dir string) ([]string, error) {
	if sub := filepath.Join(dir, observationsDir); isDir(sub) {
		dir = sub
	}
	var files []string
	for _, pattern := range []string{"*.csv", "*.csv.gz", "*.csv.zst"} {
		found, err := filepath.Glob(filepath.Join(globEscape(dir), pattern))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no .csv, .csv.gz or .csv.zst file in it", dir)
	}
	slices.Sort(files)
	return files, nil
}

func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// decompress tells gzip, zstd and plain text apart by their first bytes. packed is false
// where the text is just what r reads.
func decompress(r io.Reader) (text io.ReadCloser, packed bool, err error) {
	b := bufio.NewReader(r)
	magic, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	switch {
	case strings.HasPrefix(string(magic), "\x1f\x8b"):
		text, err := gzip.NewReader(b)
		return text, true, err
	case string(magic) == "\x28\xb5\x2f\xfd":
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, true, err
		}
		return z.IOReadCloser(), true, nil
	}
	return io.NopCloser(b), false, nil
}
