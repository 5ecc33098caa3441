package document

import (
	"fmt"
	"strings"
)

// What every form of the paper says in the same words.

// Label is what text calls the figure: "Figure 3".
func (f *Figure) Label() string { return fmt.Sprintf("Figure"+nbsp+"%d", f.Number) }

// Label is what text calls the table: "Table 2".
func (t *Table) Label() string { return fmt.Sprintf("Table"+nbsp+"%d", t.Number) }

// label is what a reference says of what it leads to: a word, and the number if it has one.
type label struct{ word, number string }

func numbered(word, number string) label { return label{word + nbsp, number} }

// Leads reports whether the link may be followed: to the web, or to write a letter. An
// address of another kind, such as javascript:, is nothing but its text.
func (l *Link) Leads() bool {
	scheme, rest, _ := strings.Cut(l.URL, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto":
		return rest != ""
	}
	return false
}

// Text is how a work is described: Authors. Title. Venue, details, year. URL
func (r Reference) Text() []Inline {
	end := func(s string) string {
		if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
			return s
		}
		return s + "."
	}
	in := []Inline{}
	if r.Authors != "" {
		in = append(in, Text(end(r.Authors)+" "))
	}
	in = append(in, Text(end(r.Title)))
	if r.Venue != "" {
		in = append(in, Text(" "), &Emphasis{Text: []Inline{Text(r.Venue)}})
	}
	tie := strings.NewReplacer("pp. ", "pp."+nbsp, "article ", "article"+nbsp)
	var tail []string
	for _, s := range []string{tie.Replace(r.Details), r.Year} {
		if s != "" {
			tail = append(tail, s)
		}
	}
	switch text := strings.Join(tail, ", "); {
	case r.Venue != "" && text != "":
		in = append(in, Text(", "+end(text)))
	case r.Venue != "":
		in = append(in, Text("."))
	case text != "":
		in = append(in, Text(" "+end(text)))
	}
	if r.URL != "" {
		in = append(in, Text(" "), &Link{URL: r.URL, Text: []Inline{Text(strings.TrimPrefix(r.URL, "https://"))}})
	}
	return in
}
