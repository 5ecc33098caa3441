package csvio

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// digester hashes what is read through it.
type digester struct {
	r io.Reader
	h hash.Hash // nil: no more
}

func newDigester(r io.Reader) *digester { return &digester{r, sha256.New()} }

func (d *digester) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if d.h != nil {
		d.h.Write(p[:n])
	}
	return n, err
}

func (d *digester) sum() string { return hex.EncodeToString(d.h.Sum(nil)) }

// digest hashes blocks beside whoever cuts them: where the processor has no instruction
// for it, that takes longer than all else that cutting does, which everything waits for.
type digest struct {
	texts chan []byte
	sum   chan string
}

func newDigest() *digest {
	d := &digest{make(chan []byte, 4), make(chan string, 1)}
	go func() {
		h := sha256.New()
		for text := range d.texts {
			h.Write(text)
		}
		d.sum <- hex.EncodeToString(h.Sum(nil))
	}()
	return d
}

// add hashes a text, which must stay as it is.
func (d *digest) add(text []byte) { d.texts <- text }

// end returns the digest of all texts; it is to be called once.
func (d *digest) end() string {
	close(d.texts)
	return <-d.sum
}
