package document

import (
	"bytes"
	"html"
	"strings"
	"unicode"

	markdownhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// unescape resolves backslash escapes and entities.
func unescape(raw []byte) string {
	var b bytes.Buffer
	w := util.BufWriter(bufWriter{&b})
	markdownhtml.DefaultWriter.Write(w, raw)
	return html.UnescapeString(b.String())
}

// bufWriter is a bytes.Buffer as goldmark wants it.
type bufWriter struct{ *bytes.Buffer }

func (bufWriter) Flush() error    { return nil }
func (b bufWriter) Buffered() int { return b.Len() }

// Escape returns Markdown that stands for exactly that text, on one line.
func Escape(s string) string {
	var b strings.Builder
	space := true // swallows leading space
	for _, r := range s {
		switch {
		case r <= ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029':
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case r < 0x80 && util.IsPunct(byte(r)):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		space = false
	}
	return strings.TrimRight(b.String(), " ")
}

// Clean makes a space of each control character and line end, and drops what is invisible.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
