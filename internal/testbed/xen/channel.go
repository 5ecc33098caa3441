package xen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// channel is the conversation with a nested domain 0's shell, one command at a time.
// The other end is templates/xen/init.
type channel struct {
	conn    io.ReadWriteCloser
	answers chan string // lines that belong to an answer; closed with the conversation
	broken  error       // why nothing further can be said

	mu   sync.Mutex
	gone map[string]bool // ids of followed domains that have ended
}

// dial connects to a socket of QEMU's, which may not listen yet.
func dial(ctx context.Context, path string, alive func() error) (net.Conn, error) {
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "unix", path)
		if err == nil {
			return conn, nil
		}
		if ended := alive(); ended != nil {
			return nil, ended
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("QEMU does not listen: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// open begins a conversation.
func open(conn io.ReadWriteCloser) *channel {
	c := &channel{conn: conn, answers: make(chan string, 64), gone: map[string]bool{}}
	go func() {
		defer close(c.answers)
		lines := bufio.NewScanner(conn)
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "gone "); ok {
				c.mu.Lock()
				c.gone[id] = true
				c.mu.Unlock()
				continue
			}
			c.answers <- lines.Text()
		}
	}()
	return c
}

// Close ends the conversation.
func (c *channel) Close() error {
	err := c.conn.Close()
	for range c.answers { // until the reader has gone
	}
	return err
}

// ended says whether the domain that is followed by that id has ended.
func (c *channel) ended(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone[id]
}

// line returns the next line of an answer. alive is asked, as long as there is none,
// whether one can still come.
func (c *channel) line(ctx context.Context, alive func() error) (string, error) {
	for {
		select {
		case text, ok := <-c.answers:
			if !ok {
				return "", errors.Join(errors.New("domain 0 has ended the conversation"), alive())
			}
			return text, nil
		case <-ctx.Done():
			return "", fmt.Errorf("no answer from domain 0: %w", context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
			if err := alive(); err != nil {
				return "", err
			}
		}
	}
}

// ready waits until domain 0 takes commands.
func (c *channel) ready(ctx context.Context, alive func() error) error {
	text, err := c.line(ctx, alive)
	if err == nil && text != "ready" {
		err = fmt.Errorf("domain 0 begins with %q, want ready", text)
	}
	return err
}

// run runs a command and returns what it printed. After one that was not answered
// in time nothing further can be said: its answer would be taken for another's.
func (c *channel) run(ctx context.Context, command string, alive func() error) (output string, err error) {
	if c.broken != nil {
		return "", c.broken
	}
	defer func() {
		if err != nil && !errors.As(err, new(statusError)) {
			c.broken = err
		}
	}()
	if _, err := io.WriteString(c.conn, command+"\n"); err != nil {
		return "", err
	}
	var printed []string
	for {
		text, err := c.line(ctx, alive)
		if err != nil {
			return strings.Join(printed, "\n"), err
		}
		if out, ok := strings.CutPrefix(text, "| "); ok {
			printed = append(printed, out)
			continue
		}
		output = strings.Join(printed, "\n")
		switch status, ok := strings.CutPrefix(text, "done "); {
		case !ok:
			return output, fmt.Errorf("domain 0 answers %q, want output or done", text)
		case status != "0":
			return output, statusError(status)
		}
		return output, nil
	}
}

// statusError is the exit status of a command that failed.
type statusError string

func (s statusError) Error() string { return "exit status " + string(s) }
