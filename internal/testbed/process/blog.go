package process

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/moby/sys/reexec"
	_ "modernc.org/sqlite" // the embedded database

	"virtcmp/internal/testbed/guest"
	"virtcmp/internal/testbed/launch"
	"virtcmp/internal/workload"
)

// Names under which this program calls itself.
const (
	nothing  = "virtcmp-nothing"
	blog     = "virtcmp-blog"
	stressor = "virtcmp-stressor"
)

// probePath is where the blog answers the probes as the guests' scripts do.
const probePath = "/virtcmp"

func init() {
	reexec.Register(nothing, func() {})
	reexec.Register(blog, func() {
		if err := serve(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "blog:", err)
			os.Exit(1)
		}
	})
	reexec.Register(stressor, func() {
		//lint:ignore SA5002 using up the CPU is what it is for
		for {
		}
	})
}

func databaseVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "modernc.org/sqlite" {
				return m.Version
			}
		}
	}
	return "unknown"
}

// serve runs the blog on the inherited socket until it is killed.
func serve(dir string) error {
	listener, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "blog.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)&_pragma=busy_timeout(60000)")
	if err != nil {
		return err
	}
	defer db.Close()
	if err := fill(db); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/{$}", handler(func(w http.ResponseWriter, r *http.Request) error { return front(w, r, db) }))
	mux.Handle(probePath+"/select.php", handler(func(w http.ResponseWriter, r *http.Request) error { return selects(w, r, db) }))
	mux.Handle(probePath+"/insert.php", handler(func(w http.ResponseWriter, r *http.Request) error { return inserts(w, r, db) }))
	return http.Serve(listener, mux)
}

// handler answers with a server error when the function fails.
type handler func(http.ResponseWriter, *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// fill makes the tables and their sample content.
func fill(db *sql.DB) error {
	const tables = `
CREATE TABLE wp_posts (ID INTEGER PRIMARY KEY, post_title TEXT, post_content TEXT, post_status TEXT);
CREATE TABLE wp_comments (comment_ID INTEGER PRIMARY KEY, comment_post_ID INTEGER, comment_author TEXT, comment_content TEXT);
CREATE TABLE wp_options (option_name TEXT PRIMARY KEY, option_value TEXT);
INSERT INTO wp_options VALUES ('blogname', 'virtcmp testbed'), ('blogdescription', 'A small blog'), ('posts_per_page', '10');`
	if _, err := db.Exec(tables); err != nil {
		return err
	}
	for i := range 10 {
		title := guest.Page
		if i > 0 {
			title = fmt.Sprintf("Post %d", i+1)
		}
		text := strings.Repeat("This is a post of the small blog, long enough to be worth sending. ", 30)
		if _, err := db.Exec("INSERT INTO wp_posts VALUES (?, ?, ?, 'publish')", i+1, title, text); err != nil {
			return err
		}
		if _, err := db.Exec("INSERT INTO wp_comments (comment_post_ID, comment_author, comment_content) VALUES (?, 'A reader', 'A comment')", i+1); err != nil {
			return err
		}
	}
	return nil
}

var page = template.Must(template.New("front").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Name}}</title></head><body><h1>{{.Name}}</h1>
{{range .Posts}}<article id="post-{{.ID}}"><h2>{{.Title}}</h2><p>{{.Text}}</p>
{{range .Comments}}<blockquote><p>{{.Text}}</p><footer>{{.Author}}</footer></blockquote>
{{end}}</article>
{{end}}</body></html>
`))

type post struct {
	ID          int
	Title, Text string
	Comments    []comment
}

type comment struct{ Author, Text string }

// front shows the newest posts with their comments: one query for the options, one
// for the posts, one for each post's comments, as blogs do.
func front(w http.ResponseWriter, r *http.Request, db *sql.DB) error {
	var data struct {
		Name  string
		Posts []post
	}
	ctx := r.Context()
	if err := db.QueryRowContext(ctx, "SELECT option_value FROM wp_options WHERE option_name = 'blogname'").Scan(&data.Name); err != nil {
		return err
	}
	var err error
	if data.Posts, err = query(ctx, db, func(p *post) []any { return []any{&p.ID, &p.Title, &p.Text} },
		"SELECT ID, post_title, post_content FROM wp_posts WHERE post_status = 'publish' ORDER BY ID LIMIT 10"); err != nil {
		return err
	}
	for i := range data.Posts {
		p := &data.Posts[i]
		if p.Comments, err = query(ctx, db, func(c *comment) []any { return []any{&c.Author, &c.Text} },
			"SELECT comment_author, comment_content FROM wp_comments WHERE comment_post_ID = ?", p.ID); err != nil {
			return err
		}
	}
	return page.Execute(w, data)
}

// query returns the rows that a statement yields.
func query[T any](ctx context.Context, db *sql.DB, fields func(*T) []any, statement string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var t T
		if err := rows.Scan(fields(&t)...); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// selects answers the SELECT probe.
func selects(w http.ResponseWriter, r *http.Request, db *sql.DB) error {
	n, err := number(r, "queries")
	if err != nil {
		return err
	}
	timings, err := workload.TimeSelects(r.Context(), db, n)
	if err != nil {
		return err
	}
	return answer(w, timings...)
}

// inserts answers the INSERT probe, with stressors that are processes beside it.
func inserts(w http.ResponseWriter, r *http.Request, db *sql.DB) error {
	rows, err := number(r, "rows")
	if err != nil {
		return err
	}
	stress, err := number(r, "stress")
	if err != nil {
		return err
	}
	for range stress {
		p, err := launch.Start(reexec.Command(stressor))
		if err != nil {
			return err
		}
		defer p.Kill()
	}
	timing, err := workload.TimeInserts(r.Context(), db, rows)
	if err != nil {
		return err
	}
	return answer(w, timing)
}

func number(r *http.Request, name string) (int, error) {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s must be a whole number", name)
	}
	return n, nil
}

func answer(w http.ResponseWriter, timings ...workload.Timing) error {
	pairs := make([][2]float64, len(timings))
	for i, t := range timings {
		pairs[i] = [2]float64{t.Start, t.Duration}
	}
	return json.NewEncoder(w).Encode(map[string]any{"timings": pairs})
}
