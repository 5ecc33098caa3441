package guest

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"virtcmp/templates"
)

func TestStacksShareOnlyWhatIsCommon(t *testing.T) {
	if got := Stacks(); !slices.Equal(got, []string{"apache", "nginx-fpm"}) || !slices.Contains(got, DefaultStack) {
		t.Fatalf("stacks %v", got)
	}
	has := func(stack, name string) bool {
		r, err := readRecipe(stack)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(r.Packages, name)
	}
	for _, tc := range []struct {
		stack, name string
		want        bool
	}{
		{"", "apache2", true}, {"apache", "apache2", true}, {"apache", "nginx", false}, {"apache", "php-fpm", false},
		{"nginx-fpm", "nginx", true}, {"nginx-fpm", "php-fpm", true}, {"nginx-fpm", "apache2", false},
		{"apache", "mariadb-server", true}, {"nginx-fpm", "mariadb-server", true},
	} {
		if got := has(tc.stack, tc.name); got != tc.want {
			t.Errorf("stack %q has %s: %v", tc.stack, tc.name, got)
		}
	}
}

func TestDigestTellsRecipesApart(t *testing.T) {
	digest := func(stack, codename string) string {
		r, err := readRecipe(stack)
		if err != nil {
			t.Fatal(err)
		}
		d, err := r.digest(release{id: "debian", codename: codename})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if digest("", "bookworm") != digest(DefaultStack, "bookworm") {
		t.Error("the default stack is another one than the stack of that name")
	}
	all := []string{digest("apache", "bookworm"), digest("nginx-fpm", "bookworm"), digest("apache", "trixie")}
	slices.Sort(all)
	if len(slices.Compact(all)) != 3 {
		t.Error("different images have the same digest")
	}
}

// TestEveryTemplateIsUsed finds a file that no guest gets, and one that is missing.
func TestEveryTemplateIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, stack := range Stacks() {
		r, err := readRecipe(stack)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.write(t.TempDir()); err != nil {
			t.Error(err)
		}
		for _, f := range r.Files {
			used[f.From] = true
			if f.Mode&0o444 != 0o444 {
				t.Errorf("%s has mode %o: not every user of the guest can read it", f.To, f.Mode)
			}
		}
	}
	fs.WalkDir(templates.Guest, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
		} else if !d.IsDir() && !used[path] && filepath.Dir(path) != recipes && path != "guest-setup" {
			t.Errorf("no guest gets %s", path)
		}
		return nil
	})
}

func TestRecipeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"# fine\npackage":           `recipe/x:2: "package" is neither`,
		"packages nginx":            "neither a package nor a file",
		"file init /init":           "neither a package nor a file",
		"file init /init rwx":       "recipe/x:1: mode",
		"image init /init 0644 now": "neither a package nor a file",
	} {
		var r Recipe
		if err := r.parse("recipe/x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, stack := range []string{"tomcat", "../guest", "common", "common/"} {
		if _, err := readRecipe(stack); err == nil || !strings.Contains(err.Error(), "there are apache, nginx-fpm") {
			t.Errorf("stack %q: %v", stack, err)
		}
	}
}

func TestGuestSetupUsage(t *testing.T) {
	script := filepath.Join("..", "..", "..", "templates", "guest", "guest-setup")
	for _, args := range [][]string{nil, {"web"}, {"app"}, {"db", "10.0.0.1"}} {
		cmd := exec.Command("sh", append([]string{script}, args...)...)
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "usage:") {
			t.Errorf("guest-setup %v: %v: %s", args, err, out)
		}
	}
}
