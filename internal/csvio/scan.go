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
	none := make([]func(*T), runtime.GOMAXPROCS(0)) // the rows are passed on to fn
	return scanAll(ctx, sources, none, func(c chunk[T]) error {
		for k := range c.batches {
			b := &c.batches[k]
			for i := range b.Rows {
				if err := fn(&b.Rows[i]); err != nil {
					return err
				}
			}
			b.release()
		}
		return nil
	})
}

// Share is Scan where the order of rows does not matter, and faster: each row is taken by
// one of the takers, whichever is free. They are called side by side, each by one goroutine
// at a time. The row, and here its strings too, are valid until the taker returns. counted
// hears of how many rows more have been taken. After an error takers may go on for a while.
func Share[T any](ctx context.Context, sources []Source, takers []func(*T), counted func(rows int)) ([]Stat, error) {
	return scanAll(ctx, sources, takers, func(c chunk[T]) error {
		counted(c.rows)
		return nil
	})
}

func scanAll[T any](ctx context.Context, sources []Source, takers []func(*T), each func(chunk[T]) error) ([]Stat, error) {
	stats := make([]Stat, 0, len(sources))
	for _, s := range sources {
		st, err := scanSource(ctx, s, takers, each)
		if err != nil {
			return stats, err
		}
		stats = append(stats, st)
	}
	return stats, nil
}

// chunk is what a block came to: its rows, unless a taker has had them, and the error that
// ended the source after them.
type chunk[T any] struct {
	rows    int
	batches []batch[T]
	err     error
}

// task is a block to be decoded, and where goes what it comes to.
type task[T any] struct {
	block
	done chan chunk[T]
}

// scanner reads one source: one goroutine cuts it into blocks, another hashes them, one for
// each taker decodes them, and the caller hears of them in order.
type scanner[T any] struct {
	name  string
	order chan task[T] // as they stand in the source
	cut   chan task[T] // likewise, to be hashed
	work  chan task[T] // likewise, to be decoded

	batches chan []batch[T] // to be used again
	texts   chan []byte     // likewise; nil where rows outlive their block

	closed chan struct{} // closed after the source, from when on the following stand
	digest string
	err    error
}

func scanSource[T any](ctx context.Context, src Source, takers []func(*T), each func(chunk[T]) error) (Stat, error) {
	st := Stat{Name: src.Name}
	f, err := src.open()
	if err != nil {
		return st, err
	}
	workers := len(takers)
	s := &scanner[T]{
		name: src.Name, order: make(chan task[T], 4*workers), cut: make(chan task[T], workers), work: make(chan task[T], 2*workers),
		batches: make(chan []batch[T], 2*workers+2), closed: make(chan struct{}),
	}
	if takers[0] != nil {
		s.texts = make(chan []byte, 6*workers)
	}
	// Whatever ends the scan ends the goroutines; the one that reads closes the source.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.read(ctx, f)
	for _, take := range takers {
		go s.decode(take)
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
			c := <-t.done
			if err := each(c); err != nil {
				return st, err
			}
			st.Rows += c.rows
			if c.err != nil {
				return st, c.err
			}
			recycle(s.batches, c.batches)
		}
	}
}

// read cuts the source into tasks until it ends or the scan does, and closes it.
func (s *scanner[T]) read(ctx context.Context, f io.ReadCloser) {
	defer close(s.closed)
	defer f.Close()
	defer close(s.order)
	raw := newDigester(f)
	plain, packed, err := decompress(raw)
	if !packed { // the blocks are all that is stored
		raw.leave()
	}
	sum := make(chan string)
	go s.hash(raw, sum)
	defer func() {
		close(s.cut)
		s.digest = <-sum
	}()
	if err != nil {
		s.err = fmt.Errorf("%s: %w", s.name, err)
		return
	}
	defer plain.Close()
	blocks := blocks{in: plain, size: blockBytes, spare: s.texts}
	for {
		t := task[T]{blocks.next(), make(chan chunk[T], 1)}
		select {
		case s.order <- t:
			s.cut <- t
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

// hash passes the tasks on to be decoded, and returns the digest of all that is stored.
// Where the processor has no instruction for it, to hash the blocks takes longer than all
// else that cutting them does, which everything waits for: so it is done beside that.
func (s *scanner[T]) hash(raw *digester, sum chan<- string) {
	for t := range s.cut {
		if raw.aside {
			raw.h.Write(t.text)
		}
		s.work <- t
	}
	close(s.work)
	sum <- raw.sum()
}

// decode works until there are no more tasks.
func (s *scanner[T]) decode(take func(*T)) {
	header := Header[T]()
	p, d := newParser(s.name, header), newDecoder[T](header)
	for t := range s.work {
		err := p.parse(t.block)
		batches, bad := d.decode(p.rows, reuse(s.batches))
		if bad != nil { // before what ended the rows
			err = p.locate(bad)
		}
		c := chunk[T]{batches: batches, err: err}
		for k := range batches {
			c.rows += len(batches[k].Rows)
		}
		if take != nil {
			c.taken(take)
			recycle(s.texts, t.text)
			recycle(s.batches, c.batches)
			c.batches = nil
		}
		t.done <- c
	}
}

// taken has the chunk's rows taken.
func (c chunk[T]) taken(take func(*T)) {
	for k := range c.batches {
		b := &c.batches[k]
		for i := range b.Rows {
			take(&b.Rows[i])
		}
		b.release()
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

// recycle puts s, if there is any, where reuse finds it.
func recycle[T any](pool chan []T, s []T) {
	if s == nil {
		return
	}
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
