package campaign

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const zoneinfo = `Node 0, zone      DMA
  pages free     3840
        min      24
  pagesets
    cpu: 0
              count:    0
              high:     0
              batch:    1
    cpu: 1
              count:    7
              high:     0
  vm stats threshold: 4
Node 0, zone   Normal
  pagesets
    cpu: 0
              count:    23162
              high:     50928
`

func TestListedPages(t *testing.T) {
	for text, want := range map[string]uint64{"": 0, zoneinfo: 23169} {
		if got, err := listedPages(strings.NewReader(text)); got != want || err != nil {
			t.Errorf("%d, %v; want %d", got, err, want)
		}
	}
	if _, err := listedPages(strings.NewReader("count: many\n")); err == nil {
		t.Error("a count that is no number passes")
	}
}

// Pages in the processors' lists are free, whatever the kernel's own sum says.
func TestMemoryInUse(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"meminfo": "MemTotal: 1000000 kB\nMemAvailable: 600000 kB\n", "zoneinfo": zoneinfo} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := uint64(400000<<10) - 23169*uint64(os.Getpagesize())
	if got, err := memoryInUse(dir); got != want || err != nil {
		t.Errorf("%d bytes, %v; want %d", got, err, want)
	}
	if used, err := memoryInUse("/proc"); err != nil || used == 0 || used > 1<<50 {
		t.Error(fmt.Sprint(used, " bytes of this machine, ", err))
	}
}
