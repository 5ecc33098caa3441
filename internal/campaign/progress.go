package campaign

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Lines is Progress as plain lines, for a log.
type Lines struct{ W io.Writer }

// Plan implements Progress.
func (l Lines) Plan(total, done int, left time.Duration) {
	fmt.Fprintf(l.W, "%d trials, %d done, about %v\n", total, done, left)
}

// Begin implements Progress.
func (l Lines) Begin(t Trial, attempt int, left time.Duration) {
	again := ""
	if attempt > 1 {
		again = fmt.Sprintf(", attempt %d", attempt)
	}
	fmt.Fprintf(l.W, "%s begins%s; about %v left\n", t.Name(), again, left)
}

// End implements Progress.
func (l Lines) End(t Trial, took time.Duration, rows int) {
	fmt.Fprintf(l.W, "%s done in %v, %d rows\n", t.Name(), took.Round(100*time.Millisecond), rows)
}

// Warn implements Progress.
func (l Lines) Warn(format string, args ...any) {
	fmt.Fprintf(l.W, "warning: "+format+"\n", args...)
}

// Stage implements Progress.
func (l Lines) Stage(format string, args ...any) { fmt.Fprintf(l.W, format+"\n", args...) }

// Bar is Progress as a bar on a terminal.
type Bar struct {
	out   *mpb.Progress
	bar   *mpb.Bar
	what  atomic.Value // string
	until atomic.Int64 // Unix nanoseconds when all is expected to be done
}

// NewBar returns a bar on the terminal w.
func NewBar(w io.Writer) *Bar {
	b := &Bar{out: mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(time.Second))}
	b.what.Store("")
	return b
}

// Plan implements Progress.
func (b *Bar) Plan(total, done int, left time.Duration) {
	b.expect(left)
	b.bar = b.out.AddBar(int64(total),
		mpb.PrependDecorators(decor.CountersNoUnit("%d/%d trials ")),
		mpb.AppendDecorators(
			decor.Any(func(decor.Statistics) string {
				left := time.Until(time.Unix(0, b.until.Load())).Round(time.Second)
				return fmt.Sprintf(" %v left  ", max(left, 0))
			}),
			decor.Any(func(decor.Statistics) string { return b.what.Load().(string) }),
		))
	b.bar.SetCurrent(int64(done))
}

func (b *Bar) expect(left time.Duration) { b.until.Store(time.Now().Add(left).UnixNano()) }

// Begin implements Progress.
func (b *Bar) Begin(t Trial, attempt int, left time.Duration) {
	b.expect(left)
	b.what.Store(t.Name())
}

// End implements Progress.
func (b *Bar) End(t Trial, took time.Duration, rows int) { b.bar.Increment() }

// Warn implements Progress.
func (b *Bar) Warn(format string, args ...any) { Lines{b.out}.Warn(format, args...) }

// Stage implements Progress.
func (b *Bar) Stage(format string, args ...any) { Lines{b.out}.Stage(format, args...) }

// Close leaves the bar as it is.
func (b *Bar) Close() {
	if b.bar != nil && !b.bar.Completed() {
		b.bar.Abort(false)
	}
	b.out.Wait()
}
