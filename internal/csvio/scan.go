// Package csvio reads and writes the CSV streams that pass between the programs.
//
// It is what the two contracts share: rows are encoded and decoded by gocsv from
// the struct tags of the row type, the header row is compulsory and must be the
// row type's columns in order, compression is recognised by content, and every
// complaint names the file and the line.
package csvio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/gocarina/gocsv"
)

// chunkRows is how many rows are decoded at a time: enough that gocsv's set-up
// for a call vanishes, few enough that a chunk stays in the cache.
const chunkRows = 4096

// Stat says what was read from one source: enough to recognise it again.
type Stat struct {
	Name   string // the source's name, as given
	Rows   int    // data rows, headers not counted
	SHA256 string // digest of the bytes as stored, so compressed where the file is
}

// Scan decodes every row of the sources, in order, and passes each to fn; the row
// is valid until fn returns. T is a struct with csv tags, optionally with gocsv's
// UnmarshalCSVWithFields on its pointer, which is several times faster.
//
// A source may hold several streams one after the other: a line that repeats the
// header is passed over. Scan stops at the first error: an unreadable source, a
// header that is not T's, a row that is torn or does not parse, or fn's own.
func Scan[T any](ctx context.Context, sources []Source, fn func(*T) error) ([]Stat, error) {
	stats := make([]Stat, 0, len(sources))
	for _, s := range sources {
		st, err := scanSource(ctx, s, fn)
		if err != nil {
			return stats, err
		}
		stats = append(stats, st)
	}
	return stats, nil
}

// chunk is a run of decoded rows, and the error that ended the source after them.
type chunk[T any] struct {
	rows []T
	err  error
}

func scanSource[T any](ctx context.Context, s Source, fn func(*T) error) (Stat, error) {
	st := Stat{Name: s.Name}
	f, err := s.open()
	if err != nil {
		return st, err
	}
	defer f.Close()
	digest := &digester{r: f, h: sha256.New()}
	plain, err := decompress(digest)
	if err != nil {
		return st, fmt.Errorf("%s: %w", s.Name, err)
	}
	defer plain.Close()

	// Decoding runs one chunk ahead of fn, so that both cores work.
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunk[T], 1)
	go func() {
		defer close(chunks)
		decodeChunks(ctx, s.Name, plain, chunks)
	}()
	defer func() { // the decoder must not outlive its source
		cancel()
		for range chunks {
		}
	}()

	for c := range chunks {
		for i := range c.rows {
			if err := fn(&c.rows[i]); err != nil {
				return st, err
			}
		}
		st.Rows += len(c.rows)
		if c.err != nil {
			return st, c.err
		}
	}
	if err := ctx.Err(); err != nil {
		return st, err
	}
	if _, err := io.Copy(io.Discard, digest); err != nil { // what a codec leaves unread
		return st, fmt.Errorf("%s: %w", s.Name, err)
	}
	st.SHA256 = hex.EncodeToString(digest.h.Sum(nil))
	return st, nil
}

// decodeChunks sends the rows of r until its end, an error or cancellation.
func decodeChunks[T any](ctx context.Context, name string, r io.Reader, out chan<- chunk[T]) {
	lines := newRecords(name, r, Header[T]())
	for {
		batch, err := lines.next(chunkRows)
		if errors.Is(err, io.EOF) {
			return
		}
		c := chunk[T]{err: err}
		if len(batch) > 1 { // the header comes first
			if derr := gocsv.UnmarshalDecoder(rowsDecoder(batch), &c.rows); derr != nil {
				c = chunk[T]{err: lines.locate(derr)}
			}
		}
		select {
		case out <- c:
		case <-ctx.Done():
			return
		}
		if c.err != nil {
			return
		}
	}
}

// rowsDecoder hands gocsv rows that are already split.
type rowsDecoder [][]string

func (d rowsDecoder) GetCSVRows() ([][]string, error) { return d, nil }

// Header returns the column names of row type T, in order.
func Header[T any]() []string {
	var out bytes.Buffer
	w := gocsv.DefaultCSVWriter(&out)
	if err := gocsv.MarshalCSV([]T{}, w); err != nil {
		panic(err) // T is not a struct with csv tags: a mistake in the program
	}
	return splitPlain(string(bytes.TrimRight(out.Bytes(), "\n")), nil)
}

// digester hashes what is read through it.
type digester struct {
	r io.Reader
	h hash.Hash
}

func (d *digester) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.h.Write(p[:n])
	return n, err
}
