package csvio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gocarina/gocsv"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// chunkRows is how many rows are encoded at a time: enough that gocsv's set-up for
// a call vanishes.
const chunkRows = 4096

// Writer writes rows of type T after a header. It keeps up to a chunk of rows back
// until Flush, so that gocsv's set-up is paid once for many; an error stays.
type Writer[T any] struct {
	out    gocsv.CSVWriter
	rows   []T
	count  int
	header bool // written
	err    error
}

// NewWriter returns a Writer on w. Nothing is written before the first Flush.
func NewWriter[T any](w io.Writer) *Writer[T] {
	return &Writer[T]{out: gocsv.DefaultCSVWriter(w), rows: make([]T, 0, chunkRows)}
}

// Write adds a row.
func (w *Writer[T]) Write(row T) error {
	w.rows = append(w.rows, row)
	w.count++
	if len(w.rows) == cap(w.rows) {
		return w.Flush()
	}
	return w.err
}

// Rows returns how many rows were given to Write.
func (w *Writer[T]) Rows() int { return w.count }

// Flush writes what is kept back. A stream without rows has its header all the same.
func (w *Writer[T]) Flush() error {
	if w.err != nil {
		return w.err
	}
	switch {
	case !w.header:
		w.err = gocsv.MarshalCSV(w.rows, w.out)
		w.header = true
	case len(w.rows) > 0:
		w.err = gocsv.MarshalCSVWithoutHeaders(w.rows, w.out)
	}
	w.rows = w.rows[:0]
	return w.err
}

// WriteAll writes a header and the rows of all parts. Encoding takes far longer than writing, so
// that as many chunks as there are processors are encoded side by side.
func WriteAll[T any](w io.Writer, parts ...[]T) error {
	if err := NewWriter[T](w).Flush(); err != nil { // the header
		return err
	}
	type text struct {
		bytes.Buffer
		err error
	}
	chunks := make(chan chan *text, runtime.GOMAXPROCS(0))
	go func() {
		defer close(chunks)
		for _, rows := range parts {
			for chunk := range slices.Chunk(rows, chunkRows) {
				done := make(chan *text, 1)
				chunks <- done
				go func() {
					var t text
					t.err = gocsv.MarshalCSVWithoutHeaders(chunk, gocsv.DefaultCSVWriter(&t))
					done <- &t
				}()
			}
		}
	}()
	var err error
	for done := range chunks { // to the end, or the goroutine above would wait for ever
		t := <-done
		if err == nil {
			err = t.err
		}
		if err == nil {
			_, err = t.WriteTo(w)
		}
	}
	return err
}

// partialSuffix marks a file that is still being written; no reader looks at it.
const partialSuffix = ".partial"

// File is a CSV file in the making: it takes its name when it is whole.
type File[T any] struct {
	*Writer[T]
	path  string
	file  *os.File
	codec io.WriteCloser // nil: plain
}

// Create starts the file at path, compressed as its ending (.gz, .zst) says. Until
// Commit the rows stand in a file of that name with .partial behind it.
func Create[T any](path string) (*File[T], error) {
	f, err := os.Create(path + partialSuffix)
	if err != nil {
		return nil, err
	}
	file := &File[T]{path: path, file: f}
	var w io.Writer = f
	switch filepath.Ext(path) {
	case ".gz":
		file.codec = gzip.NewWriter(f)
	case ".zst":
		if file.codec, err = zstd.NewWriter(f, zstd.WithEncoderConcurrency(1)); err != nil {
			return nil, errors.Join(err, file.Abort())
		}
	}
	if file.codec != nil {
		w = file.codec
	}
	file.Writer = NewWriter[T](w)
	return file, nil
}

// Commit makes the file whole: everything on disk, then under its name.
func (f *File[T]) Commit() error {
	err := f.Flush()
	if f.codec != nil && err == nil {
		err = f.codec.Close()
	}
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Abort())
	}
	if err := f.file.Close(); err != nil {
		return err
	}
	return os.Rename(f.file.Name(), f.path)
}

// Abort removes what was written.
func (f *File[T]) Abort() error {
	return errors.Join(f.file.Close(), os.Remove(f.file.Name()))
}

// TrimExt returns the file name without .csv, .csv.gz or .csv.zst.
func TrimExt(name string) string {
	for _, ext := range []string{".gz", ".zst", ".csv"} {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}
