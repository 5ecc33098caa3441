package csvio

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gocarina/gocsv"
)

// abreast is how many rows gocsv is given as one, each as a single cell. For each that it
// decodes it makes two values by reflection and copies one of them, and of each cell it
// asks anew what decodes it: with a cell for each field that takes longer than to parse it.
const abreast = 64

// batch is the rows that were one to gocsv.
type batch[T any] struct {
	Rows []T `csv:"rows"`

	err error // what is wrong with the row that follows; it is the last
}

// rowsPool holds rows to be used again, each *[abreast]T for some T. What gocsv decodes
// into is its own, so that a batch cannot be given the rows that it had before.
var rowsPool sync.Pool

func emptyRows[T any]() []T {
	rows, ok := rowsPool.Get().(*[abreast]T)
	if !ok {
		rows = new([abreast]T)
	}
	return rows[:0]
}

// release gives the batch's rows back.
func (b *batch[T]) release() {
	if cap(b.Rows) == abreast {
		rows := (*[abreast]T)(b.Rows[:abreast])
		clear(rows[:])
		rowsPool.Put(rows)
	}
	*b = batch[T]{}
}

// UnmarshalCSVWithFields implements gocsv.TypeUnmarshalCSVWithFields. An error is kept:
// gocsv would drop the rows before it.
func (b *batch[T]) UnmarshalCSVWithFields(_, row string) error {
	if b.err != nil {
		return nil
	}
	if b.Rows == nil {
		b.Rows = emptyRows[T]()
	}
	rows := b.Rows[:len(b.Rows)+1]
	if b.err = any(&rows[len(b.Rows)]).(gocsv.TypeUnmarshaller).UnmarshalCSV(row); b.err == nil {
		b.Rows = rows
	}
	return nil
}

// decoder turns texts into rows by gocsv.
type decoder[T any] struct {
	header []string
	wide   []string   // header of abreast rows; nil if T is decoded by reflection
	given  [][]string // to gocsv
}

func newDecoder[T any](header []string) *decoder[T] {
	d := &decoder[T]{header: header}
	if _, ok := any(new(T)).(gocsv.TypeUnmarshaller); ok {
		d.wide = slices.Repeat([]string{strings.Join(header, ",")}, abreast)
	}
	return d
}

// GetCSVRows implements gocsv.Decoder.
func (d *decoder[T]) GetCSVRows() ([][]string, error) { return d.given, nil }

// rowError is what is wrong with a row.
type rowError struct {
	row int // from 0
	err error
}

func (e *rowError) Error() string { return e.err.Error() }

// decode decodes rows, in the memory of buf if that is large enough. Rows that precede
// an error are among the batches.
func (d *decoder[T]) decode(rows []string, buf []batch[T]) ([]batch[T], error) {
	switch {
	case len(rows) == 0:
		return nil, nil
	case d.wide == nil:
		all, err := d.reflected(rows)
		return []batch[T]{{Rows: all}}, err
	}
	d.given = append(d.given[:0], d.wide)
	d.given = slices.AppendSeq(d.given, slices.Chunk(rows, abreast))
	n := len(d.given) - 1
	if cap(buf) <= n { // gocsv fills a slice with room for the header too in place
		buf = make([]batch[T], n+n/4+1)
	}
	buf = buf[:cap(buf)]
	if err := gocsv.UnmarshalDecoder(d, &buf); err != nil {
		return nil, err
	}
	for k, b := range buf[:n] {
		if b.err != nil {
			return buf[:k+1], &rowError{k*abreast + len(b.Rows), b.err}
		}
	}
	return buf[:n], nil
}

// reflected decodes rows of a type that does not decode itself.
func (d *decoder[T]) reflected(rows []string) (all []T, err error) {
	d.given = append(d.given[:0], d.header)
	var torn error
	for i, row := range rows {
		fields := make([]string, len(d.header))
		if err := Split(row, fields); err != nil {
			torn = &rowError{i, err}
			break
		}
		d.given = append(d.given, fields)
	}
	err = gocsv.UnmarshalDecoder(d, &all)
	var field *csv.ParseError
	switch {
	case errors.As(err, &field) && field.Line >= 2: // the header is line 1
		bad := field.Line - 2
		return all[:bad], &rowError{bad, fmt.Errorf("column %s: %w", d.header[field.Column-1], field.Err)}
	case err != nil:
		return nil, err
	}
	return all, torn
}
