package html_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"virtcmp/data"
	"virtcmp/internal/csvio"
	"virtcmp/internal/finding"
	"virtcmp/internal/paper"
	"virtcmp/internal/paper/html/htmltest"
	"virtcmp/internal/result/resulttest"
	"virtcmp/templates"
)

// written writes the paper about findings as a page and returns its file.
func written(t *testing.T, findings []finding.Finding, o paper.Options) string {
	t.Helper()
	o.Templates, o.Data = templates.Paper, data.Files
	p, err := paper.New(findings, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "paper.html")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// first is the campaign that most tests look at, with a matrix of isolation.
func first() []finding.Finding {
	c := resulttest.First()
	c.Matrix = true
	return c.Findings()
}

func window(b *htmltest.Browser, width, height int, phone bool) {
	b.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}, nil)
}

func prefer(b *htmltest.Browser, feature, value string) {
	b.Call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": feature, "value": value}}}, nil)
}

func noComplaints(t *testing.T, b *htmltest.Browser) {
	t.Helper()
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}

// TestBrowser looks at the page as readers do. One browser serves all parts.
func TestBrowser(t *testing.T) {
	b := htmltest.Start(t)
	page := written(t, first(), paper.Options{})
	for _, part := range []struct {
		name string
		test func(*testing.T, *htmltest.Browser)
	}{
		{"leaves testbeds out", testToggles}, {"zooms by mouse", testZoomByMouse}, {"zooms by button", testZoomByButton},
		{"tells values by mouse", testMouse}, {"tells values of other curves", testOtherCurves}, {"tells values by key", testKeys}, {"is used by keys alone", testKeysAlone},
		{"tells values by finger", testFinger}, {"zooms by fingers", testFingers}, {"changes its theme", testTheme}, {"keeps still", testReducedMotion}, {"is printed", testPrint},
	} {
		t.Run(part.name, func(t *testing.T) {
			window(b, 1280, 900, false)
			b.Open(page)
			part.test(t, b)
			noComplaints(t, b)
		})
	}
	t.Run("is whole without its script", func(t *testing.T) { testWithoutScript(t, b, page) })
	t.Run("has one testbed", func(t *testing.T) { testOne(t, b) })
	t.Run("fits a phone", func(t *testing.T) { testPhone(t, b) })
	t.Run("can be read", func(t *testing.T) { testContrast(t, b, page) })
	t.Run("is not fooled", func(t *testing.T) { testHostile(t, b) })
	t.Run("bears odd words", func(t *testing.T) { testOddWords(t, b) })
}

const throughput = `document.getElementById("fig:throughput")`
const requestTime = `document.getElementById("fig:request-time")`

// visible counts what can be seen of the second testbed in a figure.
func visible(b *htmltest.Browser, figure string) (n int) {
	b.Eval(`[...`+figure+`.querySelectorAll('[data-t="1"] path, [data-t="1"] text')].filter(e => e.getClientRects().length).length`, &n)
	return n
}

func testToggles(t *testing.T, b *htmltest.Browser) {
	if got := b.String(`[...document.querySelectorAll("#bar label")].map(e => e.textContent.trim()).join()`); got != "native Linux,LXC,User-Mode Linux" {
		t.Errorf("the bar has %q", got)
	}
	for _, figure := range []string{throughput, requestTime, `document.getElementById("fig:whole-run")`, `document.getElementById("fig:isolation")`} {
		if visible(b, figure) == 0 {
			t.Errorf("nothing of a testbed to be seen in %s", figure)
		}
	}
	b.Click(`document.querySelector('[data-toggle="1"]')`)
	if n := visible(b, `document`); n > 0 {
		t.Errorf("%d parts of a testbed that is left out can be seen", n)
	}
	b.Click(`document.querySelector('[data-toggle="1"]')`)
	if visible(b, throughput) == 0 {
		t.Error("a testbed does not come back")
	}
}

// labels are the marks of a figure's time axis, and whether its data are stretched.
func labels(b *htmltest.Browser, figure string) string {
	return b.String(`[...` + figure + `.querySelectorAll(".x text, .u text")].map(e => e.textContent).join(" ") + "; " + ` +
		`[...` + figure + `.querySelectorAll(".data")].map(e => e.getAttribute("transform") || "whole").join() + "; " + ` +
		`[...` + figure + `.querySelectorAll(".pin")].map(e => e.getAttribute("visibility")).join()`)
}

