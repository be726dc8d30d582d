package simcluster

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/duration"
)

// column is a column of a table that the server prints, as kubectl get asks it to.
type column struct {
	name string
	// wide says that kubectl shows it only with -o wide.
	wide bool
	cell func(o object, now time.Time) any
}

// cell makes a column of objects of one type.
func cell[T object](name string, read func(o T) any) column {
	return column{name: name, cell: func(o object, _ time.Time) any { return read(o.(T)) }}
}

// timeCell makes a column of objects of one type that depends on the time.
func timeCell[T object](name string, read func(o T, now time.Time) any) column {
	return column{name: name, cell: func(o object, now time.Time) any { return read(o.(T), now) }}
}

func wide(c column) column {
	c.wide = true
	return c
}

func nameColumn() column { return cell("Name", func(o object) any { return o.GetName() }) }

func ageColumn() column {
	return timeCell("Age", func(o object, now time.Time) any { return since(o.GetCreationTimestamp().Time, now) })
}

func (c column) definition() metav1.TableColumnDefinition {
	d := metav1.TableColumnDefinition{Name: c.name, Type: "string"}
	if c.wide {
		d.Priority = 1
	}
	if c.name == "Name" {
		d.Format = "name"
	}
	return d
}

// table returns the objects as a table.
func (c *Cluster) table(x *exchange, objects []object, listMeta metav1.ListMeta) (*metav1.Table, error) {
	t := &metav1.Table{ListMeta: listMeta}
	t.SetGroupVersionKind(schema.GroupVersionKind{Group: metav1.GroupName, Version: "v1", Kind: "Table"})
	for _, col := range x.resource.columns {
		t.ColumnDefinitions = append(t.ColumnDefinitions, col.definition())
	}
	t.Rows = make([]metav1.TableRow, len(objects))
	now := c.Now()
	for i, o := range objects {
		included, err := include(metav1.IncludeObjectPolicy(x.Query.Get("includeObject")), o)
		if err != nil {
			return nil, err
		}
		t.Rows[i].Object.Object = included
		for _, col := range x.resource.columns {
			t.Rows[i].Cells = append(t.Rows[i].Cells, col.cell(o, now))
		}
	}
	return t, nil
}

// include returns what a row says of its object besides the cells.
func include(policy metav1.IncludeObjectPolicy, o object) (runtime.Object, error) {
	switch policy {
	case metav1.IncludeObject:
		return o, nil
	case metav1.IncludeNone:
		return nil, nil
	case metav1.IncludeMetadata, "":
		partial := meta.AsPartialObjectMetadata(o)
		partial.SetGroupVersionKind(metav1.SchemeGroupVersion.WithKind("PartialObjectMetadata"))
		return partial, nil
	}
	return nil, apierrors.NewBadRequest("unrecognized includeObject value: " + strconv.Quote(string(policy)))
}

// since returns how long ago a time is, in kubectl's short form.
func since(then, now time.Time) string {
	if then.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(now.Sub(then))
}

// orNone is the API server's word for nothing.
func orNone[T ~string](s T) string { return cmp.Or(string(s), "<none>") }

// few lists the first three.
func few(all []string) string {
	const most = 3
	switch {
	case len(all) == 0:
		return "<unset>"
	case len(all) > most:
		return strings.Join(all[:most], ",") + " + " + strconv.Itoa(len(all)-most) + " more..."
	}
	return strings.Join(all, ",")
}

// of is a fraction.
func of(n, total int) string { return strconv.Itoa(n) + "/" + strconv.Itoa(total) }
