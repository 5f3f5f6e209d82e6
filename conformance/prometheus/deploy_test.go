// Package prometheus holds the dashboard and the alerts in deploy against what promstat really
// exports.
package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"

	"github.com/mapdiag/mapdiag/mapstat"
	"github.com/mapdiag/mapdiag/mapstat/promstat"
)

const (
	dashboard = "../../deploy/grafana/maps.json"
	alerts    = "../../deploy/prometheus/alerts.yaml"
)

// exported returns the names of the metrics that promstat exports of a map about which all
// is known, each with its labels.
func exported(t *testing.T) map[string]map[string]bool {
	t.Helper()
	r := mapstat.NewRegistry(mapstat.DefaultThresholds())
	s := r.Snapshot(false)
	s.Runtime.MemoryLimit = 1 << 30
	m := mapstat.MapReport{
		Name: "m", Stat: mapstat.Stat{Layout: "classic", Slots: 8, Probed: 1}, Total: mapstat.Window{Samples: 1, Start: time.Unix(1, 0)},
		Values: map[string]float64{},
	}
	for _, metric := range s.Metrics {
		m.Values[metric.Name] = 1
	}
	s.Maps = append(s.Maps, m)
	registry := prometheus.NewRegistry()
	registry.MustRegister(promstat.NewCollector(func(context.Context) (mapstat.Snapshot, error) { return s, nil }))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]map[string]bool)
	for _, f := range families {
		// Prometheus adds these two to each series that it scrapes.
		names[f.GetName()] = map[string]bool{"job": true, "instance": true}
		for _, l := range f.Metric[0].Label {
			names[f.GetName()][l.GetName()] = true
		}
	}
	if len(names) < 30 {
		t.Fatalf("promstat exports only %d metrics", len(names))
	}
	return names
}

// check parses an expression and looks its metrics and their labels up.
func check(expr string, names map[string]map[string]bool) error {
	tree, err := parser.ParseExpr(expr)
	if err != nil {
		return err
	}
	var problems []error
	selectors := 0
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		v, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		selectors++
		known, ok := names[v.Name]
		if !ok {
			problems = append(problems, errors.New("promstat exports no "+v.Name))
			return nil
		}
		for _, m := range v.LabelMatchers {
			if m.Name != labels.MetricName && !known[m.Name] {
				problems = append(problems, errors.New(v.Name+" has no label "+m.Name))
			}
		}
		return nil
	})
	if selectors == 0 {
		problems = append(problems, errors.New("it asks for no metric"))
	}
	return errors.Join(problems...)
}

func TestDashboard(t *testing.T) {
	names := exported(t)
	data, err := os.ReadFile(dashboard)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Title      string
		Templating struct {
			List []struct{ Name, Type, Definition string }
		}
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ RefID, Expr string }
		}
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	variables := map[string]bool{"__rate_interval": true}
	labelValues := regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
	for _, v := range d.Templating.List {
		variables[v.Name] = true
		if v.Type != "query" {
			continue
		}
		m := labelValues.FindStringSubmatch(v.Definition)
		if m == nil {
			t.Errorf("variable %s: %s is no label_values", v.Name, v.Definition)
		} else if err := check(m[1], names); err != nil {
			t.Errorf("variable %s: %v", v.Name, err)
		} else if metric, _, _ := strings.Cut(m[1], "{"); !names[metric][m[2]] {
			t.Errorf("variable %s: %s has no label %s", v.Name, metric, m[2])
		}
	}
	variable := regexp.MustCompile(`\$(\w+)`)
	ids := make(map[int]bool)
	var taken [200][24]string
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("panel %q has the id of another", p.Title)
		}
		ids[p.ID] = true
		if len(p.Targets) == 0 {
			t.Errorf("panel %q shows nothing", p.Title)
		}
		for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				if other := taken[y][x]; other != "" && other != p.Title {
					t.Fatalf("panel %q lies over %q", p.Title, other)
				}
				taken[y][x] = p.Title
			}
		}
		refs := make(map[string]bool)
		for _, target := range p.Targets {
			if refs[target.RefID] {
				t.Errorf("panel %q has two queries %s", p.Title, target.RefID)
			}
			refs[target.RefID] = true
			for _, m := range variable.FindAllStringSubmatch(target.Expr, -1) {
				if !variables[m[1]] {
					t.Errorf("panel %q: there is no variable %s", p.Title, m[0])
				}
			}
			expr := strings.ReplaceAll(target.Expr, "$__rate_interval", "5m")
			if err := check(variable.ReplaceAllString(expr, "x"), names); err != nil {
				t.Errorf("panel %q: %s: %v", p.Title, target.Expr, err)
			}
		}
	}
	if len(d.Panels) < 5 {
		t.Errorf("the dashboard has only %d panels", len(d.Panels))
	}
}

func TestAlerts(t *testing.T) {
	names := exported(t)
	data, err := os.ReadFile(alerts)
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(data, &rules); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			n++
			if err := check(r.Expr, names); err != nil {
				t.Errorf("%s: %v", r.Alert, err)
			}
		}
	}
	if n == 0 {
		t.Error("no alerts")
	}
}

// TestCheck makes sure that what is wrong is noticed.
func TestCheck(t *testing.T) {
	names := exported(t)
	for _, expr := range []string{"mapstat_map_entrys", "rate(mapstat_up[5m]", `mapstat_up{map="x"}`, "1", "sum(go_goroutines)"} {
		if check(expr, names) == nil {
			t.Errorf("%s is taken", expr)
		}
	}
}

// TestPromtool runs the rules' own tests: which alerts are raised when.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed; it is in Debian's package prometheus")
	}
	for _, args := range [][]string{{"check", "rules", alerts}, {"test", "rules", "../../deploy/prometheus/alerts_test.yaml"}} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}
