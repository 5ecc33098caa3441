package csvio

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unsafe"
)

// parser finds the rows of blocks. Those of a block share one string.
type parser struct {
	name  string // of the source
	plain string // the header as it stands in a file

	line  int      // read last, from 1
	rows  []string // texts of the rows, without their ends
	lines []int    // that each begins in
}

func newParser(name string, header []string) *parser {
	return &parser{name: name, plain: strings.Join(header, ",")}
}

// parse sets rows and lines to those of the block. Rows that precede an error
// are among them; the end of the stream is none.
func (p *parser) parse(b block) error {
	p.rows, p.lines, p.line = p.rows[:0], p.lines[:0], b.line
	text := unsafe.String(unsafe.SliceData(b.text), len(b.text)) // no copy: nothing is written to a block once it is cut
	if b.line == 0 {
		var err error
		if text, err = p.first(text, b.err); err != nil {
			return err
		}
	}
	quotes := strings.IndexByte(text, '"') >= 0
	for text != "" {
		row, rest, ended := strings.Cut(text, "\n")
		p.line++
		if !ended {
			return p.cutOff(row, b.err)
		}
		begin := p.line
		if quotes && strings.IndexByte(row, '"') >= 0 {
			length, err := p.quoted(text, b.err)
			if err != nil {
				return err
			}
			row, rest = text[:length], text[length+1:]
		} else {
			row = strings.TrimSuffix(row, "\r")
		}
		text = rest
		if row == "" || row == p.plain {
			continue
		}
		p.rows, p.lines = append(p.rows, row), append(p.lines, begin)
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

// quoted returns the length, without its end, of the row that text begins with, which
// holds quotes and so may span lines (RFC 4180). The row's first line has been read.
func (p *parser) quoted(text string, end error) (length int, err error) {
	first, begin, open := p.line, 0, false
	for {
		i := strings.IndexByte(text[begin:], '\n')
		if i < 0 {
			p.line = first
			if end != nil && end != io.EOF {
				return 0, p.errorf("%w", end)
			}
			return 0, p.errorf("torn row: a quote is never closed: %q", clip(text))
		}
		if strings.Count(text[begin:begin+i], `"`)%2 == 1 {
			open = !open
		}
		if !open {
			return begin + i, nil
		}
		begin += i + 1
		p.line++
	}
}

// locate says in which line of the file a row is that is wrong.
func (p *parser) locate(err error) error {
	var bad *rowError
	if !errors.As(err, &bad) {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return fmt.Errorf("%s:%d: %w", p.name, p.lines[bad.row], bad.err)
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{p.name, p.line}, args...)...)
}
