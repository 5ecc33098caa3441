package workload

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"virtcmp/internal/observation"
)

// Metric is the request's duration: from when it was sent until the answer was
// complete, or until it was given up.
const Metric = "http_request_duration_seconds"

// DialFunc opens a connection, perhaps in a network of the testbed's own.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Target is the page that users ask for.
type Target struct {
	URL     string
	Expect  string        // text that a good page holds; empty: any
	Timeout time.Duration // for one request, from sending to the last byte
	Dial    DialFunc      // nil: the ordinary network
}

func (t Target) targeter() vegeta.Targeter {
	return vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: t.URL})
}

// Reasons that end a request from outside.
var (
	errTimeout = errors.New("no complete answer in time")
	errEnded   = errors.New("the run has ended")
)

// outcome is what the transport knows of a request and vegeta's result does not.
type outcome struct {
	users   observation.Users // active when it was sent
	code    string            // why it failed, if it did
	notSent bool              // the run ended first
	body    *body             // of the answer, if there was one
}

// transport sends the requests of one attack. It gives each its time limit, ends
// those still in flight when the run ends, and keeps the typed error of a failed
// one: vegeta's result only has its text.
type transport struct {
	run     context.Context // ends, with cause errEnded, when the run does
	timeout time.Duration
	expect  []byte
	users   func() observation.Users
	http    *http.Transport

	mu       sync.Mutex
	outcomes map[string]outcome // by vegeta's sequence number
}

// newTransport returns a transport that keeps up to idle connections open.
func newTransport(run context.Context, target Target, users func() observation.Users, idle int) *transport {
	dial := target.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return &transport{
		run: run, timeout: target.Timeout, expect: []byte(target.Expect), users: users, outcomes: map[string]outcome{},
		http: &http.Transport{
			DialContext:         dial,
			MaxIdleConnsPerHost: idle,
			DisableCompression:  true, // the pages' bytes as they are, and no CPU on them here
			TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
	}
}

// attacker returns a vegeta Attacker that sends through t.
func (t *transport) attacker(options ...func(*vegeta.Attacker)) *vegeta.Attacker {
	return vegeta.NewAttacker(append(options,
		vegeta.Client(&http.Client{Transport: t}),
		vegeta.Redirects(vegeta.NoFollow), // one request, one row
		vegeta.MaxBody(0),                 // the body is looked through as it passes, not kept
	)...)
}

const sequenceHeader = "X-Vegeta-Seq"

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	seq := req.Header.Get(sequenceHeader)
	if end, ok := t.run.Deadline(); t.run.Err() != nil || ok && !time.Now().Before(end) { // timers fire late
		t.put(seq, outcome{notSent: true})
		return nil, errEnded
	}
	o := outcome{users: t.users()}
	ctx, cancel := context.WithTimeoutCause(t.run, t.timeout, errTimeout)
	res, err := t.http.RoundTrip(req.WithContext(ctx))
	if err != nil {
		o.code = failure(ctx, err)
		t.put(seq, o)
		cancel()
		return nil, err
	}
	o.body = &body{ReadCloser: res.Body, ctx: ctx, cancel: cancel, expect: t.expect}
	t.put(seq, o)
	res.Body = o.body
	return res, nil
}

func (t *transport) put(seq string, o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outcomes[seq] = o
}

// take returns the outcome of a result and forgets it.
func (t *transport) take(res *vegeta.Result) outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	seq := strconv.FormatUint(res.Seq, 10)
	o := t.outcomes[seq]
	delete(t.outcomes, seq)
	return o
}

// body looks for the expected text in an answer as it is read, and keeps why reading
// failed.
type body struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelFunc
	expect []byte
	tail   []byte // of what was read, in case the text goes on in the next piece
	found  bool
	code   string // why reading failed, if it did
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.look(p[:n])
	if err != nil && err != io.EOF {
		b.code = failure(b.ctx, err)
	}
	return n, err
}

func (b *body) look(p []byte) {
	if b.found || len(b.expect) == 0 {
		b.found = true
		return
	}
	keep := len(b.expect) - 1
	b.tail = append(b.tail, p[:min(keep, len(p))]...)
	b.found = bytes.Contains(b.tail, b.expect) || bytes.Contains(p, b.expect)
	if len(p) >= keep {
		b.tail = append(b.tail[:0], p[len(p)-keep:]...)
	} else {
		b.tail = append(b.tail[:0], b.tail[max(0, len(b.tail)-keep):]...)
	}
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// failure names the code of a request that got no complete answer.
func failure(ctx context.Context, err error) string {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errEnded):
		return observation.CodeUnfinished
	case errors.Is(cause, errTimeout):
		return observation.CodeTimeout
	}
	for _, c := range []struct {
		err  error
		code string
	}{
		{syscall.ECONNREFUSED, observation.CodeRefused},
		{syscall.ETIMEDOUT, observation.CodeTimeout},
		{syscall.ECONNRESET, observation.CodeReset},
		{syscall.EPIPE, observation.CodeReset},
		{io.EOF, observation.CodeReset},
		{io.ErrUnexpectedEOF, observation.CodeReset},
	} {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return observation.CodeError
}
