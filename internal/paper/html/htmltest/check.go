// Package htmltest looks at web pages: at their markup, and in a real browser.
package htmltest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Page is what the markup of a page says.
type Page struct {
	Text     string         // its words
	Elements map[string]int // how often each element is there
	Links    []string       // that lead out of the page
}

var inlined = regexp.MustCompile(`(?s)<(script|style)>.*?</(script|style)>`)

// Parse reads a page that is well-formed XML but for its doctype, script and style, and
// returns what is wrong with it: ids that are there twice, references to ids that are
// not, attributes that run scripts or fetch something.
func Parse(page []byte) (*Page, error) {
	text, ok := strings.CutPrefix(string(page), "<!DOCTYPE html>\n")
	if !ok {
		return nil, errors.New("no doctype")
	}
	d := xml.NewDecoder(strings.NewReader(inlined.ReplaceAllString(text, "<$1/>")))
	p := &Page{Elements: map[string]int{}}
	ids := map[string]bool{}
	var wanted, wrong []string
	var words strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			words.Write(token)
		case xml.EndElement:
			words.WriteByte(' ')
		case xml.StartElement:
			p.Elements[token.Name.Local]++
			for _, a := range token.Attr {
				where := fmt.Sprintf("<%s %s=%q>", token.Name.Local, a.Name.Local, a.Value)
				switch name := a.Name.Local; {
				case name == "id":
					if ids[a.Value] || a.Value == "" || strings.ContainsAny(a.Value, " \t\n") {
						wrong = append(wrong, where+": an id that is empty, not one word or there twice")
					}
					ids[a.Value] = true
				case name == "href" && token.Name.Local == "link":
				case name == "href":
					if id, ok := strings.CutPrefix(a.Value, "#"); ok {
						wanted = append(wanted, id)
					} else {
						p.Links = append(p.Links, a.Value)
					}
				case name == "aria-labelledby" || name == "aria-describedby":
					wanted = append(wanted, strings.Fields(a.Value)...)
				case name == "clip-path":
					wanted = append(wanted, strings.TrimSuffix(strings.TrimPrefix(a.Value, "url(#"), ")"))
				case name == "src" || name == "style" || name == "srcset" || name == "action" || strings.HasPrefix(name, "on"):
					wrong = append(wrong, where)
				}
			}
		}
	}
	for _, id := range wanted {
		if !ids[id] {
			wrong = append(wrong, fmt.Sprintf("nothing has the id %q", id))
		}
	}
	for _, link := range p.Links {
		if !slices.ContainsFunc([]string{"https://", "http://", "mailto:"}, func(s string) bool { return strings.HasPrefix(strings.ToLower(link), s) }) {
			wrong = append(wrong, fmt.Sprintf("a link to %q", link))
		}
	}
	p.Text = strings.Join(strings.Fields(words.String()), " ")
	if len(wrong) > 0 {
		return p, errors.New(strings.Join(wrong[:min(len(wrong), 10)], "\n"))
	}
	return p, nil
}
