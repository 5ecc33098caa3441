package html

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"virtcmp/internal/figure"
	"virtcmp/internal/figure/svgcanvas"
)

// shown is how a named colour of figures looks on a light and on a dark page; "" as it
// does in print, where letters may have a colour of their own.
type shown struct{ light, dark string }

func (s shown) on(dark bool) string {
	if dark {
		return s.dark
	}
	return s.light
}

// lookOf gives the colours of figures their looks.
var lookOf = map[string]shown{
	"ink":           {light: "#202020", dark: "#e6e6e3"},
	"gray":          {light: "#6a6a6a", dark: "#a3a7ad"},
	"light-gray":    {light: "#dcdcd8", dark: "#373b40"},
	"ground":        {light: lightGround, dark: darkGround},
	"hardware":      {light: "#c8c8c8", dark: "#4a4f55"},
	"own-kernel":    {light: "#f3c9a5", dark: "#754822"},
	"shared-kernel": {light: "#aecde6", dark: "#28557c"},
	"hypervisor":    {light: "#b5dccb", dark: "#22604a"},
	"program":       {light: "#f7f7f5", dark: "#25292e"},
	"t0":            {dark: "#ececec"},
	"t1":            {dark: "#4f9fe0"},
	"t2":            {dark: "#ff8c42"},
	"t3":            {dark: "#38c99c"},
	"t4":            {dark: "#e896c5"},
	"t5":            {dark: "#a3dcff"},
	"t6":            {dark: "#ffc54d"},
}

// pageColors are those of what is not in figures.
var pageColors = []struct {
	name string
	shown
}{
	{"link", shown{"#0b4f8a", "#8ac0f5"}}, {"faint", shown{"#f4f4f1", "#1d2125"}}, {"line", shown{"#d5d5d0", "#3a3f45"}},
	{"soft", shown{"#5c5c5c", "#a9adb3"}}, {"tip", shown{lightGround, "#252a30"}},
}

// What everything stands on.
const (
	lightGround = "#ffffff"
	darkGround  = "#15181b"
)

// Ends of the scale of figure.Shade. On a dark ground it is the light end that is far
// along.
var (
	lightScale = [2]string{"#f2f6fb", "#08306b"}
	darkScale  = [2]string{"#1f2a36", "#a9d3ff"}
)

// themes returns the style's colours: custom properties for a light and for a dark
// ground, the classes that figures have, and what leaves testbeds out.
func themes(testbeds int) string {
	light, dark := properties(false), properties(true)
	var b strings.Builder
	fmt.Fprintf(&b, ":root{color-scheme:light dark;%s}\n", light)
	fmt.Fprintf(&b, "@media (prefers-color-scheme:dark){:root:not([data-theme=light]){%s}}\n", dark)
	fmt.Fprintf(&b, ":root[data-theme=dark]{color-scheme:dark;%s}\n:root[data-theme=light]{color-scheme:light}\n", dark)
	fmt.Fprintf(&b, "@media print{:root:root:root{color-scheme:light;%s}}\n", light)
	for _, c := range figure.Colors() {
		fmt.Fprintf(&b, ".%s{--c:var(--%s);--w:var(--%s-w)}\n", c.Name, c.Name, c.Name)
	}
	for i := range svgcanvas.ShadeSteps {
		fmt.Fprintf(&b, ".h%d{--c:var(--h%d);--w:var(--h%d-w)}\n", i, i, i)
	}
	for i := range testbeds {
		fmt.Fprintf(&b, ".no%d [data-t=\"%d\"]{display:none}\n", i, i)
	}
	return b.String()
}

// properties are the colours on one ground.
func properties(dark bool) string {
	var b strings.Builder
	for _, c := range figure.Colors() {
		area, words := look(c, dark)
		fmt.Fprintf(&b, "--%s:%s;--%s-w:%s;", c.Name, area, c.Name, words)
	}
	for _, c := range pageColors {
		fmt.Fprintf(&b, "--%s:%s;", c.name, c.on(dark))
	}
	scale := lightScale
	if dark {
		scale = darkScale
	}
	for i := range svgcanvas.ShadeSteps {
		c := mix(parse(scale[0]), parse(scale[1]), (float64(i)+0.5)/svgcanvas.ShadeSteps)
		fmt.Fprintf(&b, "--h%d:%s;--h%d-w:%s;", i, css(c), i, css(figure.Readable(c)))
	}
	return b.String()
}

// look is how a colour of figures looks in areas and lines, and in letters.
func look(c figure.Color, dark bool) (area, words string) {
	if own := lookOf[c.Name].on(dark); own != "" {
		return own, own
	}
	return css(c.NRGBA), css(c.Words)
}

func css(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// parse reads what css writes.
func parse(s string) color.NRGBA {
	c := color.NRGBA{A: 0xff}
	if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		panic(err) // the colours stand above
	}
	return c
}

func mix(a, b color.NRGBA, share float64) color.NRGBA {
	m := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xff}
}
