package csvio

import (
	"bytes"
	"encoding/csv"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// cutAll returns the blocks of a stream cut at about size bytes.
func cutAll(in io.Reader, size int) ([]block, error) {
	b := blocks{in: in, size: size}
	var all []block
	for {
		one := b.next()
		all = append(all, one)
		if one.err == io.EOF {
			return all, nil
		}
		if one.err != nil {
			return all, one.err
		}
	}
}

func checkBlocks(t *testing.T, text string, in io.Reader, size int) {
	t.Helper()
	all, err := cutAll(in, size)
	if err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	for i, b := range all {
		if want := strings.Count(whole.String(), "\n"); b.line != want {
			t.Errorf("block %d of %q begins after line %d, want %d", i, text, b.line, want)
		}
		whole.Write(b.text)
		if i < len(all)-1 && (!bytes.HasSuffix(b.text, []byte("\n")) || bytes.Count(b.text, []byte(`"`))%2 != 0) {
			t.Errorf("block %d of %q does not end with a row: %q", i, text, b.text)
		}
	}
	if whole.String() != text {
		t.Errorf("blocks of %q make %q", text, whole.String())
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add("a,b\n1,2\n", 1)
	f.Add("a,b\n\"1\n2\",3\n4,5\n\"\"\"\n\",6\n", 4)
	f.Add("a,b\n1,\"2", 3)
	f.Add("", 8)
	f.Add("\n\n\"\n\"\n", 2)
	f.Fuzz(func(t *testing.T, text string, size int) {
		size = 1 + size&0xff
		checkBlocks(t, text, strings.NewReader(text), size)
		checkBlocks(t, text, iotest.OneByteReader(strings.NewReader(text)), size)
	})
}

// Rows parsed block by block are those of encoding/csv, wherever the blocks end.
func TestBlocksParse(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n\"x\ny\",\"say \"\"hi\"\"\n\"\n,\n\"\"\"\",3\n", 50)
	want, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size < 60; size++ {
		all, err := cutAll(strings.NewReader(text), size)
		if err != nil {
			t.Fatal(err)
		}
		got, p := want[:1:1], newParser("x", want[0])
		for _, b := range all {
			if err := p.parse(b); err != nil {
				t.Fatal(err)
			}
			for _, row := range p.rows {
				fields := make([]string, len(want[0]))
				if err := Split(row, fields); err != nil {
					t.Fatal(err)
				}
				got = append(got, fields)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("size %d: %q", size, got)
		}
	}
}

// A quote that is never closed must not make the reader hold the whole stream.
func TestBlocksOpenQuote(t *testing.T) {
	text := "a,b\n\"" + strings.Repeat("1,2\n", 3*mostQuoted/4)
	all, err := cutAll(strings.NewReader(text), blockBytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if len(b.text) > 3*mostQuoted {
			t.Errorf("a block of %d bytes", len(b.text))
		}
	}
	if err := newParser("x", []string{"a", "b"}).parse(all[1]); err == nil || !strings.HasPrefix(err.Error(), "x:2: torn row: a quote is never closed") {
		t.Errorf("error %v", err)
	}
}

// Nor must a file that is no text at all.
func TestBlocksNoLines(t *testing.T) {
	all, err := cutAll(strings.NewReader(strings.Repeat("0", 3*mostQuoted)), blockBytes)
	if err != errLongLine || len(all) != 1 || len(all[0].text) >= 3*mostQuoted {
		t.Errorf("%d blocks, the first of %d bytes, error %v", len(all), len(all[0].text), err)
	}
}

func TestBlocksReadError(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(io.ErrUnexpectedEOF))
	all, err := cutAll(broken, blockBytes)
	if err != io.ErrUnexpectedEOF {
		t.Fatalf("error %v", err)
	}
	p, rows := newParser("x", []string{"a", "b"}), 0
	for _, b := range all {
		err = p.parse(b)
		rows += len(p.lines)
	}
	if rows != 1 || err == nil || err.Error() != "x:3: unexpected EOF" {
		t.Errorf("%d rows, error %v", rows, err)
	}
}
