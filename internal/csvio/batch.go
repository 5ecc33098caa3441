package csvio

import (
	"encoding/csv"
	"errors"
	"fmt"
	"sync"

	"github.com/gocarina/gocsv"
)

// abreast is how many rows gocsv is given as one. For each that it decodes it makes two
// values by reflection and copies one of them, which takes longer than to parse the
// fields; of a row sixteen times as wide it does so once.
const abreast = 16

// batch is the rows that were one to gocsv.
type batch[T any] struct {
	Rows []T `csv:"rows"`

	last gocsv.TypeUnmarshalCSVWithFields // of Rows
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
	clear(b.Rows)
	if cap(b.Rows) == abreast {
		rowsPool.Put((*[abreast]T)(b.Rows[:abreast]))
	}
	*b = batch[T]{}
}

// rowBegins stands before the name of each row's first column in a wide header.
const rowBegins = '\n'

// UnmarshalCSVWithFields implements gocsv.TypeUnmarshalCSVWithFields.
func (b *batch[T]) UnmarshalCSVWithFields(column, text string) error {
	if column[0] == rowBegins {
		if b.Rows == nil {
			b.Rows = emptyRows[T]()
		}
		b.Rows = b.Rows[:len(b.Rows)+1]
		b.last = any(&b.Rows[len(b.Rows)-1]).(gocsv.TypeUnmarshalCSVWithFields)
		column = column[1:]
	}
	return b.last.UnmarshalCSVWithFields(column, text)
}

// decoder turns fields into rows by gocsv.
type decoder[T any] struct {
	header []string
	wide   []string   // header of abreast rows; nil if T decodes itself by reflection
	rows   [][]string // given to gocsv
}

func newDecoder[T any](header []string) *decoder[T] {
	d := &decoder[T]{header: header}
	if _, ok := any(new(T)).(gocsv.TypeUnmarshalCSVWithFields); ok {
		for range abreast {
			d.wide = append(d.wide, string(rowBegins)+header[0])
			d.wide = append(d.wide, header[1:]...)
		}
	}
	return d
}

// GetCSVRows implements gocsv.Decoder.
func (d *decoder[T]) GetCSVRows() ([][]string, error) { return d.rows, nil }

// decode decodes the fields of whole rows, in the memory of buf if that is large enough.
func (d *decoder[T]) decode(fields []string, buf []batch[T]) ([]batch[T], error) {
	if len(fields) == 0 {
		return nil, nil
	}
	if d.wide == nil {
		d.split(fields, d.header)
		var all []T
		err := gocsv.UnmarshalDecoder(d, &all)
		return []batch[T]{{Rows: all}}, d.locate(err)
	}
	d.split(fields, d.wide)
	n := len(d.rows) - 1
	if cap(buf) <= n { // gocsv fills a slice with room for the header too in place
		buf = make([]batch[T], n+n/4+1)
	}
	buf = buf[:cap(buf)]
	err := gocsv.UnmarshalDecoder(d, &buf)
	return buf[:n], d.locate(err)
}

// split sets the rows to the header and, behind it, rows as long; the last may be shorter.
func (d *decoder[T]) split(fields, header []string) {
	d.rows = append(d.rows[:0], header)
	for len(fields) > len(header) {
		d.rows = append(d.rows, fields[:len(header)])
		fields = fields[len(header):]
	}
	d.rows = append(d.rows, fields)
}

// fieldError is what is wrong with a field.
type fieldError struct {
	row    int // from 0
	column string
	err    error
}

func (e *fieldError) Error() string { return fmt.Sprintf("column %s: %v", e.column, e.err) }
func (e *fieldError) Unwrap() error { return e.err }

// locate finds the field that gocsv complains of.
func (d *decoder[T]) locate(err error) error {
	var perr *csv.ParseError
	if !errors.As(err, &perr) || perr.Line < 2 {
		return err
	}
	width := len(d.rows[0]) / len(d.header)
	row, column := (perr.Line-2)*width+(perr.Column-1)/len(d.header), (perr.Column-1)%len(d.header)
	return &fieldError{row, d.header[column], perr.Err}
}
