package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

const paneYAML = "yaml"

// yamlPane shows the pod as YAML, as it was when it was read.
type yamlPane struct {
	manifests Manifests
	tape      bool
	pager     pager

	row  *model.Row
	busy bool
	// read is set once there is an answer, which is of version.
	read    bool
	version string
	text    string
	err     error

	head   []string
	themed *theme
	width  int
}

func newYAMLPane(keys *keyMap, o *Options) *yamlPane {
	return &yamlPane{manifests: o.Manifests, tape: o.Tape != nil, pager: pager{keys: keys}}
}

// Name implements pane.
func (p *yamlPane) Name() string { return paneYAML }

// HandleKey implements pane: it scrolls.
func (p *yamlPane) HandleKey(k tea.KeyPressMsg) bool { return p.pager.HandleKey(k) }

// Again makes the pane read the pod anew.
func (p *yamlPane) Again() { p.read = false }

// Ask implements asker.
func (p *yamlPane) Ask() tea.Cmd {
	if p.manifests == nil || p.busy || p.read || p.row == nil {
		return nil
	}
	p.busy = true
	r := p.row
	return func() tea.Msg {
		text, err := p.manifests.Read(r)
		return answerMsg{p, yamlAnswer{text, r.Pod.ResourceVersion}, err}
	}
}

// yamlAnswer is a pod as YAML.
type yamlAnswer struct{ text, version string }

// Take implements asker.
func (p *yamlPane) Take(answer any, err error) {
	a, _ := answer.(yamlAnswer)
	p.busy, p.read, p.err = false, true, err
	p.text, p.version, p.width = a.text, a.version, 0
}

// Close implements asker. What is being read ends by itself.
func (p *yamlPane) Close() { p.row = nil }

// Compose implements pane.
func (p *yamlPane) Compose(c *canvas, r *model.Row, width, height int) {
	p.row = r
	p.head = p.title(c, width)
	if p.themed != c.theme || p.width != width {
		p.themed, p.width = c.theme, width
		s := &sheet{canvas: c, width: width}
		s.yaml(p.text)
		p.pager.SetLines(s.lines)
	}
	p.pager.SetSize(max(height-len(p.head), 0))
}

// title says what is shown, or why there is nothing.
func (p *yamlPane) title(c *canvas, width int) []string {
	s := &sheet{canvas: c, width: width}
	command := model.ShellLine([]string{"kubectl", "-n", p.row.Pod.Namespace, "get", "pod", p.row.Pod.Name, "-o", "yaml"})
	switch {
	case p.manifests == nil && p.tape:
		s.text(2, 3, c.strong, "A recording holds what probes depend on, and not the whole pod. While the pod is there, the cluster has it:")
		s.text(2, 3, ink{}, command)
	case p.manifests == nil:
		s.text(2, 3, c.strong, "Pods are not read as YAML here. This shows it:")
		s.text(2, 3, ink{}, command)
	case p.err != nil:
		s.text(2, 3, c.bad, model.Printable(p.err.Error()))
		s.text(2, 3, ink{}, command)
	case !p.read && p.text == "":
		s.text(2, 1, c.dim, "reading")
	case p.version != p.row.Pod.ResourceVersion:
		s.text(2, 1, c.strong, "the pod has changed since: y reads it again")
	default:
		s.text(2, 1, c.dim, "as the API server has it; managed fields left out, secrets masked")
	}
	return s.lines
}

// Render implements pane.
func (p *yamlPane) Render() []string {
	return append(p.head[:len(p.head):len(p.head)], p.pager.Render()...)
}

// Below implements pane.
func (p *yamlPane) Below() int { return p.pager.below() }

// yaml writes a document: what is a name stands out.
func (s *sheet) yaml(text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = model.Printable(line)
		indent := len(line) - len(strings.TrimLeft(line, " -"))
		name, value, named := strings.Cut(line[indent:], ": ")
		if !named && strings.HasSuffix(line, ":") {
			name, named = line[indent:len(line)-1], true
		}
		if !named || strings.ContainsAny(name, " \"'") {
			s.hang(s.row(0).text(line[:indent]), indent+2, fullLines, ink{}, line[indent:])
			continue
		}
		l := s.row(0).text(line[:indent]).put(s.title, name).text(": ")
		if value == "" {
			s.end(l)
			continue
		}
		s.hang(l, min(indent+len(name)+2, s.width/2), fullLines, ink{}, value)
	}
}

var _, _ asker = (*yamlPane)(nil), (*logsPane)(nil)