// area is where in the window the data of a figure's first panel are, once it is scrolled
// there.
func area(b *htmltest.Browser, figure string) (x, y, w, h float64) {
	b.Middle(figure + `.querySelector("svg")`)
	var at [4]float64
	b.Eval(`(() => { const s = `+figure+`.querySelector("svg"), r = s.getBoundingClientRect(), k = r.width / s.viewBox.baseVal.width;
		const [x, y, w, h] = s.querySelector(".panel").dataset.area.split(" ").map(Number); return [r.x + x * k, r.y + y * k, w * k, h * k] })()`, &at)
	return at[0], at[1], at[2], at[3]
}

func testZoomByMouse(t *testing.T, b *htmltest.Browser) {
	for _, figure := range []string{requestTime, `document.getElementById("fig:whole-run")`} {
		before := labels(b, figure)
		x, y, w, h := area(b, figure)
		b.Mouse("Moved", x+w/4, y+h/2)
		b.Mouse("Pressed", x+w/4, y+h/2)
		b.Mouse("Dragged", x+w/3, y+h/2)
		b.Mouse("Dragged", x+w/2, y+h/2)
		if n := b.String(figure + `.querySelectorAll(".span").length`); n == "0" {
			t.Error("what is chosen is not shown")
		}
		b.Mouse("Released", x+w/2, y+h/2)
		after := labels(b, figure)
		if after == before || !strings.Contains(after, "matrix(4") && !strings.Contains(after, "matrix(3.9") {
			t.Errorf("from %q to %q", before, after)
		}
		if figure == requestTime && !strings.HasPrefix(after, "30 40 50 ") {
			t.Errorf("a quarter of 105 s from 26 s on has the marks %q", after)
		}
		b.Click(figure + `.querySelectorAll(".tools button")[2]`)
		if got := labels(b, figure); got != strings.ReplaceAll(before, "hidden", "visible") {
			t.Errorf("the whole is %q, was %q", got, before)
		}
	}
}

func testZoomByButton(t *testing.T, b *htmltest.Browser) {
	before := labels(b, requestTime)
	button := func(name string) string {
		return requestTime + `.querySelector('[aria-label="` + name + `"]')`
	}
	if b.String(button("Zoom out")+".disabled") != "true" {
		t.Error("the whole can be zoomed out of")
	}
	b.Click(button("Zoom in"))
	if got := labels(b, requestTime); !strings.Contains(got, "matrix(2 ") {
		t.Errorf("zoomed in: %q", got)
	}
	for range 12 {
		b.Click(button("Zoom in"))
	}
	if b.String(button("Zoom in")+".disabled") != "true" {
		t.Error("there is no end to zooming in")
	}
	for range 12 {
		b.Click(button("Zoom out"))
	}
	if got := labels(b, requestTime); got != before {
		t.Errorf("zoomed in and out: %q, was %q", got, before)
	}
}

