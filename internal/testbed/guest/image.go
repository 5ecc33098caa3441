// Package guest makes the image that the guests of every technology start from:
// WordPress on a web server with PHP, and MariaDB, in one root file system for both roles.
package guest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"virtcmp/internal/monitor"
	"virtcmp/internal/testbed"
	"virtcmp/internal/testbed/launch"
)

// Init is the first process of a guest.
const Init = "/usr/lib/virtcmp/init"

// Page is a text of the sample post on the application's front page.
const Page = "Hello world!"

// Store keeps images in a directory, for this campaign and later ones.
type Store struct {
	Dir string // such as /var/cache/virtcmp
}

// Image is a finished image. Its files are shared by all guests and never written.
type Image struct {
	dir      string
	Manifest testbed.Manifest
}

// Rootfs is the directory of the root file system.
func (i *Image) Rootfs() string { return filepath.Join(i.dir, "rootfs") }

const (
	manifestName = "manifest.json"
	buildLimit   = 20 * time.Minute
)

// Image returns the guests' image with that stack, and builds it if it is not there
// yet. An empty stack is the default one.
func (s Store) Image(ctx context.Context, stack string) (*Image, error) {
	r, err := readRecipe(stack)
	if err != nil {
		return nil, err
	}
	return s.Make(ctx, r)
}

// Make returns the recipe's image, and builds it if it is not there yet.
func (s Store) Make(ctx context.Context, r Recipe) (*Image, error) {
	unlock, err := s.Lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	rel, err := hostRelease()
	if err != nil {
		return nil, err
	}
	image, err := s.find(r, rel)
	if err == nil && image.Manifest.Digest == "" {
		err = r.build(ctx, image, rel)
	}
	return image, err
}

// Find returns the stack's image if it is there; one that is not has no Digest. It
// changes nothing.
func (s Store) Find(stack string) (*Image, error) {
	rel, err := hostRelease()
	if err != nil {
		return nil, err
	}
	r, err := readRecipe(stack)
	if err != nil {
		return nil, err
	}
	return s.find(r, rel)
}

func (s Store) find(r Recipe, rel release) (*Image, error) {
	digest, err := r.digest(rel)
	if err != nil {
		return nil, err
	}
	image := &Image{dir: filepath.Join(s.Dir, r.Name+"-"+digest[:12]), Manifest: testbed.Manifest{Stack: r.Stack, Recipe: digest, OS: rel.name}}
	text, err := os.ReadFile(filepath.Join(image.dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return image, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &image.Manifest); err != nil {
		return nil, fmt.Errorf("%s: %w; remove %s to build it again", manifestName, err, image.dir)
	}
	return image, nil
}

// Lock keeps two collects from building at once.
func (s Store) Lock() (unlock func(), err error) {
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(s.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}

// build makes the image beside its place and moves it there when it is whole.
func (r Recipe) build(ctx context.Context, image *Image, rel release) error {
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	place := image.dir
	image.dir += ".partial"
	if err := os.RemoveAll(image.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(image.dir, 0o755); err != nil {
		return err
	}
	overlay := filepath.Join(image.dir, "overlay")
	if err := r.write(overlay); err != nil {
		return err
	}
	sources, err := aptSources(ctx, rel)
	if err != nil {
		return err
	}
	began := time.Now()
	args := []string{
		"mmdebstrap", "--mode=root", "--variant=minbase", "--include=" + strings.Join(r.Packages, ","),
		"--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/locale/*", "--dpkgopt=force-unsafe-io",
		"--customize-hook=sync-in " + overlay + " /",
	}
	if r.Install != "" {
		args = append(args, `--customize-hook=chroot "$1" `+r.Install)
	}
	list := filepath.Join(image.dir, "sources.list")
	if err := os.WriteFile(list, []byte(sources), 0o644); err != nil {
		return err
	}
	log := monitor.NewConsole("build")
	// Apart, so that its mounts and what it runs there end with it, and with collect.
	build, err := launch.Command{
		Args: append(args, rel.codename, image.Rootfs(), list), Env: os.Environ(), Apart: []string{}, Output: log,
	}.Start()
	if err != nil {
		return err
	}
	if err := build.Wait(ctx); err != nil {
		return errors.Join(fmt.Errorf("mmdebstrap: %w; it said last:\n%s", err, log.Last()), os.RemoveAll(image.dir))
	}
	image.Manifest.Duration = time.Since(began)
	if err := image.inspect(ctx); err != nil {
		return err
	}
	text, err := json.MarshalIndent(image.Manifest, "", "\t")
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(overlay), os.Remove(list), os.WriteFile(filepath.Join(image.dir, manifestName), text, 0o644), os.Rename(image.dir, place)); err != nil {
		return err
	}
	image.dir = place
	return nil
}

// inspect fills the manifest in from the root file system.
func (i *Image) inspect(ctx context.Context) error {
	tar := exec.CommandContext(ctx, "tar", "--sort=name", "--numeric-owner", "-C", i.Rootfs(), "-c", ".")
	digest := sha256.New()
	tar.Stdout = digest
	if err := tar.Run(); err != nil {
		return fmt.Errorf("tar: %w", err)
	}
	i.Manifest.Digest = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	list, err := exec.CommandContext(ctx, "dpkg-query", "--admindir="+filepath.Join(i.Rootfs(), "var/lib/dpkg"), "--show").Output()
	if err != nil {
		return fmt.Errorf("dpkg-query: %w", err)
	}
	i.Manifest.Packages = map[string]string{}
	for line := range strings.Lines(string(list)) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), "\t")
		i.Manifest.Packages[strings.TrimSuffix(name, ":amd64")] = version
	}
	i.Manifest.Size, err = DiskUsage(i.Rootfs())
	return err
}

