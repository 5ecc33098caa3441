package foreign

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// jmeterCSV reads a JTL in CSV. Its header says which columns there are, and what is
// between them; repeated, as where files were joined, it is passed over.
func jmeterCSV(in *input, rec *recorder) error {
	decoder := csv.NewReader(in)
	decoder.Comma = jmeterDelimiter(in.head(1 << 12))
	header, err := decoder.Read()
	if err == io.EOF {
		return errors.New("empty: no header")
	}
	if err != nil {
		return csvError(err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	columns, err := jmeterColumns(header)
	if err != nil {
		return err
	}
	decoder.ReuseRecord = true // from here on: the header stays
	clock, sums := jmeterClock(rec), false
	for {
		in.next()
		row, err := decoder.Read()
		switch {
		case err == io.EOF:
			if sums && !rec.any() {
				return errOnlyTransactions
			}
			return in.whole()
		case err != nil:
			return csvError(err)
		case slices.Equal(row, header):
			continue
		}
		s := columns.sample(row)
		if s.transaction() {
			sums = true
			continue
		}
		q, err := s.request(clock)
		if err == nil {
			err = rec.request(q)
		}
		if err != nil {
			return err
		}
	}
}

// jmeterDelimiter returns what is behind the first name of the header: a comma, or what
// jmeter.save.saveservice.default_delimiter says.
func jmeterDelimiter(head []byte) rune {
	i := strings.IndexFunc(strings.TrimPrefix(string(head), "\ufeff"), func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if i < 0 {
		return ','
	}
	r, _ := utf8.DecodeRune(head[len(head)-len(strings.TrimPrefix(string(head), "\ufeff"))+i:])
	switch r {
	case '\r', '\n', '"', utf8.RuneError:
		return ','
	}
	return r
}

// jmeterPlaces says where the columns are: -1 if nowhere.
type jmeterPlaces struct{ timeStamp, elapsed, success, code, message, threads, count int }

func jmeterColumns(header []string) (jmeterPlaces, error) {
	at := func(name string) int { return slices.Index(header, name) }
	p := jmeterPlaces{
		timeStamp: at("timeStamp"), elapsed: at("elapsed"), success: at("success"), code: at("responseCode"),
		message: at("responseMessage"), threads: at("allThreads"), count: at("SampleCount"),
	}
	if p.timeStamp < 0 || p.elapsed < 0 {
		return p, fmt.Errorf("header %q: no timeStamp and elapsed; set jmeter.save.saveservice.print_field_names=true, .timestamp_format=ms and .time=true", clip(strings.Join(header, ",")))
	}
	return p, nil
}

func (p jmeterPlaces) sample(row []string) sample {
	text := func(i int) string {
		if i < 0 {
			return ""
		}
		return row[i]
	}
	return sample{
		timeStamp: text(p.timeStamp), elapsed: text(p.elapsed), success: text(p.success),
		code: text(p.code), message: text(p.message), threads: text(p.threads), count: text(p.count),
	}
}

// clip shortens a text for an error.
func clip(text string) string {
	const most = 120
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
