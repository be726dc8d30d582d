package fact

import (
	"strconv"
	"strings"
)

// Version is the version of a kubelet. The zero Version is one that is not known.
type Version struct{ Major, Minor, Patch int }

// ParseVersion reads a version as nodes report it: v1.36.3-eks-3025e55, v1.33.1+k3s1.
func ParseVersion(s string) Version {
	s, ok := strings.CutPrefix(s, "v")
	if i := strings.IndexAny(s, "-+"); i >= 0 {
		s = s[:i]
	}
	parts := strings.Split(s, ".")
	if !ok || len(parts) != 3 {
		return Version{}
	}
	var numbers [3]int
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return Version{}
		}
		numbers[i] = int(n)
	}
	return Version{numbers[0], numbers[1], numbers[2]}
}

// Version returns the version of the node's kubelet; the zero Version when it is not known, as for a nil node.
func (n *Node) Version() Version {
	if n == nil {
		return Version{}
	}
	return ParseVersion(n.KubeletVersion)
}

// Known reports whether the version is known.
func (v Version) Known() bool { return v != Version{} }

// AtLeast reports whether the version is known, and that one or later.
func (v Version) AtLeast(major, minor int) bool { return v.From(major, minor, 0) }

// Before reports whether the version is known, and earlier than that one.
func (v Version) Before(major, minor int) bool { return v.Known() && !v.AtLeast(major, minor) }

// From reports whether the version is that one, or a later one.
func (v Version) From(major, minor, patch int) bool {
	switch {
	case v.Major != major:
		return v.Major > major
	case v.Minor != minor:
		return v.Minor > minor
	}
	return v.Patch >= patch
}

// String returns the version without its v; "unknown" for one that is not known.
func (v Version) String() string {
	if !v.Known() {
		return "unknown"
	}
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) + "." + strconv.Itoa(v.Patch)
}
