package pdf

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/speedata/hyphenation"
)

// Hyphenator knows where words may be broken.
type Hyphenator struct {
	patterns   *hyphenation.Lang
	exceptions map[string][]int // lower-case word to rune offsets
	known      map[string][]string
}

const (
	leastBefore = 2 // letters before a hyphen, as TeX has it for English
	leastBehind = 3
	longestWord = 60 // beyond this it is no word of English
)

// NewHyphenator reads a hyphenation file of TeX: words within \patterns{...} and
// \hyphenation{...}, comments after %.
func NewHyphenator(tex io.Reader) (*Hyphenator, error) {
	raw, err := io.ReadAll(tex)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for line := range strings.Lines(string(raw)) {
		line, _, _ = strings.Cut(line, "%")
		text.WriteString(strings.TrimSpace(line) + " ")
	}
	section := func(name string) string {
		_, after, _ := strings.Cut(text.String(), `\`+name+"{")
		body, _, _ := strings.Cut(after, "}")
		return body
	}
	h := &Hyphenator{exceptions: map[string][]int{}, known: map[string][]string{}}
	if h.patterns, err = hyphenation.New(strings.NewReader(section("patterns"))); err != nil {
		return nil, fmt.Errorf("hyphenation patterns: %w", err)
	}
	h.Except(strings.Fields(section("hyphenation"))...)
	return h, nil
}

// Except adds words with their hyphens written out: "hy-per-vi-sor".
func (h *Hyphenator) Except(words ...string) {
	for _, w := range words {
		var breaks []int
		n := 0
		for _, r := range w {
			if r == '-' {
				breaks = append(breaks, n)
			} else {
				n++
			}
		}
		h.exceptions[strings.ToLower(strings.ReplaceAll(w, "-", ""))] = breaks
	}
	clear(h.known)
}

// parts cuts a word of letters where it may be hyphenated.
func (h *Hyphenator) parts(word string) []string {
	runes := []rune(word)
	if h == nil || len(runes) < leastBefore+leastBehind || len(runes) > longestWord {
		return []string{word}
	}
	known, ok := h.known[word]
	if !ok {
		known = h.cut(word, runes)
		h.known[word] = known
	}
	return known
}

func (h *Hyphenator) cut(word string, runes []rune) []string {
	breaks, ok := h.exceptions[strings.ToLower(word)]
	if !ok {
		breaks = h.patterns.Hyphenate(word)
	}
	var parts []string
	last := 0
	for _, b := range breaks {
		if b >= last+1 && b >= leastBefore && b <= len(runes)-leastBehind {
			parts = append(parts, string(runes[last:b]))
			last = b
		}
	}
	return append(parts, string(runes[last:]))
}

// letters cuts text into runs of letters and of everything else.
func letters(text string) []string {
	var runs []string
	start, was := 0, false
	for i, r := range text {
		is := unicode.IsLetter(r)
		if i > start && is != was {
			runs = append(runs, text[start:i])
			start = i
		}
		was = is
	}
	if start < len(text) {
		runs = append(runs, text[start:])
	}
	return runs
}
