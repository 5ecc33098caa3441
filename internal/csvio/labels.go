package csvio

import (
	"fmt"
	"iter"
	"net/url"
	"strings"
)

// Labels are key=value pairs joined by ";", as both contracts hold them in one
// column. A value that holds ";", "=", "%" or a control character has it
// percent-encoded. A pair without "=" is a key with an empty value.
type Labels string

// MakeLabels joins keys and values given in turn.
func MakeLabels(pairs ...string) Labels {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(pairs[i])
		b.WriteByte('=')
		escapeLabel(&b, pairs[i+1])
	}
	return Labels(b.String())
}

// With returns the labels with one more behind them.
func (l Labels) With(key, value string) Labels {
	more := MakeLabels(key, value)
	if l == "" {
		return more
	}
	return l + ";" + more
}

// All yields the pairs in order, values decoded.
func (l Labels) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for rest := string(l); rest != ""; {
			var pair string
			pair, rest, _ = strings.Cut(rest, ";")
			key, value, _ := strings.Cut(pair, "=")
			if !yield(key, unescapeLabel(value)) {
				return
			}
		}
	}
}

// Get returns the value of key, or "".
func (l Labels) Get(key string) string {
	value, _ := l.Lookup(key)
	return value
}

// Lookup returns the value of key and whether the key is there.
func (l Labels) Lookup(key string) (string, bool) {
	for k, v := range l.All() {
		if k == key {
			return v, true
		}
	}
	return "", false
}

func mustEscape(c byte) bool {
	return c == ';' || c == '=' || c == '%' || c < 0x20 || c == 0x7f
}

func escapeLabel(b *strings.Builder, value string) {
	for i := range len(value) {
		if c := value[i]; mustEscape(c) {
			fmt.Fprintf(b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
}

func unescapeLabel(value string) string {
	if strings.IndexByte(value, '%') < 0 {
		return value
	}
	plain, err := url.PathUnescape(value)
	if err != nil {
		return value // foreign text with a bare percent sign
	}
	return plain
}

// MarshalCSV implements gocsv.TypeMarshaller.
func (l Labels) MarshalCSV() (string, error) { return string(l), nil }
