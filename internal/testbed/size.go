package testbed

import (
	"github.com/dustin/go-humanize"
)

// Size is a number of bytes that reads as 192MiB or 200MB in a configuration.
type Size uint64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	*s = Size(n)
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s Size) String() string { return humanize.IBytes(uint64(s)) }
