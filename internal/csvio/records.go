package csvio

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// records splits a stream into the fields of its rows. Rows without quotes, which
// is nearly all of them, are cut at the commas of one string a line; fields that
// repeat the previous row's share its memory, so that a caller may keep them.
type records struct {
	name   string
	in     *bufio.Reader
	header []string
	plain  string // the header as it stands in a file
	began  bool
	line   int // of the row read last, from 1

	batch  [][]string
	fields []string // backs batch
	lines  []int    // line of each row in batch
	last   []string // the newest copy of each column's value
	long   []byte
}

func newRecords(name string, r io.Reader, header []string) *records {
	return &records{
		name: name, in: bufio.NewReaderSize(r, 1<<18), header: header,
		plain: strings.Join(header, ","), last: make([]string, len(header)),
	}
}

// next returns the header followed by at most n rows, valid until the next call.
// Rows that precede an error come with it. At the end it returns io.EOF.
func (r *records) next(n int) ([][]string, error) {
	if cap(r.fields) < n*len(r.header) {
		r.fields = make([]string, 0, n*len(r.header))
	}
	r.fields, r.lines = r.fields[:0], r.lines[:0]
	r.batch = append(r.batch[:0], r.header)
	for len(r.batch) <= n {
		row, err := r.read()
		if err == io.EOF && len(r.batch) > 1 {
			return r.batch, nil
		}
		if err != nil {
			return r.batch, err
		}
		r.batch = append(r.batch, row)
		r.lines = append(r.lines, r.line)
	}
	return r.batch, nil
}

// read returns the fields of the next row that is not a header.
func (r *records) read() ([]string, error) {
	for {
		raw, err := r.rawLine()
		if err == io.EOF && !r.began {
			return nil, fmt.Errorf("%s: empty: no header row %q", r.name, r.plain)
		}
		if err != nil {
			return nil, err
		}
		if !r.began {
			raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
			if string(raw) != r.plain {
				return nil, r.errorf("header is %q, want %q (collect writes observations, analyze writes findings)", clip(raw), r.plain)
			}
			r.began = true
			continue
		}
		if len(raw) == 0 || string(raw) == r.plain {
			continue
		}
		start := len(r.fields)
		if bytes.IndexByte(raw, '"') >= 0 {
			row, err := r.quoted(raw)
			if err != nil {
				return nil, err
			}
			r.fields = append(r.fields, row...)
		} else {
			r.fields = splitPlain(string(raw), r.fields)
		}
		row := r.fields[start:len(r.fields):len(r.fields)]
		if len(row) != len(r.header) {
			return nil, r.errorf("torn row: %d fields, want %d: %q", len(row), len(r.header), clip(raw))
		}
		for i, v := range row {
			if v == r.last[i] {
				row[i] = r.last[i]
			} else {
				r.last[i] = v
			}
		}
		return row, nil
	}
}

// rawLine returns the next line without its end, valid until the next call. A last
// line without an end was cut off: half a number would still parse.
func (r *records) rawLine() ([]byte, error) {
	raw, err := r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		r.long = append(r.long[:0], raw...)
		for errors.Is(err, bufio.ErrBufferFull) {
			raw, err = r.in.ReadSlice('\n')
			r.long = append(r.long, raw...)
		}
		raw = r.long
	}
	if err == io.EOF && len(raw) == 0 {
		return nil, io.EOF
	}
	r.line++
	if err == io.EOF {
		return nil, r.errorf("torn row: the line has no end: %q", clip(raw))
	}
	if err != nil {
		return nil, r.errorf("%w", err)
	}
	return bytes.TrimSuffix(raw[:len(raw)-1], []byte("\r")), nil
}

// quoted parses a row that holds quotes, which may span lines (RFC 4180).
func (r *records) quoted(raw []byte) ([]string, error) {
	first := r.line
	text := append([]byte(nil), raw...)
	for bytes.Count(text, []byte(`"`))%2 != 0 {
		more, err := r.rawLine()
		if err == io.EOF {
			r.line = first
			return nil, r.errorf("torn row: a quote is never closed: %q", clip(text))
		}
		if err != nil {
			return nil, err
		}
		text = append(append(text, '\n'), more...)
	}
	row, err := csv.NewReader(bytes.NewReader(text)).Read()
	if err != nil {
		var perr *csv.ParseError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return nil, r.errorf("%w: %q", err, clip(text))
	}
	return row, nil
}

// locate turns gocsv's complaint about a row of the batch into one about the file.
func (r *records) locate(err error) error {
	var perr *csv.ParseError
	if !errors.As(err, &perr) || perr.Line < 2 || perr.Line-2 >= len(r.lines) {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return fmt.Errorf("%s:%d: column %s: %w", r.name, r.lines[perr.Line-2], r.header[perr.Column-1], perr.Err)
}

func (r *records) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{r.name, r.line}, args...)...)
}

// splitPlain appends the fields of a line without quotes.
func splitPlain(line string, fields []string) []string {
	for {
		i := strings.IndexByte(line, ',')
		if i < 0 {
			return append(fields, line)
		}
		fields = append(fields, line[:i])
		line = line[i+1:]
	}
}

// clip shortens a line for an error message.
func clip(b []byte) string {
	const most = 120
	if len(b) > most {
		return string(b[:most]) + "…"
	}
	return string(b)
}
