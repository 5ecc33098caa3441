package qemu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"virtcmp/internal/testbed/guest"
)

// socket is where QEMU takes commands for the guest.
func socket(g *guest.Guest) string { return filepath.Join(g.Dir, "qmp") }

// qmpLimit is how long QEMU may take for its answer to any command.
const qmpLimit = 30 * time.Second

// qmp speaks the QEMU Machine Protocol, one command at a time.
type qmp struct {
	conn    net.Conn
	replies *json.Decoder
}

// reply is a message from QEMU: an answer, or something else that it tells.
type reply struct {
	Return json.RawMessage
	Error  *struct{ Class, Desc string }
}

// connect waits until the guest's QEMU listens.
func connect(ctx context.Context, g *guest.Guest) (*qmp, error) {
	ctx, cancel := context.WithTimeout(ctx, qmpLimit)
	defer cancel()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "unix", socket(g))
		if err == nil {
			q := &qmp{conn, json.NewDecoder(conn)}
			if err := q.execute(ctx, "qmp_capabilities", nil, nil); err != nil { // leaves the greeting behind
				return nil, errors.Join(err, q.Close())
			}
			return q, nil
		}
		if ended := g.Process.Alive(); ended != nil {
			return nil, fmt.Errorf("the %s guest has ended: %w", g.Role, ended)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the %s guest's QEMU does not listen: %w", g.Role, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Close ends the conversation; the guest goes on.
func (q *qmp) Close() error { return q.conn.Close() }

// execute sends a command and waits for its answer, which it puts into result unless
// that is nil.
func (q *qmp) execute(ctx context.Context, command string, arguments map[string]any, result any) error {
	deadline := time.Now().Add(qmpLimit)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := q.conn.SetDeadline(deadline); err != nil {
		return err
	}
	message := map[string]any{"execute": command}
	if arguments != nil {
		message["arguments"] = arguments
	}
	if err := json.NewEncoder(q.conn).Encode(message); err != nil {
		return fmt.Errorf("QMP %s: %w", command, err)
	}
	for {
		var r reply
		if err := q.replies.Decode(&r); err != nil {
			return fmt.Errorf("QMP %s: %w", command, err)
		}
		switch {
		case r.Error != nil:
			return fmt.Errorf("QMP %s: %s: %s", command, r.Error.Class, r.Error.Desc)
		case r.Return == nil: // an event, or the greeting
		case result == nil:
			return nil
		default:
			return json.Unmarshal(r.Return, result)
		}
	}
}

// do executes one command on the guest.
func do(ctx context.Context, g *guest.Guest, command string, arguments map[string]any) error {
	q, err := connect(ctx, g)
	if err != nil {
		return err
	}
	return errors.Join(q.execute(ctx, command, arguments, nil), q.Close())
}

// await asks the command until done says so of its answer's status, which it returns.
func (q *qmp) await(ctx context.Context, command string, done func(status string) bool) (status string, err error) {
	for {
		var answer struct{ Status string }
		if err := q.execute(ctx, command, nil, &answer); err != nil {
			return "", err
		}
		if done(answer.Status) {
			return answer.Status, nil
		}
		select {
		case <-ctx.Done():
			return answer.Status, fmt.Errorf("QMP %s still says %q: %w", command, answer.Status, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
