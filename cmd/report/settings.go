package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/viper"

	"virtcmp/internal/command"
	"virtcmp/internal/paper"
)

// authors reads the key author: a name, or in a file a list of names, or of mappings with
// name and affiliation. Where each has an affiliation they come as a list.
func authors(config *viper.Viper) (names string, each []paper.Author, err error) {
	value := config.Get("author")
	list, ok := value.([]any)
	if !ok {
		name, ok := value.(string)
		if !ok {
			return "", nil, command.Usagef("author: want a name or a list of names, not %v", value)
		}
		return name, nil, nil
	}
	affiliated := false
	var plain []string
	for i, item := range list {
		a, err := author(item)
		if err != nil {
			return "", nil, command.Usagef("author %d: %v", i+1, err)
		}
		affiliated = affiliated || a.Affiliation != ""
		each, plain = append(each, a), append(plain, a.Name)
	}
	if affiliated {
		return "", each, nil
	}
	if n := len(plain); n > 1 {
		plain = append(plain[:n-2], plain[n-2]+" and "+plain[n-1])
	}
	return strings.Join(plain, ", "), nil, nil
}

func author(item any) (paper.Author, error) {
	switch item := item.(type) {
	case string:
		return paper.Author{Name: item}, nil
	case map[string]any:
		var a paper.Author
		for key, value := range item {
			text, ok := value.(string)
			if !ok {
				return a, fmt.Errorf("%s: want text, not %v", key, value)
			}
			switch key {
			case "name":
				a.Name = text
			case "affiliation":
				a.Affiliation = text
			default:
				return a, fmt.Errorf("unknown key %q: want name and affiliation", key)
			}
		}
		if a.Name == "" {
			return a, fmt.Errorf("no name")
		}
		return a, nil
	}
	return paper.Author{}, fmt.Errorf("want a name, or name: and affiliation:, not %v", item)
}

// abstract is the text of -abstract, or of the file that it names after an @.
func abstract(value string) (string, error) {
	name, ok := strings.CutPrefix(value, "@")
	if !ok {
		return value, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("-abstract: %w", err)
	}
	if strings.TrimSpace(string(text)) == "" {
		return "", fmt.Errorf("-abstract %s: the file is empty", value)
	}
	return string(text), nil
}

// formatsOf reads the key format: names with commas, or in a file a list of names.
func formatsOf(config *viper.Viper) string {
	if list, ok := config.Get("format").([]any); ok {
		var names []string
		for _, name := range list {
			names = append(names, fmt.Sprint(name))
		}
		return strings.Join(names, ",")
	}
	return config.GetString("format")
}
