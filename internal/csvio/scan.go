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
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/gocarina/gocsv"
)

// Stat says what was read from one source: enough to recognise it again.
type Stat struct {
	Name   string // the source's name, as given
	Rows   int    // data rows, headers not counted
	SHA256 string // digest of the bytes as stored, so compressed where the file is
}

// Scan decodes every row of the sources, in order, and passes each to fn; the row
// is valid until fn returns. T is a struct with csv tags, optionally with gocsv's
// UnmarshalCSV on its pointer, which is given the text of a whole row and sets all of it
// (see Split): several times faster than by reflection.
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

// chunk is the rows of a block, and the error that ended the source after them.
type chunk[T any] struct {
	batches []batch[T]
	err     error
}

// task is a block to be decoded, and where its rows go.
type task[T any] struct {
	block
	rows chan chunk[T]
}

// scanner reads one source: one goroutine cuts it into blocks, as many as there are
// processors decode them side by side, and the caller takes the rows in order.
type scanner[T any] struct {
	name   string
	order  chan task[T] // as they stand in the source
	work   chan task[T]
	slices chan []batch[T] // to be used again

	closed chan struct{} // closed after the source, from when on the following stand
	digest string
	err    error
}

func scanSource[T any](ctx context.Context, src Source, fn func(*T) error) (Stat, error) {
	st := Stat{Name: src.Name}
	f, err := src.open()
	if err != nil {
		return st, err
	}
	workers := runtime.GOMAXPROCS(0)
	s := &scanner[T]{
		name: src.Name, order: make(chan task[T], workers), work: make(chan task[T], workers),
		slices: make(chan []batch[T], 2*workers+2), closed: make(chan struct{}),
	}
	// Whatever ends the scan ends the goroutines; the one that reads closes the source.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.read(ctx, f)
	for range workers {
		go s.decode()
	}
	for {
		select {
		case <-ctx.Done():
			return st, ctx.Err()
		case t, more := <-s.order:
			if !more {
				<-s.closed
				if err := ctx.Err(); err != nil {
					return st, err
				}
				st.SHA256 = s.digest
				return st, s.err
			}
			c := <-t.rows
			for k := range c.batches {
				b := &c.batches[k]
				for i := range b.Rows {
					if err := fn(&b.Rows[i]); err != nil {
						return st, err
					}
				}
				st.Rows += len(b.Rows)
				b.release()
			}
			if c.err != nil {
				return st, c.err
			}
			recycle(s.slices, c.batches)
		}
	}
}

// read cuts the source into tasks until it ends or the scan does, and closes it.
func (s *scanner[T]) read(ctx context.Context, f io.ReadCloser) {
	defer close(s.closed)
	defer f.Close()
	defer close(s.order)
	defer close(s.work)
	raw := newDigester(f)
	plain, packed, err := decompress(raw)
	if err != nil {
		s.err = fmt.Errorf("%s: %w", s.name, err)
		return
	}
	defer plain.Close()
	hash, end := func([]byte) {}, raw.sum
	if !packed { // the blocks are all that is stored
		d := newDigest()
		raw.h, hash, end = nil, d.add, d.end
	}
	defer func() { s.digest = end() }()
	cut := blocks{in: plain, size: blockBytes}
	for {
		t := task[T]{cut.next(), make(chan chunk[T], 1)}
		hash(t.text)
		select {
		case s.order <- t:
			s.work <- t
		case <-ctx.Done():
			return
		}
		if t.err != nil {
			break
		}
	}
	if _, err := io.Copy(io.Discard, raw); err != nil { // what a codec leaves unread
		s.err = fmt.Errorf("%s: %w", s.name, err)
	}
}

// decode works until there are no more tasks.
func (s *scanner[T]) decode() {
	header := Header[T]()
	p, d := newParser(s.name, header), newDecoder[T](header)
	for t := range s.work {
		err := p.parse(t.block)
		batches, bad := d.decode(p.rows, reuse(s.slices))
		if bad != nil { // before what ended the rows
			err = p.locate(bad)
		}
		t.rows <- chunk[T]{batches, err}
	}
}

// reuse returns what is there to be used again, or nil.
func reuse[T any](pool chan []T) []T {
	select {
	case s := <-pool:
		return s
	default:
		return nil
	}
}

// recycle puts s where reuse finds it.
func recycle[T any](pool chan []T, s []T) {
	select {
	case pool <- s:
	default:
	}
}

// Header returns the column names of row type T, in order.
func Header[T any]() []string {
	var out bytes.Buffer
	w := gocsv.DefaultCSVWriter(&out)
	if err := gocsv.MarshalCSV([]T{}, w); err != nil {
		panic(err) // T is not a struct with csv tags: a mistake in the program
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), ",")
}
