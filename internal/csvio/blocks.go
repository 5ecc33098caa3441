package csvio

import (
	"bytes"
	"errors"
	"io"
)

const (
	// blockBytes holds enough rows that what a block costs to set up vanishes, and few
	// enough to stay in the cache.
	blockBytes = 1 << 18
	// mostQuoted is how far the end of a row with an open quote is looked for.
	mostQuoted = 1 << 22
)

var errLongLine = errors.New("torn row: a line of more than 4 MB")

// block is a piece of a stream that begins with a row and, but for the stream's last, ends with one.
type block struct {
	text []byte
	line int   // lines before it
	err  error // what ended the stream after the text: io.EOF if nothing else
}

// blocks cuts a stream into blocks, so that they can be parsed side by side.
type blocks struct {
	in    io.Reader
	size  int         // bytes of a block, about
	line  int         // lines given out
	rest  []byte      // read, not yet given out
	spare chan []byte // memory for texts
}

// next returns the next block. After a block with an error there is none.
func (b *blocks) next() block {
	text := reuse(b.spare)[:0]
	if most := max(2*len(b.rest), b.size); cap(text) < most {
		text = make([]byte, 0, most)
	}
	text = append(text, b.rest...)
	size := b.size
	if b.line == 0 {
		size = 1 // the header at once, so that a foreign one is told at once
	}
	for {
		if len(text) == cap(text) {
			text = append(make([]byte, 0, max(2*len(text), b.size)), text...)
		}
		n, err := b.in.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err != nil {
			return block{text, b.line, err}
		}
		if len(text) < size && len(text) < cap(text) {
			continue
		}
		end := rowsEnd(text)
		if end == 0 && len(text) > mostQuoted {
			if end = bytes.LastIndexByte(text, '\n') + 1; end == 0 { // else the parser will complain of the quote
				return block{text, b.line, errLongLine}
			}
		}
		if end > 0 {
			b.rest = append(b.rest[:0], text[end:]...)
			whole := block{text: text[:end], line: b.line}
			b.line += bytes.Count(whole.text, []byte{'\n'})
			return whole
		}
		size = 2 * len(text)
	}
}

// rowsEnd returns the length of the longest prefix of text that ends with a line
// and leaves no quote open; 0 if there is none.
func rowsEnd(text []byte) int {
	open := bytes.Count(text, []byte{'"'})%2 == 1
	for end := len(text); ; {
		i := bytes.LastIndexByte(text[:end], '\n')
		if i < 0 {
			return 0
		}
		if bytes.Count(text[i:end], []byte{'"'})%2 == 1 {
			open = !open
		}
		if !open {
			return i + 1
		}
		end = i
	}
}
