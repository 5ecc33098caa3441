package latex

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// signature stands before the digest that ends a file.
const signature = "\n% SHA-256 of all above. While it is right report may overwrite this file: "

// Sign adds a comment by which Unchanged knows the file.
func Sign(file []byte) []byte {
	digest := sha256.Sum256(file)
	return append(file, signature+hex.EncodeToString(digest[:])+"\n"...)
}

// Unchanged reports whether the file is as Sign left it, so that nobody's work is lost
// with it.
func Unchanged(file []byte) bool {
	i := bytes.LastIndex(file, []byte(signature))
	return i >= 0 && bytes.Equal(Sign(bytes.Clone(file[:i])), file)
}
