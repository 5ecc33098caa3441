package foreign

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// mostRecord is how long a record may be: pages that a tool saved with it included.
const mostRecord = 16 << 20

var errLongRecord = fmt.Errorf("a record of more than %d MB", mostRecord>>20)

// input is the text of a file. A Read gives no more than the rest of a line, so that
// a decoder which asks for what it needs has read no further than its record's last
// line, and errors can name that line.
type input struct {
	in     *bufio.Reader
	line   int    // read last, from 1
	rest   []byte // of the line, not yet given out
	within bool   // the line goes on behind rest
	record int    // bytes since the record began
}

func newInput(r io.Reader) *input { return &input{in: bufio.NewReaderSize(r, 1<<16)} }

// next tells that a record begins.
func (in *input) next() { in.record = 0 }

// Read implements io.Reader.
func (in *input) Read(p []byte) (int, error) {
	if len(in.rest) == 0 {
		if err := in.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	if in.record += n; in.record > mostRecord {
		return n, errLongRecord
	}
	return n, nil
}

// fill reads on, up to the end of a line.
func (in *input) fill() error {
	text, err := in.in.ReadSlice('\n')
	if len(text) == 0 {
		return err
	}
	if !in.within {
		in.line++
	}
	in.rest, in.within = text, text[len(text)-1] != '\n'
	return nil // an error comes again
}

// head returns the beginning of the text, up to n bytes, which stay to be read.
func (in *input) head(n int) []byte {
	text, _ := in.in.Peek(n) // an error comes again
	return text
}

// text returns the next line without its end, valid until the next call.
func (in *input) text() ([]byte, error) {
	in.next()
	var long []byte
	for {
		if err := in.fill(); err != nil {
			if err == io.EOF && long != nil {
				return nil, errTorn
			}
			return nil, err
		}
		part := in.rest
		in.rest = nil
		if in.within {
			if long = append(long, part...); len(long) > mostRecord {
				return nil, errLongRecord
			}
			continue
		}
		if long != nil {
			part = append(long, part...)
		}
		return bytes.TrimSuffix(part[:len(part)-1], []byte{'\r'}), nil
	}
}

var errTorn = errors.New("the file ends within a line: whatever wrote it was cut off; delete that line to read the rest")

// whole complains of a text whose last line has no end, of which half a number would
// still be one, and of one that goes on. It is to be called at what a decoder takes for
// the end: gob's takes a broken message for it.
func (in *input) whole() error {
	if len(in.rest) > 0 || len(in.head(1)) > 0 {
		return errors.New("what follows the last record is none")
	}
	if in.within {
		return errTorn
	}
	return nil
}
