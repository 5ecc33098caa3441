package foreign

import (
	"encoding/csv"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"virtcmp/internal/observation"
)

// vegeta reads the results of attacks in any of vegeta's three encodings, told apart by
// their first byte: a gob begins with the length of its type's description, more than
// 127 bytes, JSON with a brace, and CSV with the digits of a time.
//
// A result's timestamp is when the request was really sent, not when the pacer meant it
// to be, and its latency is counted from there: the lateness of a generator that could
// not keep up is in neither (see the label lateness= of the contract, which is missing
// here). A result has no number of users: vegeta sends at a rate, unless it is told
// -rate 0 -max-workers N, which are N users in a closed loop.
//
// Bodies and headers, which results hold too, are passed over rather than decoded: of a
// hostile file they need not fit into memory.
func vegeta(in *input, rec *recorder) error {
	encoding, decode := "gob", vegetaGob
	if head := in.head(1); len(head) == 1 {
		switch c := head[0]; {
		case c == '{':
			encoding, decode = "json", vegetaJSON
		case c < 0x80:
			encoding, decode = "csv", vegetaCSV
		}
	}
	rec.source("vegeta", encoding)
	rec.resolution("1e-09")
	next := decode(in)
	for {
		var v vegetaResult // afresh: a gob leaves out what is zero
		switch err := next(&v); {
		case err == io.EOF:
			return in.whole()
		case err != nil:
			return err
		case v.Timestamp.IsZero():
			return errors.New("a result without timestamp: not one of vegeta's")
		}
		q := request{sent: v.Timestamp, took: v.Latency, users: observation.NoUsers, code: observation.CodeError}
		if code := strconv.Itoa(int(v.Code)); v.Code != 0 {
			q.code = code
		} else if v.Error != "" {
			q.code = failure(v.Error)
		}
		if err := rec.request(q); err != nil {
			return err
		}
	}
}

// vegetaResult is what is read of a vegeta.Result.
type vegetaResult struct {
	Timestamp time.Time     `json:"timestamp"`
	Code      uint16        `json:"code"` // 0 if there was no answer
	Latency   time.Duration `json:"latency"`
	Error     string        `json:"error"`
}

func vegetaGob(in *input) func(*vegetaResult) error {
	decoder, n := gob.NewDecoder(in), 0
	return func(v *vegetaResult) error {
		in.next()
		n++
		err := decoder.Decode(v)
		if err != nil && err != io.EOF {
			err = fmt.Errorf("result %d: %w", n, err)
		}
		in.within = false // a gob has no lines
		return err
	}
}

func vegetaJSON(in *input) func(*vegetaResult) error {
	return func(v *vegetaResult) error {
		text, err := in.text()
		if err != nil {
			return err
		}
		return json.Unmarshal(text, v)
	}
}

// Columns of vegeta's CSV, which has no header.
const (
	vegetaTimestamp = 0 // nanoseconds since the Unix epoch
	vegetaCode      = 1
	vegetaLatency   = 2 // nanoseconds
	vegetaError     = 5
	vegetaColumns   = 12
)

func vegetaCSV(in *input) func(*vegetaResult) error {
	decoder := csv.NewReader(in)
	decoder.FieldsPerRecord = vegetaColumns
	decoder.ReuseRecord = true
	return func(v *vegetaResult) error {
		in.next()
		row, err := decoder.Read()
		if err != nil {
			return csvError(err)
		}
		sent, err := strconv.ParseInt(row[vegetaTimestamp], 10, 64)
		if err != nil {
			return fmt.Errorf("timestamp: %w", err)
		}
		code, err := strconv.ParseUint(row[vegetaCode], 10, 16)
		if err != nil {
			return fmt.Errorf("code: %w", err)
		}
		took, err := strconv.ParseInt(row[vegetaLatency], 10, 64)
		if err != nil {
			return fmt.Errorf("latency: %w", err)
		}
		*v = vegetaResult{time.Unix(0, sent), uint16(code), time.Duration(took), row[vegetaError]}
		return nil
	}
}

// csvError takes encoding/csv's count of lines off an error, which has the file's.
func csvError(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
