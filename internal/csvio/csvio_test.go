package csvio_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"virtcmp/internal/csvio"
)

type row struct {
	Name  string `csv:"name"`
	Count int    `csv:"count"`
	Note  string `csv:"note"`
}

func scan(t *testing.T, text string) ([]row, []csvio.Stat, error) {
	t.Helper()
	var rows []row
	stats, err := csvio.Scan(context.Background(), []csvio.Source{csvio.NewSource("x.csv", strings.NewReader(text))}, func(r *row) error {
		rows = append(rows, *r)
		return nil
	})
	return rows, stats, err
}

func TestScan(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []row
		err        string
	}{
		{name: "rows", text: "name,count,note\na,1,x\nb,2,\n", want: []row{{"a", 1, "x"}, {"b", 2, ""}}},
		{name: "no rows", text: "name,count,note\n"},
		{name: "repeated header", text: "name,count,note\na,1,\nname,count,note\nb,2,\n", want: []row{{"a", 1, ""}, {"b", 2, ""}}},
		{name: "quotes", text: "name,count,note\n\"a,b\",1,\"say \"\"hi\"\"\nthere\"\nc,2,\n", want: []row{{"a,b", 1, "say \"hi\"\nthere"}, {"c", 2, ""}}},
		{name: "windows and BOM", text: "\ufeffname,count,note\r\na,1,x\r\n", want: []row{{"a", 1, "x"}}},
		{name: "blank line", text: "name,count,note\n\na,1,x\n", want: []row{{"a", 1, "x"}}},
		{name: "empty", text: "", err: `x.csv: empty: no header row "name,count,note"`},
		{name: "wrong header", text: "a,b\n1,2\n", err: `x.csv:1: header is "a,b", want "name,count,note"`},
		{name: "too few fields", text: "name,count,note\na,1,x\nb,2\n", want: []row{{"a", 1, "x"}}, err: "x.csv:3: torn row: 2 fields, want 3"},
		{name: "too many fields", text: "name,count,note\na,1,x,y\n", err: "x.csv:2: torn row: 4 fields, want 3"},
		{name: "cut off", text: "name,count,note\na,1,x\nb,2,", want: []row{{"a", 1, "x"}}, err: "x.csv:3: torn row: the line has no end"},
		{name: "open quote", text: "name,count,note\na,1,\"x\nb,2,y\n", err: "x.csv:2: torn row: a quote is never closed"},
		{name: "bare quote", text: "name,count,note\na,1,x\"y\"\n", err: `x.csv:2: bare "`},
		{name: "not a number", text: "name,count,note\na,1,\nb,zwei,\n", want: []row{{"a", 1, ""}}, err: "x.csv:3: column count: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, stats, err := scan(t, tc.text)
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Fatalf("error %v, want %q", err, tc.err)
			}
			if !reflect.DeepEqual(rows, tc.want) {
				t.Errorf("rows %v, want %v", rows, tc.want)
			}
			if err == nil && (len(stats) != 1 || stats[0].Rows != len(rows)) {
				t.Errorf("stats %v for %d rows", stats, len(rows))
			}
		})
	}
}

func TestScanManyChunks(t *testing.T) {
	const n = 100_000
	var b strings.Builder
	b.WriteString("name,count,note\n")
	for i := range n {
		fmt.Fprintf(&b, "n%d,%d,\n", i%3, i)
	}
	rows, stats, err := scan(t, b.String())
	if err != nil || len(rows) != n {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(b.String()))); stats[0].SHA256 != want {
		t.Errorf("digest %q, want %q", stats[0].SHA256, want)
	}
	for i, r := range rows {
		if r.Count != i || r.Name != fmt.Sprintf("n%d", i%3) {
			t.Fatalf("row %d is %v", i, r)
		}
	}
	b.WriteString("bad,x,\n")
	if _, _, err := scan(t, b.String()); err == nil || !strings.Contains(err.Error(), "x.csv:100002: column count") {
		t.Errorf("error %v does not name line 100002", err)
	}
}

func TestScanStopsAtCallbackError(t *testing.T) {
	stop := errors.New("enough")
	n := 0
	text := "name,count,note\n" + strings.Repeat("a,1,\n", 50_000)
	_, err := csvio.Scan(context.Background(), []csvio.Source{csvio.NewSource("x", strings.NewReader(text))}, func(*row) error {
		n++
		return stop
	})
	if n != 1 || err != stop {
		t.Errorf("called %d times, error %v", n, err)
	}
}

func TestScanCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	endless := io.MultiReader(strings.NewReader("name,count,note\n"), repeat("a,1,\n"))
	n := 0
	_, err := csvio.Scan(ctx, []csvio.Source{csvio.NewSource("x", endless)}, func(*row) error {
		if n++; n == 10_000 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

type repeat string

func (s repeat) Read(p []byte) (n int, err error) {
	for n+len(s) <= len(p) {
		n += copy(p[n:], s)
	}
	return n, nil
}

func TestCompressionByContent(t *testing.T) {
	plain := "name,count,note\na,1,x\n"
	var gz, zst bytes.Buffer
	g := gzip.NewWriter(&gz)
	io.WriteString(g, plain)
	g.Close()
	z, _ := zstd.NewWriter(&zst)
	io.WriteString(z, plain)
	z.Close()
	for name, data := range map[string][]byte{"plain": []byte(plain), "gzip": gz.Bytes(), "zstd": zst.Bytes()} {
		t.Run(name, func(t *testing.T) {
			rows, stats, err := scan(t, string(data))
			if err != nil || len(rows) != 1 {
				t.Fatalf("rows %v, error %v", rows, err)
			}
			if want := fmt.Sprintf("%x", sha256.Sum256(data)); stats[0].SHA256 != want {
				t.Errorf("digest %q, want %q", stats[0].SHA256, want)
			}
			if name == "plain" {
				return
			}
			if _, _, err := scan(t, string(data[:len(data)-5])); err == nil || !strings.HasPrefix(err.Error(), "x.csv") {
				t.Errorf("cut off: error %v", err)
			}
		})
	}
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	archive := filepath.Join(dir, "odd [name]*", "observations")
	if err := os.MkdirAll(archive, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"b.csv.gz", "a.csv", "c.csv.zst", "c.csv.partial", "README.md"} {
		if err := os.WriteFile(filepath.Join(archive, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{archive, filepath.Dir(archive)} {
		sources, err := csvio.Sources([]string{dir}, nil)
		var names []string
		for _, s := range sources {
			names = append(names, filepath.Base(s.Name))
		}
		if want := []string{"a.csv", "b.csv.gz", "c.csv.zst"}; err != nil || !reflect.DeepEqual(names, want) {
			t.Errorf("%s: %v, %v, want %v", dir, names, err, want)
		}
	}
	if _, err := csvio.Sources([]string{t.TempDir()}, nil); err == nil {
		t.Error("a directory without CSV files passes")
	}
	if _, err := csvio.Sources([]string{filepath.Join(dir, "missing")}, nil); err == nil {
		t.Error("a missing file passes")
	}
	if sources, err := csvio.Sources(nil, strings.NewReader("")); err != nil || len(sources) != 1 || sources[0].Name != csvio.Stdin {
		t.Errorf("no arguments: %v, %v", sources, err)
	}
}

func TestFile(t *testing.T) {
	for _, name := range []string{"x.csv", "x.csv.gz", "x.csv.zst"} {
		path := filepath.Join(t.TempDir(), name)
		f, err := csvio.Create[row](path)
		if err != nil {
			t.Fatal(err)
		}
		want := []row{{"a", 1, "x"}, {"b,c", 2, "y\"z"}}
		for _, r := range want {
			if err := f.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is there before it is whole", name)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		sources, err := csvio.Sources([]string{path}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []row
		if _, err := csvio.Scan(context.Background(), sources, func(r *row) error { got = append(got, *r); return nil }); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}

		f, err = csvio.Create[row](path)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(row{Name: "lost"})
		if err := f.Abort(); err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
			t.Errorf("after Abort: %v", left)
		}
	}
}

func TestWriterWithoutRows(t *testing.T) {
	var b bytes.Buffer
	if err := csvio.NewWriter[row](&b).Flush(); err != nil || b.String() != "name,count,note\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// However many rows, WriteAll writes what a Writer does, or the first error.
func TestWriteAll(t *testing.T) {
	for _, n := range []int{0, 1, 4096, 10_000} {
		rows := make([]row, n)
		var want, got bytes.Buffer
		w := csvio.NewWriter[row](&want)
		for i := range rows {
			rows[i] = row{fmt.Sprint("n", i), i, "x,y"}
			w.Write(rows[i])
		}
		w.Flush()
		if err := csvio.WriteAll(&got, rows[:n/3], rows[n/3:]); err != nil || got.String() != want.String() {
			t.Errorf("%d rows: error %v, %d bytes, want %d", n, err, got.Len(), want.Len())
		}
		if csvio.WriteAll(fullDisk{}, rows) == nil {
			t.Errorf("%d rows: a failed write was forgotten", n)
		}
		if err := csvio.WriteAll(&diskFor{bytes: 100}, rows); n > 10 && err == nil {
			t.Errorf("%d rows: a write that failed later was forgotten", n)
		}
	}
	if err := csvio.WriteAll(io.Discard, []odd{{}}); err == nil {
		t.Error("what cannot be encoded was written")
	}
}

type odd struct {
	N never `csv:"n"`
}

// never cannot be encoded.
type never int

func (never) MarshalCSV() (string, error) { return "", errors.New("never") }

// diskFor has room for that many bytes.
type diskFor struct{ bytes int }

func (d *diskFor) Write(p []byte) (int, error) {
	if d.bytes -= len(p); d.bytes < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriterKeepsError(t *testing.T) {
	w := csvio.NewWriter[row](fullDisk{})
	w.Write(row{})
	if w.Flush() == nil || w.Write(row{}) == nil || w.Flush() == nil {
		t.Error("a failed write was forgotten")
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A row type that decodes itself is decoded many at a time: the line and the column of
// what does not parse are told all the same, and the rows before it are passed on.
func TestScanQuick(t *testing.T) {
	for _, n := range []int{1, 63, 64, 65, 100, 5000} {
		for _, bad := range []int{-1, 0, n / 2, n - 1} {
			var b strings.Builder
			b.WriteString("a,b,c\n")
			for i := range n {
				text := fmt.Sprint(i)
				if i == bad {
					text = "bad"
				}
				fmt.Fprintf(&b, "x%d,%s,\n", i, text)
			}
			var got []quick
			_, err := csvio.Scan(context.Background(), []csvio.Source{csvio.NewSource("x", strings.NewReader(b.String()))}, func(q *quick) error {
				got = append(got, *q)
				return nil
			})
			if bad >= 0 {
				if want := fmt.Sprintf("x:%d: column b: bad text", bad+2); err == nil || err.Error() != want || len(got) != bad {
					t.Errorf("%d rows: %d passed on, error %v, want %s", n, len(got), err, want)
				}
				continue
			}
			if err != nil || len(got) != n {
				t.Fatalf("%d of %d rows, error %v", len(got), n, err)
			}
			for i, q := range got {
				if want := (quick{fmt.Sprint("x", i), fmt.Sprint(i), ""}); q != want {
					t.Fatalf("row %d is %v", i, q)
				}
			}
		}
	}
}

// quick is a row that decodes itself.
type quick texts

func (q *quick) UnmarshalCSV(row string) error {
	var fields [3]string
	if err := csvio.Split(row, fields[:]); err != nil {
		return err
	}
	if fields[1] == "bad" {
		return errors.New("column b: bad text")
	}
	*q = quick{fields[0], fields[1], fields[2]}
	return nil
}

// FuzzScan holds the splitting reader against encoding/csv, and the two ways that rows are decoded in against one another.
func FuzzScan(f *testing.F) {
	f.Add("a,1,x\n\"b\",2,\"y\n\"\n")
	f.Add("a,1\n")
	f.Add("\"a\"\"\",1,\"\"\n")
	f.Add("\r\n,\"\r\n\",\n")
	f.Add(strings.Repeat("a,1,x\n", 40))
	f.Fuzz(func(t *testing.T, body string) {
		source := func() []csvio.Source {
			return []csvio.Source{csvio.NewSource("x", strings.NewReader("a,b,c\n"+body))}
		}
		var got, again [][]string
		_, err := csvio.Scan(context.Background(), source(), func(r *texts) error {
			got = append(got, []string{strings.Clone(r.A), strings.Clone(r.B), strings.Clone(r.C)})
			return nil
		})
		_, qerr := csvio.Scan(context.Background(), source(), func(q *quick) error {
			again = append(again, []string{strings.Clone(q.A), strings.Clone(q.B), strings.Clone(q.C)})
			return nil
		})
		if qerr == nil || !strings.Contains(qerr.Error(), "bad text") {
			if fmt.Sprint(qerr) != fmt.Sprint(err) || !reflect.DeepEqual(again, got) {
				t.Fatalf("%q: got %q (%v) and %q (%v)", body, got, err, again, qerr)
			}
		}
		if rows, _, counted, serr := shared("a,b,c\n" + body); fmt.Sprint(serr) != fmt.Sprint(qerr) || serr == nil && (len(rows) != len(again) || counted != len(again)) {
			t.Fatalf("%q: %d rows shared, %d counted (%v), %d scanned (%v)", body, len(rows), counted, serr, len(again), qerr)
		}
		if err != nil || strings.Contains(body, "\r") || strings.Contains(body, "a,b,c") {
			return
		}
		ref := csv.NewReader(strings.NewReader(body))
		ref.FieldsPerRecord = 3
		want, rerr := ref.ReadAll()
		if rerr != nil {
			t.Fatalf("accepted what encoding/csv refuses: %v", rerr)
		}
		if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %q, want %q", body, got, want)
		}
	})
}

type texts struct {
	A string `csv:"a"`
	B string `csv:"b"`
	C string `csv:"c"`
}

func TestLabels(t *testing.T) {
	l := csvio.MakeLabels("host", "app", "value", "a;b=c%d\n").With("empty", "")
	if want := csvio.Labels("host=app;value=a%3Bb%3Dc%25d%0A;empty="); l != want {
		t.Errorf("%q, want %q", l, want)
	}
	if got := l.Get("value"); got != "a;b=c%d\n" {
		t.Errorf("value %q", got)
	}
	if v, ok := l.Lookup("empty"); v != "" || !ok {
		t.Errorf("empty: %q, %v", v, ok)
	}
	if _, ok := l.Lookup("missing"); ok {
		t.Error("missing is there")
	}
	if got := csvio.Labels("odd=50%;alone").Get("odd"); got != "50%" {
		t.Errorf("bare percent sign: %q", got)
	}
}

func FuzzLabels(f *testing.F) {
	f.Add("a;b", "c=d%2")
	f.Fuzz(func(t *testing.T, a, b string) {
		l := csvio.MakeLabels("a", a, "b", b)
		if l.Get("a") != a || l.Get("b") != b {
			t.Fatalf("%q: %q, %q", l, l.Get("a"), l.Get("b"))
		}
	})
}
