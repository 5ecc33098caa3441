package workload_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"virtcmp/internal/workload"
)

// A comment is there until the guest that took it is another one.
func TestComment(t *testing.T) {
	kept := ""
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wp-comments-post.php" {
			if r.FormValue("comment_post_ID") != "1" {
				http.Error(w, "no such post", http.StatusForbidden)
				return
			}
			kept = r.FormValue("comment")
			http.Redirect(w, r, "http://app/?p=1&unapproved=2&moderation-hash=5f#comment-2", http.StatusFound)
			return
		}
		if r.URL.Query().Get("unapproved") == "2" {
			fmt.Fprintf(w, "<p>%s</p>", kept)
		}
	}))
	defer app.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx := context.Background()
	c, err := workload.LeaveComment(ctx, client, app.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(ctx); err != nil {
		t.Error(err)
	}
	kept = ""
	if c.Check(ctx) == nil {
		t.Error("a page without the comment passes")
	}
	if _, err := workload.LeaveComment(ctx, client, app.URL+"/elsewhere"); err == nil {
		t.Error("an application that takes no comments passes")
	}
}
