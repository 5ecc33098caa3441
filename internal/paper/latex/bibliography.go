package latex

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"virtcmp/internal/paper/document"
)

// WriteBibliography writes the works that the document cites as a BibTeX file.
func WriteBibliography(out io.Writer, d *document.Document, made []string) error {
	var b strings.Builder
	for _, line := range made {
		b.WriteString(strings.TrimRight("% "+strings.ReplaceAll(document.Clean(line), "@", "(at)"), " ") + "\n")
	}
	for _, block := range d.Blocks {
		if list, ok := block.(*document.Bibliography); ok {
			for _, r := range list.References {
				b.WriteString("\n" + entry(r))
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

var (
	inJournal     = regexp.MustCompile(`^(\d+)(?:\(([\d–-]+)\))?, pp\. ([\d–-]+)$`)
	inProceedings = regexp.MustCompile(`^(?:(.+), )?pp\. ([\d–-]+)$`)
	initials      = regexp.MustCompile(`^((?:\pL{1,2}\.[- ]?)+) ?(\pL.*)$`)
)

// entry is a work as BibTeX has it: of the kind that its details tell.
func entry(r document.Reference) string {
	type field struct{ name, value string }
	fields := []field{{"author", authors(r.Authors)}, {"title", braced(r.Title)}}
	add := func(name, value string) { fields = append(fields, field{name, value}) }
	kind := "misc"
	switch journal, proceedings := inJournal.FindStringSubmatch(r.Details), inProceedings.FindStringSubmatch(r.Details); {
	case journal != nil && r.Venue != "":
		kind = "article"
		add("journal", bib(r.Venue))
		add("volume", journal[1])
		add("number", journal[2])
		add("pages", dashes(journal[3]))
	case proceedings != nil && r.Venue != "":
		kind = "inproceedings"
		add("booktitle", bib(r.Venue))
		add("address", bib(proceedings[1]))
		add("pages", dashes(proceedings[2]))
	default:
		how := bib(r.Details)
		if r.Venue != "" {
			how = strings.TrimSuffix(`\emph{`+bib(r.Venue)+"}, "+how, ", ")
		}
		add("howpublished", how)
	}
	add("year", bib(r.Year))
	if link := (&document.Link{URL: r.URL}); link.Leads() {
		fields = append(fields, field{"url", plainAddress(r.URL)})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "@%s{%s,\n", kind, label(r.Key))
	for _, f := range fields {
		if f.value != "" {
			fmt.Fprintf(&b, "  %-12s = {%s},\n", f.name, f.value)
		}
	}
	return b.String() + "}\n"
}

// dashes writes a range of pages as BibTeX knows one.
func dashes(pages string) string { return strings.ReplaceAll(pages, "–", "--") }

// authors are names as BibTeX parts them; what does not look like a list of people is
// one name.
func authors(s string) string {
	var all []string
	for _, name := range regexp.MustCompile(`, and |, | and `).Split(s, -1) {
		m := initials.FindStringSubmatch(name)
		if m == nil {
			return braced(s)
		}
		all = append(all, bib(strings.TrimSpace(m[2]))+", "+bib(strings.TrimSpace(m[1])))
	}
	return strings.Join(all, " and ")
}

// bib is text within the braces of a field, where BibTeX counts braces whatever stands
// before them.
func bib(s string) string {
	c := charset{}
	return strings.NewReplacer(`\{`, `\textbraceleft{}`, `\}`, `\textbraceright{}`).Replace(c.text(s))
}

// braced is text whose capitals stay, and that is no list of names.
func braced(s string) string {
	if s == "" {
		return ""
	}
	return "{" + bib(s) + "}"
}

// plainAddress is a URL with nothing in it that \url or BibTeX trips over.
func plainAddress(url string) string {
	return strings.NewReplacer(`\%`, "%", `\#`, "#", `\&`, "&", `\_`, "_").Replace(address(url))
}
