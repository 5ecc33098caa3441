package csvio

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unsafe"
)

// parser splits blocks into the fields of their rows. The fields of a block share
// one string. Rows without quotes, which is nearly all of them, are cut at commas.
type parser struct {
	name   string // of the source
	header []string
	plain  string // the header as it stands in a file

	line   int      // read last, from 1
	fields []string // of all rows, one after the other
	lines  []int    // of each row
}

func newParser(name string, header []string) *parser {
	return &parser{name: name, header: header, plain: strings.Join(header, ",")}
}

// parse sets fields and lines to those of the block's rows. Rows that precede an error
// are among them; the end of the stream is none.
func (p *parser) parse(b block) error {
	p.fields, p.lines, p.line = p.fields[:0], p.lines[:0], b.line
	text := unsafe.String(unsafe.SliceData(b.text), len(b.text)) // no copy: nothing is written to a block once it is cut
	if b.line == 0 {
		var err error
		if text, err = p.first(text, b.err); err != nil {
			return err
		}
	}
	quotes := strings.IndexByte(text, '"') >= 0
	for text != "" {
		line, rest, ended := strings.Cut(text, "\n")
		p.line++
		if !ended {
			return p.cutOff(line, b.err)
		}
		from := text
		text = rest
		line = strings.TrimSuffix(line, "\r")
		if line == "" || line == p.plain {
			continue
		}
		start, number, n := len(p.fields), p.line, 0
		if quotes && strings.IndexByte(line, '"') >= 0 {
			var err error
			if text, err = p.quoted(from, b.err); err != nil {
				return err
			}
			n = len(p.fields) - start
		} else {
			p.fields = slices.Grow(p.fields, len(p.header))[:start+len(p.header)]
			n = splitPlain(line, p.fields[start:])
		}
		if n != len(p.header) {
			p.fields = p.fields[:start]
			return p.errorf("torn row: %d fields, want %d: %q", n, len(p.header), clip(line))
		}
		p.lines = append(p.lines, number)
	}
	if b.err != nil && b.err != io.EOF {
		p.line++
		return p.errorf("%w", b.err)
	}
	return nil
}

// first returns what follows the stream's first line, which must be the header.
func (p *parser) first(text string, end error) (string, error) {
	if text == "" && end == io.EOF {
		return "", fmt.Errorf("%s: empty: no header row %q", p.name, p.plain)
	}
	line, rest, ended := strings.Cut(strings.TrimPrefix(text, "\ufeff"), "\n")
	p.line++
	if !ended {
		return "", p.cutOff(line, end)
	}
	if line = strings.TrimSuffix(line, "\r"); line != p.plain {
		return "", p.errorf("header is %q, want %q (collect writes observations, analyze writes findings)", clip(line), p.plain)
	}
	return rest, nil
}

// cutOff is the error of a last line without an end: half a number would still parse.
func (p *parser) cutOff(line string, end error) error {
	if end != nil && end != io.EOF {
		return p.errorf("%w", end)
	}
	return p.errorf("torn row: the line has no end: %q", clip(line))
}

// quoted appends the fields of the row that text begins with, which holds quotes and
// so may span lines (RFC 4180), and returns the text behind it. The row's first line
// has been read.
func (p *parser) quoted(text string, end error) (string, error) {
	first, length, open := p.line, 0, false
	for {
		i := strings.IndexByte(text[length:], '\n')
		if i < 0 {
			p.line = first
			if end != nil && end != io.EOF {
				return "", p.errorf("%w", end)
			}
			return "", p.errorf("torn row: a quote is never closed: %q", clip(text))
		}
		if strings.Count(text[length:length+i], `"`)%2 == 1 {
			open = !open
		}
		length += i + 1
		if !open {
			break
		}
		p.line++
	}
	fields, err := csv.NewReader(strings.NewReader(text[:length])).Read()
	if err != nil {
		var perr *csv.ParseError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return "", p.errorf("%w: %q", err, clip(text[:length]))
	}
	p.fields = append(p.fields, fields...)
	return text[length:], nil
}

// locate says in which line of the file a field is that does not decode.
func (p *parser) locate(err error) error {
	var field *fieldError
	if !errors.As(err, &field) || field.row >= len(p.lines) {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return fmt.Errorf("%s:%d: %w", p.name, p.lines[field.row], err)
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{p.name, p.line}, args...)...)
}

// splitPlain cuts a line without quotes at its commas and returns how many fields it
// has, of which row takes as many as it holds.
func splitPlain(line string, row []string) (fields int) {
	start := 0
	for i := range len(line) {
		if line[i] == ',' { // a call of IndexByte for each takes longer: they are short
			if fields < len(row) {
				row[fields] = line[start:i]
			}
			fields++
			start = i + 1
		}
	}
	if fields < len(row) {
		row[fields] = line[start:]
	}
	return fields + 1
}

// clip shortens a line for an error message.
func clip(s string) string {
	const most = 120
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
