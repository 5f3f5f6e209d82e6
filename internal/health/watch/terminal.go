package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/mapdiag/mapdiag/internal/health/ranking"
	"github.com/mapdiag/mapdiag/internal/health/table"
	"github.com/mapdiag/mapdiag/internal/health/term"
	"github.com/mapdiag/mapdiag/mapstat"
)

// runTerminal shows the maps on the whole screen.
func (w *watcher) runTerminal(ctx context.Context, out term.Output) error {
	m := &screen{watcher: w, ctx: ctx, width: out.Width, height: 24}
	_, err := tea.NewProgram(m, tea.WithContext(ctx)).Run()
	if ctx.Err() != nil || errors.Is(err, tea.ErrInterrupted) {
		err = nil // how a watch ends
	}
	if err == nil && w.dumps > 0 {
		_, err = fmt.Fprintf(out, "dumps made: %d, the last %s\n", w.dumps, w.lastDump)
	}
	return err
}

// screen is the model of the terminal's program. Only Update changes it.
type screen struct {
	*watcher
	ctx           context.Context
	width, height int
	events        []string
}

type answer struct {
	snapshot mapstat.Snapshot
	err      error
	at       time.Time
}

type tick struct{}

func (m *screen) Init() tea.Cmd { return m.poll }

func (m *screen) poll() tea.Msg {
	s, err := m.ask(m.ctx)
	return answer{s, err, time.Now()}
}

func (m *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		switch msg.String() {
		case "q", "esc", "ctrl+c":
			return m, tea.Quit
		case "s":
			i := slices.Index(ranking.Keys, m.Sort)
			m.Sort = ranking.Keys[(i+1)%len(ranking.Keys)]
		}
	case answer:
		for _, e := range m.take(msg.snapshot, msg.err, msg.at) {
			m.events = append(m.events, clock(msg.at)+"  "+table.Clean(e))
		}
		m.events = m.events[max(0, len(m.events)-3):]
		return m, tea.Tick(m.Interval, func(time.Time) tea.Msg { return tick{} })
	case tick:
		return m, m.poll
	}
	return m, nil
}

func (m *screen) View() tea.View {
	v := tea.NewView(m.render())
	v.AltScreen = true
	v.WindowTitle = "mapdiag watch"
	return v
}

// render draws the screen: the program, its heap, the maps that there is room for, and the last
// events.
func (m *screen) render() string {
	var b strings.Builder
	if s := m.last(); s == nil {
		if m.err == nil {
			fmt.Fprintf(&b, "asking %s ...\n", m.Source)
		}
	} else {
		fmt.Fprintf(&b, "%s\n", ranking.Title(s))
		fmt.Fprintf(&b, "heap %s %s   %s\n", m.heap(), sparkline(m.heapSeries(), 15), m.collector())
	}
	if !m.gone.IsZero() {
		text := fmt.Sprintf("no answer since %s, trying again every %s: %v", clock(m.gone), m.Interval, m.err)
		for line := range strings.SplitSeq(ansi.Wrap(table.Clean(text), m.width, ""), "\n") {
			fmt.Fprintln(&b, term.Paint(term.Red, line))
		}
	}
	if m.Trigger != nil {
		fmt.Fprintf(&b, "a dump when %s: %d made, the last %d kept in %s\n", m.Trigger, m.dumps, m.Keep, m.Dir)
	}
	if s := m.last(); s != nil {
		b.WriteByte('\n')
		m.writeMaps(&b, s, m.height-strings.Count(b.String(), "\n")-len(m.events)-4)
	}
	b.WriteByte('\n')
	for _, e := range m.events {
		fmt.Fprintln(&b, e)
	}
	b.WriteString(term.Paint(term.Faint, fmt.Sprintf("sorted by %s, every %s   s: sort by the next   q: quit", m.Sort, m.Interval)))
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = ansi.Truncate(lines[i], m.width, "…")
	}
	return strings.Join(lines, "\n")
}

// collector says what the collector has done in the window.
func (m *screen) collector() string {
	first, last := &m.snapshots[0], m.last()
	over := last.Time.Sub(first.Time).Round(time.Second)
	if share, ok := m.gcShare(); ok {
		return fmt.Sprintf("gc %.2f%% of the processors' time over %s, %d collections", 100*share, over, last.Runtime.GCCycles-first.Runtime.GCCycles)
	}
	return fmt.Sprintf("gc: no collection ended within %s", over)
}

func (m *screen) heapSeries() []float64 {
	values := make([]float64, len(m.snapshots))
	for i := range m.snapshots {
		values[i] = float64(m.snapshots[i].Runtime.HeapBytes)
	}
	return values
}

func (m *screen) writeMaps(b *strings.Builder, s *mapstat.Snapshot, room int) {
	maps, err := ranking.By(s, m.Sort)
	if err != nil {
		fmt.Fprintln(b, err)
		return
	}
	n := max(1, room)
	if m.N > 0 {
		n = min(n, m.N)
	}
	hidden := max(0, len(maps)-n)
	maps = maps[:len(maps)-hidden]
	t := table.Table{
		Header: []string{"map", "entries", "", "history", "bytes", "", "history", "wasted", "load", "tombstones", "probe", "health"},
		Left:   []bool{true, false, true, true, false, true, true, false, false, false, false, true},
	}
	before := m.before()
	for i := range maps {
		t.Rows = append(t.Rows, m.row(&maps[i], before))
	}
	if m.width < wide {
		narrow(&t)
	}
	// Building a string does not fail.
	_ = t.Write(b, m.width)
	if hidden > 0 {
		fmt.Fprintf(b, "... and %d more\n", hidden)
	}
}

// wide is the number of columns from which all figures are shown.
const wide = 125

// narrow leaves out of a table what one can do without first: the history of entries, and what the
// health sums up.
func narrow(t *table.Table) {
	keep := []int{0, 1, 2, 4, 5, 6, 11}
	header, left := t.Header, t.Left
	t.Header, t.Left = nil, nil
	for _, i := range keep {
		t.Header, t.Left = append(t.Header, header[i]), append(t.Left, left[i])
	}
	for r, row := range t.Rows {
		t.Rows[r] = nil
		for _, i := range keep {
			t.Rows[r] = append(t.Rows[r], row[i])
		}
	}
}

// row shows a map with what has changed since the snapshot before, which may be nil.
func (m *screen) row(r *mapstat.MapReport, before *mapstat.Snapshot) []table.Cell {
	full := ranking.Row(r) // name, entries, slots, load, tombstones, probe, bytes, wasted, health
	var entries, bytes string
	if before != nil {
		if was := find(before, r.Name); was != nil {
			entries = change(r.Stat.Len-was.Stat.Len, strconv.Itoa)
			bytes = change(int(r.Stat.Bytes)-int(was.Stat.Bytes), func(n int) string { return mapstat.Bytes(uint64(n)) })
		}
	}
	const width = 10
	return []table.Cell{
		full[0],
		full[1], {Text: entries}, {Text: sparkline(m.series(r.Name, func(r *mapstat.MapReport) float64 { return float64(r.Stat.Len) }), width)},
		full[6], {Text: bytes}, {Text: sparkline(m.series(r.Name, func(r *mapstat.MapReport) float64 { return float64(r.Stat.Bytes) }), width)},
		full[7], full[3], full[4], full[5], full[8],
	}
}

func change(n int, format func(int) string) string {
	switch {
	case n > 0:
		return "+" + format(n)
	case n < 0:
		return "-" + format(-n)
	}
	return ""
}
