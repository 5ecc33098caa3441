package workload

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver of DSN

	"virtcmp/internal/csvio"
	"virtcmp/internal/observation"
)

// Metrics of the probes.
const (
	SelectMetric = "sql_select_duration_seconds"
	InsertMetric = "sql_insert_duration_seconds"
)

// SQL runs the probes of a testbed: single SELECTs, and batches of INSERTs with CPU
// stressors beside them (Scheepers 2014, section 4.2).
type SQL interface {
	// Select runs n single queries, one after the other.
	Select(ctx context.Context, n int) ([]Timing, error)
	// Insert writes rows of random data one by one into an empty table while the
	// given number of processes use up the CPU beside it.
	Insert(ctx context.Context, rows, stressors int) (Timing, error)
	// Client says where the probe runs and is timed: "app", the application guest,
	// or "generator", here.
	Client() string
}

// Timing is when a statement, or a batch, began and how long it took, in seconds
// since the probe began.
type Timing struct{ Start, Duration float64 }

// SelectProbe measures single queries.
type SelectProbe struct {
	SQL     SQL
	Queries int
}

// Run implements the select experiment: a row a query.
func (p SelectProbe) Run(ctx context.Context, start time.Time, rec *observation.Recorder) error {
	began := time.Since(start).Seconds()
	timings, err := p.SQL.Select(ctx, p.Queries)
	if err != nil {
		return fmt.Errorf("SELECT: %w", err)
	}
	for _, t := range timings {
		rec.Record(began+t.Start, SelectMetric, t.Duration, observation.NoUsers, "", clientLabel("", p.SQL))
	}
	return nil
}

// InsertProbe measures batches of INSERTs, once for each number of stressors.
type InsertProbe struct {
	SQL       SQL
	Rows      int
	Stressors []int // in this order
}

// Run implements the insert experiment: a row a batch.
func (p InsertProbe) Run(ctx context.Context, start time.Time, rec *observation.Recorder) error {
	for _, n := range p.Stressors {
		began := time.Since(start).Seconds()
		t, err := p.SQL.Insert(ctx, p.Rows, n)
		if err != nil {
			return fmt.Errorf("INSERT beside %d stressors: %w", n, err)
		}
		labels := csvio.MakeLabels("rows", strconv.Itoa(p.Rows), "stress", strconv.Itoa(n))
		rec.Record(began+t.Start, InsertMetric, t.Duration, observation.NoUsers, "", clientLabel(labels, p.SQL))
	}
	return nil
}

// clientLabel says so where the probe is timed elsewhere than in the guest.
func clientLabel(l csvio.Labels, s SQL) csvio.Labels {
	if c := s.Client(); c != "app" {
		return l.With("client", c)
	}
	return l
}

// Scripts runs the probes in the application guest, through the scripts of
// templates/guest/probe that its web server serves.
type Scripts struct {
	URL    string // of the scripts' folder
	Dial   DialFunc
	Memory uint64 // bytes that memory stressors take together
}

// Client implements SQL.
func (s Scripts) Client() string { return "app" }

// Select implements SQL.
func (s Scripts) Select(ctx context.Context, n int) ([]Timing, error) {
	return s.call(ctx, "select.php", url.Values{"queries": {strconv.Itoa(n)}}, n)
}

// Insert implements SQL.
func (s Scripts) Insert(ctx context.Context, rows, stressors int) (Timing, error) {
	t, err := s.call(ctx, "insert.php", url.Values{"rows": {strconv.Itoa(rows)}, "stress": {strconv.Itoa(stressors)}}, 1)
	if err != nil {
		return Timing{}, err
	}
	return t[0], nil
}

// get asks a script and returns its answer if it is a good one. The caller closes its body.
func (s Scripts) get(ctx context.Context, script string, query url.Values) (*http.Response, error) {
	transport := &http.Transport{DialContext: s.Dial, DisableKeepAlives: true, DisableCompression: true}
	address := strings.TrimSuffix(s.URL, "/") + "/" + script + "?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 300)) // the status says enough without
		res.Body.Close()
		return nil, fmt.Errorf("%s: %s: %s", address, res.Status, text)
	}
	return res, nil
}

// call runs a script and takes the timings that it answers: {"timings":[[start,duration],...]}.
func (s Scripts) call(ctx context.Context, script string, query url.Values, want int) ([]Timing, error) {
	res, err := s.get(ctx, script, query)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	address := res.Request.URL
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	var answer struct {
		Timings [][2]float64 `json:"timings"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w: %.300s", address, err, text)
	}
	if len(answer.Timings) != want {
		return nil, fmt.Errorf("%s: %d timings, want %d", address, len(answer.Timings), want)
	}
	timings := make([]Timing, want)
	for i, t := range answer.Timings {
		timings[i] = Timing{Start: t[0], Duration: t[1]}
	}
	return timings, nil
}

// DSN runs the probes from here, against a database that holds the application's
// tables; it can't put stress on the application guest.
type DSN struct {
	Name string // user:password@tcp(host:3306)/wordpress
}

// Client implements SQL.
func (d DSN) Client() string { return "generator" }

// SelectQuery is the probe's single query: what WordPress's front page is made of.
const SelectQuery = "SELECT ID, post_title FROM wp_posts WHERE post_status = 'publish' ORDER BY ID LIMIT 10"

// Select implements SQL.
func (d DSN) Select(ctx context.Context, n int) ([]Timing, error) {
	db, err := sql.Open("mysql", d.Name)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return TimeSelects(ctx, db, n)
}

// Insert implements SQL.
func (d DSN) Insert(ctx context.Context, rows, stressors int) (Timing, error) {
	if stressors > 0 {
		return Timing{}, errors.New("a DSN alone can't put stress on the application guest; install the probe scripts there and set probe, or leave stress at [0]")
	}
	db, err := sql.Open("mysql", d.Name)
	if err != nil {
		return Timing{}, err
	}
	defer db.Close()
	return TimeInserts(ctx, db, rows)
}

// TimeSelects runs SelectQuery n times on one connection and times each.
func TimeSelects(ctx context.Context, db *sql.DB, n int) ([]Timing, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	timings := make([]Timing, 0, n)
	began := time.Now()
	for range n {
		sent := time.Now()
		if err := query(ctx, conn); err != nil {
			return nil, err
		}
		timings = append(timings, Timing{Start: sent.Sub(began).Seconds(), Duration: time.Since(sent).Seconds()})
	}
	return timings, nil
}

func query(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, SelectQuery)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// TimeInserts writes rows of random data one by one into an empty table.
func TimeInserts(ctx context.Context, db *sql.DB, rows int) (Timing, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return Timing{}, err
	}
	defer conn.Close()
	for _, s := range []string{
		"DROP TABLE IF EXISTS virtcmp_probe",
		"CREATE TABLE virtcmp_probe (a INTEGER, b VARCHAR(64), c DOUBLE)",
	} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return Timing{}, err
		}
	}
	began := time.Now()
	for range rows {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("INSERT INTO virtcmp_probe (a, b, c) VALUES (%d, '%016x%016x', %g)",
			rand.Int32(), rand.Uint64(), rand.Uint64(), rand.Float64())); err != nil {
			return Timing{}, err
		}
	}
	return Timing{Duration: time.Since(began).Seconds()}, nil
}