func testMouse(t *testing.T, b *htmltest.Browser) {
	// The words are those of the table of the data.
	value := b.String(throughput + `.querySelector("details tbody tr:nth-child(2) td:nth-child(5)").textContent`)
	x, y := b.Middle(throughput + `.querySelectorAll('[data-t="1"] .m')[3]`)
	b.Mouse("Moved", x, y)
	if got := b.String(`document.getElementById("tip").textContent`); got != "LXC, run 3: "+value {
		t.Errorf("a run says %q, the table %q", got, value)
	}
	b.Mouse("Moved", 5, 5)
	if b.String(`document.getElementById("tip").hidden`) != "true" {
		t.Error("the words stay")
	}
	ax, ay, aw, ah := area(b, requestTime)
	b.Mouse("Moved", ax+aw*0.404, ay+ah/2)
	got := b.String(`document.getElementById("tip").innerText`)
	for _, want := range []string{"42\u00a0s, 22 users: average of 30 requests", "native Linux", "LXC", "User-Mode Linux"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	// That is about what the table has at 42 s.
	cell := b.String(requestTime + `.querySelectorAll("details tbody tr")[8].querySelector("td").textContent`)
	told := b.String(`document.querySelector("#tip td").textContent`)
	if a, c := number(t, cell), number(t, told); math.Abs(a-c) > 0.1*a {
		t.Errorf("told %q, the table has %q", told, cell)
	}
	if n := b.String(requestTime + `.querySelectorAll(".line").length`); n != "1" {
		t.Errorf("%s lines at the cursor", n)
	}
	// A testbed that is left out is not told of.
	b.Click(`document.querySelector('[data-toggle="1"]')`)
	ax, ay, aw, ah = area(b, requestTime)
	b.Mouse("Moved", ax+aw*0.404, ay+ah/2)
	if got := b.String(`document.getElementById("tip").innerText`); strings.Contains(got, "LXC") || !strings.Contains(got, "native Linux") {
		t.Errorf("without LXC: %q", got)
	}
}

// Where x is not time, the words have what it is called.
func testOtherCurves(t *testing.T, b *htmltest.Browser) {
	for figure, want := range map[string]string{"fig:distribution": "\u00a0%: request time", "fig:capacity": "\u00a0users: throughput by the law"} {
		x, y, w, h := area(b, `document.getElementById("`+figure+`")`)
		b.Mouse("Moved", x+w/2, y+h/2)
		if got := b.String(`document.getElementById("tip").textContent`); !strings.Contains(got, want) || !strings.Contains(got, "native Linux") {
			t.Errorf("%s: %q", figure, got)
		}
	}
}

// A single testbed can't be left out, and needs no name.
func testOne(t *testing.T, b *htmltest.Browser) {
	c := resulttest.First()
	c.Testbeds, c.Baseline = c.Testbeds[1:2], ""
	b.Open(written(t, c.Findings(), paper.Options{}))
	if got := b.String(`document.getElementById("bar").textContent.trim()`); got != "Dark" {
		t.Errorf("the bar has %q", got)
	}
	x, y, w, h := area(b, requestTime)
	b.Mouse("Moved", x+w*0.404, y+h/2)
	if got := b.String(`document.getElementById("tip").textContent`); !strings.HasPrefix(got, "42\u00a0s, 22 users: average of 30 requests") || !strings.HasSuffix(got, "s") {
		t.Errorf("at 42 s: %q", got)
	}
	noComplaints(t, b)
}

// number reads the number before a unit.
func number(t *testing.T, s string) float64 {
	t.Helper()
	text, _, _ := strings.Cut(strings.ReplaceAll(s, ",", ""), "\u00a0")
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Errorf("%q is no number", s)
	}
	return v
}

// reach presses Tab until the element has the focus.
func reach(t *testing.T, b *htmltest.Browser, element string) {
	t.Helper()
	for range 400 {
		if b.String(`document.activeElement === `+element) == "true" {
			return
		}
		b.Key("Tab")
	}
	t.Fatalf("no way by keys to %s", element)
}

