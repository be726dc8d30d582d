// Package weight finds out how much memory an API object takes when it is decoded, before it is decoded. An empty element of a list
// is two or three bytes in an answer, and a thousand in memory: the size of an answer does not bound what becomes of it.
package weight
