package mapstat

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"time"
)

// SnapshotVersion is the version of the form of a [Snapshot] in JSON. It changes where a
// reader of the old one would misunderstand the new one.
const SnapshotVersion = 1

// A Snapshot tells of all maps of a registry at about the same time.
type Snapshot struct {
	Version int          `json:"version"`
	Time    time.Time    `json:"time"`
	Program Program      `json:"program"`
	Runtime Runtime      `json:"runtime"`
	Sampler Sampler      `json:"sampler"`
	Metrics []MetricInfo `json:"metrics"` // those that Values of the maps are of
	Maps    []MapReport  `json:"maps"`    // by name
}

// A Program is where the maps are.
type Program struct {
	Name      string    `json:"name"`
	PID       int       `json:"pid"`
	GoVersion string    `json:"goVersion"`
	Platform  string    `json:"platform"` // such as "linux/amd64"
	Layout    string    `json:"layout"`   // of its maps, see [Layout]
	Started   time.Time `json:"started"`  // when the package was initialised
}

// Runtime is what package runtime/metrics tells of the heap and the collector.
type Runtime struct {
	HeapBytes   uint64  `json:"heapBytes"`   // objects, live or not yet swept
	HeapGoal    uint64  `json:"heapGoal"`    // at which the next collection ends
	MemoryLimit uint64  `json:"memoryLimit"` // GOMEMLIMIT; 0 if there is none
	GCCPU       float64 `json:"gcCPU"`       // seconds, since the start, as of the last collection
	CPU         float64 `json:"cpu"`         // seconds that were to be had, idle or not, likewise
	GCCycles    uint64  `json:"gcCycles"`
}

// A Sampler is what watching the maps has cost.
type Sampler struct {
	Samples int64   `json:"samples"`
	Torn    int64   `json:"torn"`    // given up, as the map was written; maps without a lock only
	Locked  int64   `json:"locked"`  // given up, as the lock was not to be had
	Seconds float64 `json:"seconds"` // in all
}

// A MetricInfo is what a [Metric] says of itself.
type MetricInfo struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Help string `json:"help"`
}

// A MapReport tells of one map.
type MapReport struct {
	Name    string    `json:"name"`
	Time    time.Time `json:"time"`            // when it was read
	Error   string    `json:"error,omitempty"` // why it could not be; Stat is then that of the last time it could
	Stat    Stat      `json:"stat"`
	Total   Window    `json:"total"`  // all samples
	Recent  Window    `json:"recent"` // those of the last 10 to 20 minutes
	Verdict Verdict   `json:"verdict"`

	Values map[string]float64 `json:"values"` // by the name of the metric

	// MetricErrors names the metrics that failed, with what they failed of.
	MetricErrors map[string]string `json:"metricErrors,omitempty"`
}

// Snapshot reads all maps of the registry, each within the time of a sample; if full is
// set, each entry of each map is looked up, which holds the lock of a map for as long as [Read]
// takes.
func (r *Registry) Snapshot(full bool) Snapshot {
	start := time.Now()
	s := Snapshot{
		Version: SnapshotVersion,
		Time:    start,
		Program: Program{
			Name: filepath.Base(os.Args[0]), PID: os.Getpid(),
			GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			Layout: Layout(), Started: started,
		},
		Maps: []MapReport{},
	}
	maps := r.tracked()
	r.mu.Lock()
	defined := r.metrics
	r.mu.Unlock()
	for _, m := range defined {
		s.Metrics = append(s.Metrics, MetricInfo{m.Name, m.Unit, m.Help})
	}
	for _, t := range maps {
		_, err := t.sample(full)
		r.count(err)
		if err == errCollected {
			continue
		}
		s.Maps = append(s.Maps, t.report(defined, r.thresholds))
	}
	slices.SortFunc(s.Maps, func(a, b MapReport) int { return strings.Compare(a.Name, b.Name) })
	r.spent.Add(int64(time.Since(start)))
	s.Sampler = Sampler{r.samples.Load(), r.torn.Load(), r.locked.Load(), time.Duration(r.spent.Load()).Seconds()}
	s.Runtime = readRuntime()
	return s
}

// started is near enough to the start of the program.
var started = time.Now()

// report tells of a map as its last sample found it.
func (t *Tracked) report(defined []Metric, limits Thresholds) MapReport {
	t.mu.Lock()
	m := MapReport{Name: t.name, Time: t.at, Stat: t.last, Total: t.total, Recent: t.recent[1].merge(t.recent[0])}
	err := t.err
	t.mu.Unlock()
	if m.Total.Samples == 0 {
		m.Stat.Type, m.Stat.Layout = t.typ.String(), Layout()
	}
	m.Values = make(map[string]float64, len(defined))
	if err != nil {
		m.Error = err.Error()
		if m.Total.Samples == 0 {
			m.Verdict = Verdict{Health: Unknown}
			return m
		}
	}
	m.Verdict = limits.JudgeRecent(m.Stat, m.Total, m.Recent)
	for _, metric := range defined {
		value, ok, err := metric.eval(m.Stat)
		switch {
		case err != nil:
			if m.MetricErrors == nil {
				m.MetricErrors = make(map[string]string)
			}
			m.MetricErrors[metric.Name] = err.Error()
		case ok:
			m.Values[metric.Name] = value
		}
	}
	return m
}

// readRuntime asks package runtime/metrics. What a version of Go does not know
// stays 0.
func readRuntime() Runtime {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/goal:bytes"},
		{Name: "/gc/gomemlimit:bytes"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/total:cpu-seconds"},
		{Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(samples)
	integer := func(i int) uint64 {
		if samples[i].Value.Kind() != metrics.KindUint64 {
			return 0
		}
		return samples[i].Value.Uint64()
	}
	float := func(i int) float64 {
		if samples[i].Value.Kind() != metrics.KindFloat64 {
			return 0
		}
		return samples[i].Value.Float64()
	}
	r := Runtime{HeapBytes: integer(0), HeapGoal: integer(1), MemoryLimit: integer(2), GCCPU: float(3), CPU: float(4), GCCycles: integer(5)}
	if r.MemoryLimit == 1<<63-1 { // math.MaxInt64 stands for none
		r.MemoryLimit = 0
	}
	return r
}