func testKeys(t *testing.T, b *htmltest.Browser) {
	reach(t, b, throughput+`.querySelector(".plot")`)
	tip := func() string { return b.String(`document.getElementById("tip").textContent`) }
	if got := tip(); !strings.HasPrefix(got, "native Linux, mean: ") {
		t.Errorf("the first mark says %q", got)
	}
	b.Key("ArrowRight")
	if got := tip(); !strings.HasPrefix(got, "native Linux, run 1: ") {
		t.Errorf("the next mark says %q", got)
	}
	b.Key("End")
	if got := tip(); !strings.HasPrefix(got, "User-Mode Linux, run 5: ") {
		t.Errorf("the last mark says %q", got)
	}
	said := ""
	for range 100 { // it waits for the reader to stop
		if said = b.String(`document.getElementById("said").textContent`); said == tip() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if said != tip() {
		t.Errorf("read out is %q, shown %q", said, tip())
	}
	b.Key("Escape")
	if b.String(`document.getElementById("tip").hidden`) != "true" {
		t.Error("Escape does not end it")
	}
}

func testKeysAlone(t *testing.T, b *htmltest.Browser) {
	b.Key("Tab")
	if got := b.String(`document.activeElement.textContent`); got != "Skip to the text" {
		t.Errorf("the first stop is %q", got)
	}
	reach(t, b, `document.querySelector('[data-toggle="1"]')`)
	b.Key(" ")
	if n := visible(b, `document`); n > 0 {
		t.Errorf("%d parts of a testbed that is left out can be seen", n)
	}
	reach(t, b, `document.getElementById("theme")`)
	b.Key("Enter")
	if b.String(`document.documentElement.dataset.theme`) != "dark" {
		t.Error("the theme does not change")
	}
	reach(t, b, requestTime+`.querySelector(".plot")`)
	if outline := b.String(`getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
		t.Error("it cannot be seen where the keys go")
	}
	before := labels(b, requestTime)
	b.Key("+")
	b.Key("+")
	if got := labels(b, requestTime); !strings.Contains(got, "matrix(4 ") {
		t.Errorf("zoomed in: %q", got)
	}
	was := b.String(`document.getElementById("tip").textContent`)
	b.Key("ArrowRight")
	if got := b.String(`document.getElementById("tip").textContent`); got == was || b.String(`document.getElementById("tip").hidden`) == "true" {
		t.Errorf("an arrow key tells nothing new: %q", got)
	}
	b.Key("End")
	if got := labels(b, requestTime); !strings.Contains(got, "100") {
		t.Errorf("at the end: %q", got)
	}
	b.Key("-")
	b.Key("0")
	if got := labels(b, requestTime); got != before {
		t.Errorf("the whole is %q, was %q", got, before)
	}
	reach(t, b, throughput+`.querySelector("summary")`)
	b.Key("Enter")
	if b.String(throughput+`.querySelector("details").open`) != "true" {
		t.Error("the data do not open")
	}
}

// fingers emulates a phone while it tests; touch puts fingers down, or moves or lifts them.
func fingers(b *htmltest.Browser, test func(touch func(kind string, at ...[2]float64))) {
	window(b, 390, 800, true)
	b.Call("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": true, "maxTouchPoints": 2}, nil)
	defer b.Call("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": false}, nil)
	test(func(kind string, at ...[2]float64) {
		points := []map[string]any{}
		for i, p := range at {
			points = append(points, map[string]any{"x": p[0], "y": p[1], "id": i})
		}
		b.Call("Input.dispatchTouchEvent", map[string]any{"type": "touch" + kind, "touchPoints": points}, nil)
	})
}

func testFinger(t *testing.T, b *htmltest.Browser) {
	fingers(b, func(touch func(string, ...[2]float64)) {
		x, y, w, h := area(b, requestTime)
		touch("Start", [2]float64{x + w/2, y + h/2})
		touch("End")
		if got := b.String(`document.getElementById("tip").textContent`); !strings.Contains(got, "users") || b.String(`document.getElementById("tip").hidden`) == "true" {
			t.Errorf("a touch tells %q", got)
		}
		if got := labels(b, requestTime); strings.Contains(got, "matrix") {
			t.Error("a touch zooms")
		}
	})
}

// Two fingers beside each other zoom in time and move it; what else fingers do is left to
// the browser: one scrolls the page, two above each other magnify it.
func testFingers(t *testing.T, b *htmltest.Browser) {
	fingers(b, func(touch func(string, ...[2]float64)) {
		for _, figure := range []string{requestTime, `document.getElementById("fig:whole-run")`} {
			before := labels(b, figure)
			x, y, w, h := area(b, figure)
			at := func(share float64) [2]float64 { return [2]float64{x + w*share, y + h/2} }
			// The times at 0.4 and 0.6 of the whole come to lie at 0.3 and 0.7.
			touch("Start", at(0.4))
			touch("Start", at(0.4), at(0.6))
			touch("Move", at(0.35), at(0.65))
			touch("Move", at(0.3), at(0.7))
			stretched := b.String(figure + `.querySelector(".data").getAttribute("transform")`)
			if !strings.HasPrefix(stretched, "matrix(2 ") && !strings.HasPrefix(stretched, "matrix(1.99") && !strings.HasPrefix(stretched, "matrix(2.0") {
				t.Errorf("%s: spread to twice as far: %s", figure, stretched)
			}
			if b.String(`document.getElementById("tip").hidden`) != "true" {
				t.Errorf("%s: words at one of two fingers", figure)
			}
			zoomed := labels(b, figure)
			touch("Move", at(0.2), at(0.6)) // together: as near, but later times
			if moved := labels(b, figure); moved == zoomed || moved == before {
				t.Errorf("%s: moved to %q from %q", figure, moved, zoomed)
			}
			touch("End")
			if got := b.String(`[visualViewport.scale, scrollX].join()`); got != "1,0" {
				t.Errorf("%s: the page itself is magnified or moved: %s", figure, got)
			}
			b.Click(figure + `.querySelectorAll(".tools button")[2]`)
			if got := labels(b, figure); got != strings.ReplaceAll(before, "hidden", "visible") && got != before {
				t.Errorf("%s: the whole is %q, was %q", figure, got, before)
			}
		}
		const listen = `window.kept = []; addEventListener("touchmove", e => kept.push(e.defaultPrevented))`
		// What the page keeps from the browser: two fingers beside each other, and nothing else.
		b.Eval(listen, nil)
		x, y, w, h := area(b, requestTime)
		before := labels(b, requestTime)
		touch("Start", [2]float64{x + w/2, y + h*0.3}, [2]float64{x + w/2, y + h*0.7})
		touch("Move", [2]float64{x + w/2, y + h*0.2}, [2]float64{x + w/2, y + h*0.8})
		touch("End")
		if got := labels(b, requestTime); got != before || b.String("kept.includes(true)") != "false" {
			t.Errorf("two fingers above each other zoom in time: %q", got)
		}
		b.Open(b.String(`location.pathname`)) // no longer magnified
		b.Eval(listen, nil)
		x, y, w, h = area(b, requestTime)
		was := b.String("scrollY")
		touch("Start", [2]float64{x + w/2, y + h*0.8})
		for i := range 8 {
			touch("Move", [2]float64{x + w/2, y + h*0.8 - 20*float64(i+1)})
		}
		touch("End")
		for range 100 {
			if b.String("scrollY") != was {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if b.String("scrollY") == was || b.String("kept.includes(true)") != "false" {
			t.Error("a finger on a figure does not scroll the page")
		}
	})
}

func testTheme(t *testing.T, b *htmltest.Browser) {
	ground := func() string { return b.String(`getComputedStyle(document.body).backgroundColor`) }
	light := ground()
	b.Click(`document.getElementById("theme")`)
	dark := ground()
	if light == dark || b.String(`document.getElementById("theme").getAttribute("aria-pressed")`) != "true" {
		t.Errorf("light %s, dark %s", light, dark)
	}
	if got := b.String(`getComputedStyle(document.querySelector("svg .s.t0")).stroke`); got != "rgb(236, 236, 236)" {
		t.Errorf("in the dark the baseline is %s", got)
	}
	prefer(b, "prefers-color-scheme", "dark")
	defer prefer(b, "prefers-color-scheme", "light")
	b.Click(`document.getElementById("theme")`)
	if got := ground(); got != light {
		t.Errorf("light where dark is preferred: %s", got)
	}
	if n := b.String(`(() => { try { return localStorage.length + document.cookie.length } catch { return 0 } })()`); n != "0" {
		t.Errorf("%s things are remembered", n)
	}
}

// What is printed is black on white, whatever it looks like on the screen.
func testPrint(t *testing.T, b *htmltest.Browser) {
	b.Click(`document.getElementById("theme")`)
	b.Call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	defer b.Call("Emulation.setEmulatedMedia", map[string]any{"media": ""}, nil)
	for property, want := range map[string]string{"ground": "#ffffff", "ink": "#202020", "soft": "#5c5c5c", "faint": "#f4f4f1", "line": "#d5d5d0", "t1": "#0072b2"} {
		if got := b.String(`getComputedStyle(document.documentElement).getPropertyValue("--` + property + `")`); got != want {
			t.Errorf("%s is printed as %s", property, got)
		}
	}
	if n := b.String(`[...document.querySelectorAll("#bar, #contents, .tools, details, #tip")].filter(e => e.checkVisibility()).length`); n != "0" {
		t.Errorf("%s things are printed that only work on a screen", n)
	}
}

func testReducedMotion(t *testing.T, b *htmltest.Browser) {
	scroll := func() string { return b.String(`getComputedStyle(document.documentElement).scrollBehavior`) }
	prefer(b, "prefers-reduced-motion", "no-preference")
	smooth := scroll()
	prefer(b, "prefers-reduced-motion", "reduce")
	if still := scroll(); smooth != "smooth" || still != "auto" {
		t.Errorf("%s, reduced %s", smooth, still)
	}
	prefer(b, "prefers-reduced-motion", "")
}

func testWithoutScript(t *testing.T, b *htmltest.Browser, page string) {
	window(b, 1280, 900, false)
	b.Open(page)
	// With its script the page is the same but for the tools.
	words := `[...document.querySelectorAll("h1, h2, h3, h4, p, li, figcaption, caption, th, td")].filter(e => !e.closest("#tip") && e.checkVisibility()).map(e => e.textContent.trim()).join("\n")`
	with := b.String(words)
	b.Call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	defer b.Call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil)
	b.Open(page)
	if without := b.String(words); without != with || len(with) < 20000 {
		t.Errorf("without its script the page has %d bytes of text, with it %d", len(without), len(with))
	}
	if b.String(`document.getElementById("bar").checkVisibility()`) != "false" {
		t.Error("there is a bar that does nothing")
	}
	if n := b.String(`[...document.querySelectorAll("figure svg")].filter(e => e.getBoundingClientRect().height < 50).length`); n != "0" {
		t.Errorf("%s figures cannot be seen", n)
	}
	b.Click(throughput + `.querySelector("summary")`)
	if b.String(throughput+`.querySelector("table").checkVisibility()`) != "true" {
		t.Error("the data do not open")
	}
	noComplaints(t, b)
}

func testPhone(t *testing.T, b *htmltest.Browser) {
	wide := resulttest.Seven()
	wide.Matrix = true
	for _, of := range []struct {
		name     string
		findings []finding.Finding
		widths   []int
	}{{"three", first(), []int{360, 768, 1440}}, {"seven", wide.Findings(), []int{360, 1024}}} {
		name, page := of.name, written(t, of.findings, paper.Options{})
		for _, width := range of.widths {
			window(b, width, 800, width < 1000)
			b.Open(page)
			b.Eval(`document.querySelectorAll("details").forEach(e => { e.open = true })`, nil)
			if got := b.String(`document.scrollingElement.scrollWidth - innerWidth`); got != "0" {
				t.Errorf("%s testbeds, %d wide: the page is %s wider; too wide are %s", name, width, got, tooWide(b))
			}
			if got := b.String(`innerWidth`); got != fmt.Sprint(width) {
				t.Errorf("the window is %s wide", got)
			}
			// Letters in figures stay readable.
			if small := b.String(`Math.min(...[...document.querySelectorAll("figure svg text")].map(e => e.getAttribute("font-size") * e.ownerSVGElement.getBoundingClientRect().width / e.ownerSVGElement.viewBox.baseVal.width))`); number(t, small) < 6.4 {
				t.Errorf("%s testbeds, %d wide: letters of %s pixels in a figure", name, width, small)
			}
			noComplaints(t, b)
		}
	}
}

// lowContrast is what can hardly be read: text whose contrast to what it stands on is
// below 4.5 (WCAG 2.2, 1.4.3).
const lowContrast = `(() => {
	const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
	const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
	const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((a, b) => b - a); return (x + .05) / (y + .05) };
	const opaque = c => { const [r, g, b, a = 1] = parse(c); return a > .5 ? [r, g, b] : null };
	const ground = e => { for (; e; e = e.parentElement) { const c = opaque(getComputedStyle(e).backgroundColor); if (c) return c } return [255, 255, 255] };
	const bad = [];
	const see = (e, color, under) => { const k = ratio(color, under); if (k < 4.5) bad.push(e.textContent.trim().slice(0, 30) + " " + k.toFixed(2)) };
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let seen = 0;
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || e.closest("script, style, title, desc, :disabled, .skip, #said") || !e.checkVisibility()) continue;
		seen++;
		if (!e.closest("svg")) { see(e, parse(getComputedStyle(e).color).slice(0, 3), ground(e)); continue }
		const t = e.getBoundingClientRect(), x = t.x + t.width / 2, y = t.y + t.height / 2;
		let under = ground(e);
		for (const p of e.ownerSVGElement.querySelectorAll("path.f")) {
			if (p.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING) break;
			const r = p.getBoundingClientRect();
			if (x > r.left && x < r.right && y > r.top && y < r.bottom && r.width > 12 && getComputedStyle(p).fillOpacity > .5) under = parse(getComputedStyle(p).fill).slice(0, 3);
		}
		see(e, parse(getComputedStyle(e).fill).slice(0, 3), under);
	}
	return seen < 500 ? "only " + seen + " texts" : bad.join("; ");
})()`

func testContrast(t *testing.T, b *htmltest.Browser, page string) {
	window(b, 1280, 900, false)
	for _, scheme := range []string{"light", "dark"} {
		prefer(b, "prefers-color-scheme", scheme)
		b.Open(page)
		b.Eval(`document.querySelectorAll("details").forEach(e => { e.open = true })`, nil)
		if bad := b.String(lowContrast); bad != "" {
			t.Errorf("%s: %s", scheme, bad)
		}
		noComplaints(t, b)
	}
	prefer(b, "prefers-color-scheme", "")
}

// infested are the campaign's findings with those words in names, notes and facts.
func infested(c resulttest.Campaign, words string) []finding.Finding {
	findings := c.Findings()
	for i, f := range findings {
		if f.Testbed == "lxc" {
			findings[i].Testbed = "lxc" + words
		}
		if f.Note.Get("value") == "lxc" || f.Note.Get("value") == "made-up" || f.Name == "software_php" {
			findings[i].Note = csvio.MakeLabels("host", f.Note.Get("host"), "value", words)
		}
		if f.Name == "warning" || f.Name == "source" {
			findings[i].Note = csvio.MakeLabels("warning", words, "file", words, "sha256", words)
		}
	}
	return findings
}

// Words without end, from right to left, invisible or over lines leave the page as wide as
// the window is.
func testOddWords(t *testing.T, b *htmltest.Browser) {
	for name, words := range map[string]string{
		"long": strings.Repeat("W", 300), "long code": strings.Repeat("a/", 200), "right to left": strings.Repeat("\u05d0\u05d1 ", 60), "zero width": strings.Repeat("W\u200b\u2060\ufeff\u00ad", 80),
		"lines": "a\nb\u2028c\r\n\td \\input{x} 50 % $x$ #1 & ~",
	} {
		page := written(t, infested(resulttest.First(), words), paper.Options{Title: words, Author: words, Affiliation: words})
		for _, width := range []int{360, 1280} {
			window(b, width, 800, width < 1000)
			b.Open(page)
			if got := b.String(`document.scrollingElement.scrollWidth - innerWidth`); got != "0" {
				t.Errorf("%s words, %d wide: the page is %s wider; too wide are %s", name, width, got, tooWide(b))
			}
			x, y, w, h := area(b, requestTime)
			for i := range 50 { // scrolling there, which takes back what is said, may last
				b.Mouse("Moved", x+w*0.2+float64(i%2), y+h/2)
				if b.String(`document.getElementById("tip").hidden`) == "false" {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			if got := b.String(`((tip, r) => r.width > 0 && r.left >= 0 && r.right <= innerWidth && tip.scrollWidth <= tip.clientWidth)(document.getElementById("tip"), document.getElementById("tip").getBoundingClientRect())`); got != "true" {
				t.Errorf("%s words, %d wide: what a figure says leaves the window", name, width)
			}
			noComplaints(t, b)
		}
	}
}

// tooWide names what sticks out of the window.
func tooWide(b *htmltest.Browser) string {
	return b.String(`[...document.querySelectorAll("body *")].filter(e => !e.closest(".plot, .scroll, pre, fieldset") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.nodeName + "#" + e.id + "." + e.className).join()`)
}

// Names, notes and facts that would be markup, were they let.
func testHostile(t *testing.T, b *htmltest.Browser) {
	window(b, 1280, 900, false)
	evil := `</title></script><script>alert(1)</script><img src=x onerror=alert(2)>"'><svg/onload=alert(3)>` + "\u202e|;"
	c := resulttest.First()
	c.Matrix = true
	findings := infested(c, evil)
	plain := written(t, c.Findings(), paper.Options{})
	page := written(t, findings, paper.Options{Title: evil, Author: evil, Affiliation: evil})
	kinds := `[...new Set([...document.querySelectorAll("*")].map(e => e.nodeName))].sort().join()`
	b.Open(plain)
	want := b.String(kinds)
	b.Open(page)
	if got := b.String(kinds); got != want {
		t.Errorf("the elements are %s, without hostile text %s", got, want)
	}
	if got := b.String(`document.querySelectorAll("script").length + " " + document.body.textContent.includes("<img src=x onerror=alert(2)>")`); got != "1 true" {
		t.Errorf("scripts, and whether text is there as text: %s", got)
	}
	reach(t, b, throughput+`.querySelector(".plot")`)
	for range 8 {
		b.Key("ArrowRight")
	}
	if got := b.String(`document.getElementById("tip").children.length + document.getElementById("tip").textContent`); !strings.Contains(got, "</title>") {
		t.Errorf("the words at a mark: %q", got)
	}
	x, y, w, h := area(b, requestTime)
	b.Mouse("Moved", x+w/2, y+h/2)
	b.Click(`document.querySelector('[data-toggle="1"]')`)
	if n := b.String(`document.querySelectorAll("img").length`); n != "0" {
		t.Errorf("%s images", n)
	}
	noComplaints(t, b)
}
