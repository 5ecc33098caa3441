package paper

import "virtcmp/internal/paper/document"

// What the title block and the abstract take from configuration.

// authors are those that have affiliations of their own, escaped.
func (v *view) authors() []Author {
	var all []Author
	for _, a := range v.options.Authors {
		all = append(all, Author{document.Escape(a.Name), document.Escape(a.Affiliation)})
	}
	return all
}

// abstract is the one that was configured, or "". Its own mistakes are told by its name.
func (v *view) abstract() (string, error) {
	if v.options.Abstract == "" {
		return "", nil
	}
	funcs := v.funcs()
	delete(funcs, "abstract") // it cannot hold itself
	text, err := v.execute("abstract", v.options.Abstract, funcs)
	if err != nil {
		return "", err
	}
	b := document.NewBuilder(v.material)
	b.Add("abstract", text)
	return string(text), b.Err()
}
