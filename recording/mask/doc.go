// Package mask hides what looks like a secret in a text, before the text leaves the program: in tables and reports, on the
// board, in recordings, in the debug log and in error sentences.
//
// What is a secret is said by what stands around it: a name (password=…, "token": "…", --secret …), a word before it (token …,
// IDENTIFIED BY …), a scheme (Bearer …), the account of a URL or of a connection string (//user:…@host, user:…@tcp(host)), the flag of
// a well-known program (redis-cli -a …), the header of a key in PEM; or by its own looks, which are those of a vendor's key or of a
// random string. Names are known in some thirty languages, and through percent signs, JSON escapes, invisible characters and marks.
//
// It is a net, not a wall. A secret that looks like a word, without any of these around it, is not found.
//
// A text without any trigger costs one pass over its bytes and no memory: see sieve.
package mask
