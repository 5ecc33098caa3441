package csvio

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"unsafe"
)

// Split cuts the text of a row, without its end, into the given number of fields, which
// share its memory. Rows without quotes, which is nearly all of them, are cut at commas.
func Split(row string, fields []string) error {
	var n int
	if strings.IndexByte(row, '"') < 0 {
		n = splitPlain(row, fields)
	} else {
		unquoted, err := splitQuoted(row)
		if err != nil {
			return err
		}
		n = len(unquoted)
		copy(fields, unquoted)
	}
	if n != len(fields) {
		return fmt.Errorf("torn row: %d fields, want %d: %q", n, len(fields), clip(row))
	}
	return nil
}

// splitPlain cuts a row without quotes at its commas and returns how many fields it
// has, of which fields takes as many as it holds.
func splitPlain(row string, fields []string) (n int) {
	start := 0
	text := unsafe.Slice(unsafe.StringData(row), len(row)) // no copy: only to be read eight bytes at a time
	for at := 0; at < len(text); at += 8 {                 // a call of IndexByte for each field takes longer: they are short
		var eight [8]byte
		if at+8 <= len(text) {
			eight = [8]byte(text[at:])
		} else {
			copy(eight[:], text[at:])
		}
		for found := commas(binary.LittleEndian.Uint64(eight[:])); found != 0; found &= found - 1 {
			end := at + bits.TrailingZeros64(found)/8
			if n < len(fields) {
				fields[n] = row[start:end]
			}
			n++
			start = end + 1
		}
	}
	if n < len(fields) {
		fields[n] = row[start:]
	}
	return n + 1
}

// commas returns the highest bit of each byte of word that is a comma.
func commas(word uint64) uint64 {
	const low = 0x7f7f7f7f7f7f7f7f
	other := word ^ 0x2c2c2c2c2c2c2c2c // 0 where there is one
	return ^((other&low + low) | other | low)
}

func splitQuoted(row string) ([]string, error) {
	fields, err := csv.NewReader(strings.NewReader(row)).Read()
	if err != nil {
		var perr *csv.ParseError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return nil, fmt.Errorf("%w: %q", err, clip(row))
	}
	return fields, nil
}

// clip shortens a row for an error message.
func clip(s string) string {
	const most = 120
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
