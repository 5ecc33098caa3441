package workload

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Comment is one that was left on WordPress's sample post: only the guests that took
// it have it, and those that were brought back as they were.
type Comment struct {
	client    *http.Client
	page      string // that shows it to who wrote it
	paragraph string // of its own
}

// LeaveComment leaves one at the application of that URL. The client must not follow
// redirections.
func LeaveComment(ctx context.Context, client *http.Client, application string) (*Comment, error) {
	c := &Comment{client: client, paragraph: rand.Text()}
	form := url.Values{
		"comment_post_ID": {"1"}, "author": {"virtcmp"}, "email": {"virtcmp@example.invalid"}, "comment": {c.paragraph},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, application+"/wp-comments-post.php", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("comment: %w", err)
	}
	defer res.Body.Close()
	shown, err := res.Location()
	if err != nil {
		body, _ := io.ReadAll(res.Body)
		return nil, fmt.Errorf("comment: %s without a page that shows it: %.500s", res.Status, body)
	}
	c.page = application + shown.RequestURI()
	return c, c.Check(ctx)
}

// Check returns nil if the comment is there.
func (c *Comment) Check(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.page, nil)
	if err != nil {
		return err
	}
	res, err := c.client.Do(req)
	if err != nil {
		return fmt.Errorf("comment: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && !bytes.Contains(body, []byte(c.paragraph)) {
		err = fmt.Errorf("%s, %d bytes, without the comment", res.Status, len(body))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.page, err)
	}
	return nil
}
