package workload_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moby/sys/reexec"

	"virtcmp/internal/observation"
	"virtcmp/internal/workload"
)

const benchServer = "virtcmp-bench-server"

func TestMain(m *testing.M) {
	reexec.Register(benchServer, func() {
		listener, err := net.FileListener(os.NewFile(3, "listener"))
		if err != nil {
			panic(err)
		}
		page := strings.Repeat("Hello world! ", 28_000/13) // as large as WordPress's front page
		http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, page) }))
	})
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

// BenchmarkGenerator measures what a request costs the load generator in CPU time, at
// 100 users as fast as the server, a process of its own, answers; beside it the same
// through bare net/http.
func BenchmarkGenerator(b *testing.B) {
	const users, lasting = 100, time.Second
	b.Run("vegeta", func(b *testing.B) {
		url := serve(b)
		requests := 0
		cpu := rusage()
		for b.Loop() {
			var got rows
			closed := &workload.Closed{
				Ramp:   workload.Ramp{From: users, To: users, Hold: lasting},
				Target: workload.Target{URL: url, Expect: "Hello", Timeout: 10 * time.Second},
			}
			if err := closed.Run(context.Background(), time.Now(), observation.NewRecorder(&got, "bench", 1, observation.Ramp, nil)); err != nil {
				b.Fatal(err)
			}
			requests += len(got)
		}
		b.ReportMetric((rusage()-cpu).Seconds()*1e6/float64(requests), "cpu-µs/request")
	})
	b.Run("net-http", func(b *testing.B) {
		url := serve(b)
		var requests int
		var mu sync.Mutex
		cpu := rusage()
		for b.Loop() {
			var wg sync.WaitGroup
			until := time.Now().Add(lasting)
			for range users {
				wg.Go(func() {
					client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
					defer client.CloseIdleConnections()
					n := 0
					for ; time.Now().Before(until); n++ {
						res, err := client.Get(url)
						if err != nil {
							b.Error(err)
							return
						}
						io.Copy(io.Discard, res.Body)
						res.Body.Close()
					}
					mu.Lock()
					requests += n
					mu.Unlock()
				})
			}
			wg.Wait()
		}
		b.ReportMetric((rusage()-cpu).Seconds()*1e6/float64(requests), "cpu-µs/request")
	})
}

// serve starts the server and returns its URL.
func serve(b *testing.B) string {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		b.Fatal(err)
	}
	defer socket.Close()
	cmd := reexec.Command(benchServer)
	cmd.ExtraFiles = []*os.File{socket}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return "http://" + listener.Addr().String()
}

// rusage returns the CPU time that this process has used.
func rusage() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