// DiskUsage returns the bytes that files or trees take on disk.
func DiskUsage(roots ...string) (bytes int64, err error) {
	for _, root := range roots {
		err = errors.Join(err, filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				bytes += st.Blocks * 512
			}
			return nil
		}))
	}
	return bytes, err
}

// versions says which package stands for which software of an application guest and
// a database guest. PHP's has its version in its name.
var versions = map[string][]struct {
	software string
	packages *regexp.Regexp
}{
	"app": {
		{"apache2", regexp.MustCompile(`^apache2$`)},
		{"nginx", regexp.MustCompile(`^nginx$`)},
		{"php", regexp.MustCompile(`^php[0-9.]+-cli$`)},
		{"wordpress", regexp.MustCompile(`^wordpress$`)},
	},
	"db": {{"mariadb", regexp.MustCompile(`^mariadb-server$`)}},
}

// Facts are the versions in a guest of that role.
func (i *Image) Facts(role string) []testbed.Fact {
	facts := []testbed.Fact{{Host: role, Key: "os", Value: i.Manifest.OS}, {Host: role, Key: "image_digest", Value: i.Manifest.Digest}}
	if role == monitor.App {
		facts = append(facts, testbed.Fact{Host: role, Key: "stack", Value: i.Manifest.Stack})
	}
	for _, v := range versions[role] {
		for _, name := range slices.Sorted(maps.Keys(i.Manifest.Packages)) {
			if v.packages.MatchString(name) {
				facts = append(facts, testbed.Fact{Host: role, Key: "software_" + v.software, Value: i.Manifest.Packages[name]})
			}
		}
	}
	return facts
}

// Ext4 returns a file system image of the root file system, for guests that start
// from a disk, and how long making it took.
func (i *Image) Ext4(ctx context.Context) (path string, took time.Duration, err error) {
	path = filepath.Join(i.dir, "rootfs.ext4")
	stamp := path + ".json" // how long it took, written when the image is whole
	if text, err := os.ReadFile(stamp); err == nil && json.Unmarshal(text, &took) == nil {
		return path, took, nil
	}
	began := time.Now()
	const room = 1 << 30 // for what the guests write
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		return "", 0, err
	}
	if err := os.Truncate(path, i.Manifest.Size+room); err != nil {
		return "", 0, err
	}
	if out, err := exec.CommandContext(ctx, "mkfs.ext4", "-q", "-F", "-d", i.Rootfs(), path).CombinedOutput(); err != nil {
		return "", 0, fmt.Errorf("mkfs.ext4: %w: %s", err, out)
	}
	took = time.Since(began)
	text, err := json.Marshal(took)
	if err == nil {
		err = os.WriteFile(stamp, text, 0o644)
	}
	return path, took, err
}

// Tools returns an Unavailable that names the programs of the list that are missing,
// each with the package that has it.
func Tools(tools map[string]string) error {
	var missing, install []string
	for tool, pkg := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			missing, install = append(missing, tool), append(install, pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	slices.Sort(install)
	return &testbed.Unavailable{
		Reason: strings.Join(missing, ", ") + " not found",
		Remedy: "apt-get install --no-install-recommends " + strings.Join(slices.Compact(install), " "),
	}
}
