package htmltest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long the browser may take for anything.
const patience = 30 * time.Second

// Browser is a headless Chromium, spoken to over a pipe (Chrome DevTools Protocol).
type Browser struct {
	t     testing.TB
	in    io.Writer
	tab   string // session of its only tab
	mu    sync.Mutex
	next  int
	wait  map[int]chan answer
	heard []event
	ended error
}

type answer struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

type event struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// Start starts a browser that ends with the test. Without Chromium the test is skipped.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("needs a browser (package chromium)")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars", "--user-data-dir="+home, "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it has children
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &Browser{t: t, in: in, wait: map[int]chan answer{}}
	go b.listen(out)
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		in.Close()
		out.Close()
		if err := os.RemoveAll(home); err != nil {
			t.Logf("left behind: %v", err)
		}
	})
	var target struct{ TargetID string }
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.tab = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.Call(domain+".enable", nil, nil)
	}
	return b
}

// listen passes on what the browser says, a message up to each NUL.
func (b *Browser) listen(out io.Reader) {
	r := bufio.NewReaderSize(out, 1<<20)
	for {
		raw, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.ended = fmt.Errorf("the browser ended: %w", err)
			for _, c := range b.wait {
				close(c)
			}
			clear(b.wait)
			b.mu.Unlock()
			return
		}
		var message struct {
			ID int `json:"id"`
			answer
			event
		}
		if err := json.Unmarshal(bytes.TrimSuffix(raw, []byte{0}), &message); err != nil {
			continue
		}
		b.mu.Lock()
		if c := b.wait[message.ID]; c != nil {
			delete(b.wait, message.ID)
			c <- message.answer
		} else if message.Method != "" {
			b.heard = append(b.heard, message.event)
		}
		b.mu.Unlock()
	}
}

func (b *Browser) call(session, method string, params, result any) {
	b.t.Helper()
	if err := b.try(session, method, params, result); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
}

func (b *Browser) try(session, method string, params, result any) error {
	c := make(chan answer, 1)
	b.mu.Lock()
	if b.ended != nil {
		b.mu.Unlock()
		return b.ended
	}
	b.next++
	message := map[string]any{"id": b.next, "method": method}
	b.wait[b.next] = c
	b.mu.Unlock()
	if session != "" {
		message["sessionId"] = session
	}
	if params != nil {
		message["params"] = params
	}
	raw, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := b.in.Write(append(raw, 0)); err != nil {
		return err
	}
	select {
	case a, ok := <-c:
		if !ok {
			return b.ended
		}
		if a.Error != nil {
			return errors.New(a.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(a.Result, result)
	case <-time.After(patience):
		return errors.New("no answer")
	}
}

// Call calls a method of the protocol for the tab.
func (b *Browser) Call(method string, params, result any) {
	b.t.Helper()
	b.call(b.tab, method, params, result)
}

// Open opens a page and waits until it is loaded.
func (b *Browser) Open(path string) {
	b.t.Helper()
	absolute, err := filepath.Abs(path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	b.heard = nil
	b.mu.Unlock()
	b.Call("Page.navigate", map[string]any{"url": "file://" + absolute}, nil)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		b.mu.Lock()
		for _, e := range b.heard {
			if e.Method == "Page.loadEventFired" {
				b.mu.Unlock()
				return
			}
		}
		b.mu.Unlock()
	}
	b.t.Fatal("the page does not load")
}

// Complaints returns what has gone wrong since the page was opened: messages on the
// console, among them breaches of the page's policy, exceptions, dialogs and whatever was
// fetched beside the page.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, e := range b.heard {
		switch e.Method {
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening":
			all = append(all, e.Method+" "+string(e.Params))
		case "Network.requestWillBeSent":
			var p struct {
				Type    string
				Request struct{ URL string }
			}
			if err := json.Unmarshal(e.Params, &p); err != nil || p.Type != "Document" && !strings.HasPrefix(p.Request.URL, "data:") {
				all = append(all, e.Method+" "+p.Request.URL)
			}
		}
	}
	return all
}

// Eval returns what a JavaScript expression gives on the page. It works where the page's
// own scripts are forbidden.
func (b *Browser) Eval(expression string, result any) {
	b.t.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, got.ExceptionDetails)
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(got.Result.Value, result); err != nil {
		b.t.Fatalf("%s: %v of %s", expression, err, got.Result.Value)
	}
}

// String is Eval for text.
func (b *Browser) String(expression string) string {
	b.t.Helper()
	var s string
	b.Eval("String("+expression+")", &s)
	return s
}

// Mouse moves the mouse to a point of the window, or presses or releases its button.
func (b *Browser) Mouse(kind string, x, y float64) {
	b.t.Helper()
	p := map[string]any{"type": "mouse" + kind, "x": x, "y": y, "button": "none"}
	switch kind {
	case "Pressed":
		p["button"], p["buttons"], p["clickCount"] = "left", 1, 1
	case "Released":
		p["button"], p["clickCount"] = "left", 1
	case "Dragged":
		p["type"], p["button"], p["buttons"] = "mouseMoved", "left", 1
	}
	b.Call("Input.dispatchMouseEvent", p, nil)
}

// Click clicks on the middle of what a JavaScript expression gives.
func (b *Browser) Click(element string) {
	b.t.Helper()
	x, y := b.Middle(element)
	b.Mouse("Moved", x, y)
	b.Mouse("Pressed", x, y)
	b.Mouse("Released", x, y)
}

// Middle is where in the window an element's middle is, once it is scrolled there.
func (b *Browser) Middle(element string) (x, y float64) {
	b.t.Helper()
	b.Eval(element+`.scrollIntoView({block: "center", behavior: "instant"})`, nil)
	time.Sleep(50 * time.Millisecond) // until the page has heard of it, which may have no script to tell us
	var at [2]float64
	b.Eval(`(e => { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })(`+element+`)`, &at)
	return at[0], at[1]
}

// keyCodes are of keys that type nothing.
var keyCodes = map[string]int{"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}

// Key presses a key.
func (b *Browser) Key(key string) {
	b.t.Helper()
	p := map[string]any{"type": "keyDown", "key": key, "windowsVirtualKeyCode": keyCodes[key]}
	if len(key) == 1 {
		p["text"] = key
	}
	if key == "Enter" {
		p["text"] = "\r"
	}
	b.Call("Input.dispatchKeyEvent", p, nil)
	delete(p, "text")
	p["type"] = "keyUp"
	b.Call("Input.dispatchKeyEvent", p, nil)
}
