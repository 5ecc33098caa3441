// Duckquery asks DuckDB of a file of observations a part of what analyze tells: for
// every testbed the number of requests, their mean and four quantiles, and by second
// of each run how many there were and how long they took.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// statements read the file once, with the types told, and only what is needed of it.
const statements = `
SET threads = {threads};
SET preserve_insertion_order = false;
CREATE TEMP TABLE requests AS
	SELECT testbed, run, time, value
	FROM read_csv('{file}', header = true, auto_detect = false, delim = ',', quote = '"', columns = {
		'testbed': 'VARCHAR', 'run': 'INTEGER', 'experiment': 'VARCHAR', 'time': 'DOUBLE', 'metric': 'VARCHAR',
		'value': 'DOUBLE', 'users': 'INTEGER', 'code': 'VARCHAR', 'labels': 'VARCHAR'})
	WHERE metric = 'http_request_duration_seconds' AND experiment = 'ramp';
COPY (
	SELECT testbed, count(*), avg(value), quantile_cont(value, [0.5, 0.9, 0.95, 0.99])
	FROM requests GROUP BY testbed ORDER BY testbed
) TO '{dir}/testbeds.csv';
COPY (
	SELECT testbed, run, floor(time) AS second, count(*), avg(value)
	FROM requests GROUP BY ALL ORDER BY ALL
) TO '{dir}/seconds.csv';
`

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-version" {
		fmt.Println(duckdb.LibraryVersion())
		return
	}
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: duckquery FILE DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "duckquery:", err)
		os.Exit(1)
	}
}

func run(file, dir string) error {
	var db duckdb.Database
	if duckdb.Open(":memory:", &db) != duckdb.StateSuccess {
		return fmt.Errorf("open failed")
	}
	defer duckdb.Close(&db)
	var conn duckdb.Connection
	if duckdb.Connect(db, &conn) != duckdb.StateSuccess {
		return fmt.Errorf("connect failed")
	}
	defer duckdb.Disconnect(&conn)
	quoted := func(path string) string { return strings.ReplaceAll(filepath.ToSlash(path), "'", "''") }
	text := strings.NewReplacer("{threads}", fmt.Sprint(runtime.NumCPU()), "{file}", quoted(file), "{dir}", quoted(dir)).Replace(statements)
	for one := range strings.SplitSeq(text, ";\n") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		var result duckdb.Result
		state := duckdb.Query(conn, one, &result)
		message := duckdb.ResultError(&result)
		duckdb.DestroyResult(&result)
		if state != duckdb.StateSuccess {
			return fmt.Errorf("%s", message)
		}
	}
	return nil
}
