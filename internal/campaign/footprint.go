package campaign

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"

	"virtcmp/internal/observation"
)

// footprint records the host's memory in use, several times.
func (r *run) footprint(ctx context.Context, rec *observation.Recorder, state string) error {
	const samples, apart = 5, 200 * time.Millisecond
	for range samples {
		used, err := memoryInUse(procfs.DefaultMountPoint)
		if err != nil {
			return err
		}
		rec.Record(0, "host_memory_footprint_bytes", float64(used), observation.NoUsers, "", stateLabel(state))
		if err := pause(ctx, apart); err != nil {
			return err
		}
	}
	return nil
}

// memoryInUse returns the bytes that the machine could not give to a new program: what
// /proc/meminfo does not call available, less the free pages in the processors' own
// lists. The kernel counts those as used, though they are only what the programs before
// left behind: hundreds of megabytes, as much as a testbed takes.
func memoryInUse(proc string) (bytes uint64, err error) {
	fs, err := procfs.NewFS(proc)
	if err != nil {
		return 0, err
	}
	mem, err := fs.Meminfo()
	if err != nil {
		return 0, err
	}
	if mem.MemTotalBytes == nil || mem.MemAvailableBytes == nil {
		return 0, errors.New("/proc/meminfo has no MemAvailable")
	}
	zones, err := os.Open(filepath.Join(proc, "zoneinfo"))
	if err != nil {
		return 0, err
	}
	defer zones.Close()
	free, err := listedPages(zones)
	return *mem.MemTotalBytes - *mem.MemAvailableBytes - free*uint64(os.Getpagesize()), err
}

// listedPages returns how many free pages the processors' lists hold, from /proc/zoneinfo:
// the sum of the counts of all pagesets.
func listedPages(zoneinfo io.Reader) (pages uint64, err error) {
	lines := bufio.NewScanner(zoneinfo)
	for lines.Scan() {
		count, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "count:")
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/zoneinfo: %w", err)
		}
		pages += n
	}
	return pages, lines.Err()
}
