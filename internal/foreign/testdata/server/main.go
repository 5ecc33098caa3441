// Server is what the files of testdata were recorded against: most of its answers are
// good, some are slow, wrong, errors, or break off.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

func main() {
	var requests atomic.Int64
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		n := requests.Add(1)
		time.Sleep(time.Duration(5+n%10) * time.Millisecond)
		switch n % 25 {
		case 7:
			http.Error(w, "overloaded", http.StatusServiceUnavailable)
		case 11:
			// Half an answer: without any, clients would try again unasked.
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello")
				c.Close()
			}
		case 16:
			time.Sleep(time.Second) // clients wait for 300 ms
		case 21:
			io.WriteString(w, "something else\n")
		default:
			fmt.Fprintln(w, "Hello world!")
		}
	})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
