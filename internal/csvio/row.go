package csvio

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
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
	for i := range len(row) {
		if row[i] == ',' { // a call of IndexByte for each takes longer: they are short
			if n < len(fields) {
				fields[n] = row[start:i]
			}
			n++
			start = i + 1
		}
	}
	if n < len(fields) {
		fields[n] = row[start:]
	}
	return n + 1
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
