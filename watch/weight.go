package watch

import (
	"reflect"

	"github.com/probetop/probetop/model"
)

// weightOf returns about how many bytes a fact takes in a tape, the rows that the fold makes of it included.
func weightOf(fact model.Fact) int64 {
	const change = 64
	n := 0
	switch f := fact.(type) {
	case *model.Pod:
		n = 4*sizeOf[model.Pod](1) + 2*sizeOf[model.Container](len(f.Containers)) + sizeOf[model.Condition](len(f.Conditions)) + texts(f.Gates) + texts(f.Finalizers)
		n += len(f.Name) + len(f.UID) + len(f.Message) + len(f.Labels)
		for i := range f.Containers {
			c := &f.Containers[i]
			n += len(c.Message)
			for _, p := range c.Probes {
				if p != nil {
					n += 2*sizeOf[model.ProbeSpec](1) + texts(p.Command) + sizeOf[model.Header](len(p.Headers))
				}
			}
		}
	case *model.Event:
		n = 2*sizeOf[model.Event](1) + len(f.Message) + len(f.Name)
	case *model.EndpointSlice:
		n = 2*sizeOf[model.EndpointSlice](1) + 4*sizeOf[model.Endpoint](len(f.Endpoints)) + 4*sizeOf[model.LooseEndpoint](len(f.Loose))
	case *model.Counters:
		n = sizeOf[model.Counters](1) + sizeOf[model.PodCounters](len(f.Pods))
		for i := range f.Pods {
			n += sizeOf[model.Counter](len(f.Pods[i].Probes))
		}
	case *model.Service:
		n = 2 * sizeOf[model.Service](1)
	case *model.Node:
		n = 2*sizeOf[model.Node](1) + len(f.Message)
	case *model.Shadow:
		n = sizeOf[model.Shadow](1) + len(f.Text)
	default:
		n = sizeOf[model.Source](1)
	}
	return int64(n + change)
}

// sizeOf returns how many bytes n values of a type take.
func sizeOf[T any](n int) int { return n * int(reflect.TypeFor[T]().Size()) }

// texts returns how many bytes texts take.
func texts(all []string) int {
	n := sizeOf[string](len(all))
	for _, s := range all {
		n += len(s)
	}
	return n
}
