package csvio

import (
	"context"
	"io"
)

// Text is the plain text of a source being read, whatever the source's compression,
// and of whatever form.
type Text struct {
	io.Reader
	name   string
	closed chan struct{} // closed when all is read, from when on the following stands
	digest string
}

// Open begins to read the source; the end of the context ends it. It is closed by
// itself when it has been read to its end or the context has ended.
func (s Source) Open(ctx context.Context) (*Text, error) {
	f, err := s.open()
	if err != nil {
		return nil, err
	}
	// What waits for standard input must hear of an interrupt, so another one reads.
	out, in := io.Pipe()
	t := &Text{Reader: out, name: s.Name, closed: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { in.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer close(t.closed)
		defer f.Close()
		defer stop()
		raw := newDigester(f)
		plain, _, err := decompress(raw)
		if err == nil {
			_, err = io.Copy(in, plain)
			plain.Close()
		}
		if err == nil {
			_, err = io.Copy(io.Discard, raw) // what a codec leaves unread
		}
		t.digest = raw.sum()
		in.CloseWithError(err) // nil is the end
	}()
	return t, nil
}

// Stat says what was read, once it has been to its end. rows is what the reader made of it.
func (t *Text) Stat(rows int) Stat {
	<-t.closed
	return Stat{Name: t.name, Rows: rows, SHA256: t.digest}
}
