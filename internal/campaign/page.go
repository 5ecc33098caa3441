package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"virtcmp/internal/observation"
	"virtcmp/internal/workload"
)

// newClient returns a client that makes a connection of its own for every request.
func newClient(page workload.Target) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DialContext: page.Dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Between attempts at a page: short, since it is the resolution of startup times, and
// not too short for a guest that is booting.
const nextPagePause = 20 * time.Millisecond

// nextPage waits for a good page and returns how long after that time it came.
func (r *run) nextPage(ctx context.Context, page workload.Target, since time.Time) (time.Duration, error) {
	limit := r.config.Experiments.Startup.Timeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New("timeout"))
	defer cancel()
	client := newClient(page)
	for {
		err := fetch(ctx, client, page)
		if err == nil {
			return time.Since(since), nil
		}
		if dead := r.testbed.Alive(); dead != nil {
			return 0, dead
		}
		if pause(ctx, nextPagePause) != nil {
			return 0, fmt.Errorf("no good page from %s in %v: %w", page.URL, limit, err)
		}
	}
}

// silent returns nil if nothing answers for that long.
func silent(ctx context.Context, page workload.Target, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.URL, nil)
	if err != nil {
		return err
	}
	res, err := newClient(page).Do(req)
	if err != nil {
		return nil
	}
	return errors.Join(fmt.Errorf("the application answers (%s)", res.Status), res.Body.Close())
}

// fetch gets the page once.
func fetch(ctx context.Context, client *http.Client, page workload.Target) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.URL, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if !observation.Good(fmt.Sprint(res.StatusCode)) || !bytes.Contains(body, []byte(page.Expect)) {
		return fmt.Errorf("%s, %d bytes, without %q", res.Status, len(body), page.Expect)
	}
	return nil
}
