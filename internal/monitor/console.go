package monitor

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Beat begins a heartbeat line on a guest's console; behind it stand readings in the
// form metric=value or metric{mode}=value. The guest's heartbeat script writes them.
const Beat = "BEAT "

// Console takes what a guest prints. It keeps the last lines for error messages,
// and as a Source it yields the readings of the heartbeats, with the time of their
// arrival: a console goes on when a swapping guest no longer answers on the network.
type Console struct {
	host string

	mu      sync.Mutex
	partial []byte
	last    []string
	fresh   []Reading
}

// NewConsole returns the console of a guest.
func NewConsole(host string) *Console { return &Console{host: host} }

const keptLines = 20

// Write implements io.Writer.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.partial = append(c.partial, p...)
	for {
		line, rest, found := bytes.Cut(c.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		c.line(strings.TrimRight(string(line), "\r"))
		c.partial = append(c.partial[:0], rest...)
	}
}

func (c *Console) line(line string) {
	if i := strings.Index(line, Beat); i >= 0 { // kernel messages may stand before it
		c.fresh = append(c.fresh, parseBeat(line[i+len(Beat):], c.host)...)
		return
	}
	if line != "" {
		c.last = append(c.last, line)
		c.last = c.last[max(0, len(c.last)-keptLines):]
	}
}

// parseBeat takes what parses: a console garbles lines when two write at once.
func parseBeat(text, host string) []Reading {
	b := newBatch(host)
	for field := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(field, "=")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !strings.HasPrefix(key, "node_") {
			continue
		}
		name, mode, labelled := strings.Cut(strings.TrimSuffix(key, "}"), "{")
		if labelled {
			b.add(name, v, "mode", mode)
		} else {
			b.add(name, v)
		}
	}
	return b.readings
}

// Read implements Source.
func (c *Console) Read(context.Context) ([]Reading, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := c.fresh
	c.fresh = nil
	return fresh, nil
}

// Last returns the last lines that were not heartbeats.
func (c *Console) Last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.last, "\n")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
