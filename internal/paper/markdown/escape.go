package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"virtcmp/internal/paper/document"
)

// text returns Markdown that stands for exactly that text within a line; at the start of
// a line it needs what atStart does besides. What means something only there, and the
// brackets of intervals, stay readable.
func text(s string) string {
	var b strings.Builder
	s = document.Clean(s)
	bare := 0 // up to where brackets are an interval's
	for i, r := range s {
		if r == '[' {
			bare = max(bare, i+len(interval.FindString(s[i:])))
		}
		switch {
		case strings.ContainsRune("[]", r) && i < bare:
		case strings.ContainsRune("\\`*_[]<>|~$#", r),
			r == '!' && i == len(s)-1, // a link may follow
			r == '&' && i+1 < len(s) && s[i+1] != ' ',
			r == '@' && i+1 < len(s) && s[i+1] != ' ', r == ':' && strings.HasPrefix(s[i:], "://"), r == '.' && endsFold(s[:i], "www"), // would become links
			r == ':' && i+1 < len(s) && isWord(s[i+1]): // or :pictures:
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// interval is one as tables have it, which nothing can take for a link or a footnote.
var interval = regexp.MustCompile(`^\[[−\d.,\x{a0} ]*\d\](?:$|[\x{a0} ;.,)])`)

func endsFold(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '-' || c == '_'
}

// atStart keeps a line from being taken for a heading, list, rule or quotation.
func atStart(line string) string {
	line = strings.TrimLeft(line, " ")
	if line == "" {
		return line
	}
	if strings.ContainsRune("#+-=", rune(line[0])) {
		return `\` + line
	}
	digits := 0
	for digits < len(line) && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(line) && (line[digits] == '.' || line[digits] == ')') {
		return line[:digits] + `\` + line[digits:]
	}
	return line
}

// code returns a code span of exactly that text.
func code(s string) string {
	s = document.Clean(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return fence + s + fence
}

func longestRun(s string, of rune) int {
	most, now := 0, 0
	for _, r := range s {
		now++
		if r != of {
			now = 0
		}
		most = max(most, now)
	}
	return most
}

// address returns a link's destination.
func address(url string) string {
	var b strings.Builder
	for _, c := range []byte(document.Clean(url)) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("<>()\\\"`|[]*", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		if c == '&' {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// anchor makes an id of a reference's target: "fig-throughput".
func anchor(target string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, target)
}

const lineLength = 100

// fill breaks a paragraph into lines, before words that mean nothing at a line's start.
func fill(s string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Split(s, " ") {
		n := utf8.RuneCountInString(word)
		first, _ := utf8.DecodeRuneInString(word)
		switch {
		case i == 0:
		case width+1+n > lineLength && unicode.IsLetter(first):
			b.WriteByte('\n')
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}
