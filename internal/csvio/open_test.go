package csvio_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"virtcmp/internal/csvio"
)

// A source gives its plain text, and the digest of what is stored.
func TestOpen(t *testing.T) {
	const text = "any text\nwhatever it holds"
	var packed bytes.Buffer
	g := gzip.NewWriter(&packed)
	io.WriteString(g, text)
	g.Close()
	for name, stored := range map[string]string{"plain": text, "gzip": packed.String(), "empty": ""} {
		opened, err := csvio.NewSource("f", strings.NewReader(stored)).Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(opened)
		want := text
		if stored == "" {
			want = ""
		}
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		digest := sha256.Sum256([]byte(stored))
		if st := opened.Stat(7); st != (csvio.Stat{Name: "f", Rows: 7, SHA256: hex.EncodeToString(digest[:])}) {
			t.Errorf("%s: %+v", name, st)
		}
	}
	torn, err := csvio.NewSource("f", bytes.NewReader(packed.Bytes()[:packed.Len()-4])).Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(torn); err == nil {
		t.Error("half a file reads as a whole one")
	}
}
