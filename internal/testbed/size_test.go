package testbed_test

import (
	"testing"

	"virtcmp/internal/testbed"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]testbed.Size{"192MiB": 192 << 20, "2GiB": 2 << 30, "200MB": 200e6, "1024": 1024, "0B": 0} {
		var s testbed.Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %d, %v, want %d", text, s, err, want)
		}
	}
	var s testbed.Size
	if s.UnmarshalText([]byte("much")) == nil {
		t.Error("much is a size")
	}
	if got := testbed.Size(192 << 20).String(); got != "192 MiB" {
		t.Error(got)
	}
}
