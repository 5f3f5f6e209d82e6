package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/mapdiag/mapdiag/mapstat"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// swiss returns the figures of a Swiss map of entries of 24 bytes.
func swiss(entries, slots, tombstones int) mapstat.Stat {
	s := mapstat.Stat{
		Type: "map[string]int", Layout: "swiss", Len: entries, Slots: slots, Groups: slots / 8, Tables: (slots + 1023) / 1024, Tombstones: tombstones,
		GrowthLeft: max(slots*7/8-entries-tombstones, 0), LoadLimit: 7.0 / 8, MeanProbe: 1.04, MaxProbe: 3, ExpectedProbe: 1.03,
		Probed: uint64(entries), Bytes: uint64(slots)*25 + 48, LiveBytes: uint64(entries) * 24, Objects: uint64(2 + 2*((slots+1023)/1024)), Scanned: true,
	}
	s.RebuiltSlots = 8
	for s.RebuiltSlots*7/8 < entries {
		s.RebuiltSlots *= 2
	}
	s.RebuiltBytes = uint64(s.RebuiltSlots)*25 + 48
	s.Load = float64(entries) / float64(max(slots, 1))
	s.Probes = [mapstat.ProbeLengths]uint64{uint64(entries - entries/25 - entries/100), uint64(entries / 25), uint64(entries / 100)}
	if slots <= 8 {
		s.Tables, s.LoadLimit = 0, 1
	}
	return s
}

func seen(least, most, samples, changes int, s mapstat.Stat) mapstat.Window {
	return mapstat.Window{Start: noon.Add(-time.Hour), Samples: samples, MinLen: least, MaxLen: most, MaxSlots: s.Slots, MaxBytes: s.Bytes, Changes: changes, Growths: changes / 3, Rebound: least * (changes % 2), Churn: uint64(changes * 10)}
}

// verdicts are fixed, so that what mapstat says some day changes no golden.
var verdicts = map[mapstat.Pattern]mapstat.Reason{
	mapstat.OverSized: {
		Health: mapstat.Warning, Metric: "rebuild_gain", Limit: 1 << 20,
		Text:   "holds 6.25 MiB for 900 entries, 50 KiB would do: nothing shows that it was ever fuller",
		Advice: "Make it with a hint nearer to the number of entries, or with none.",
		Source: "a hint ten times too large costs 1.0 to 3.6 times of no hint at all (Go 1.26)",
	},
	mapstat.Drained: {
		Health: mapstat.Warning, Metric: "rebuild_gain", Limit: 1 << 20,
		Text:   "holds 6.25 MiB for 1000 entries, 50 KiB would do: it had 180000 entries, and a map keeps the room of its largest size",
		Advice: "Copy what is left into a new map after the peak: n := make(map[K]V, len(m)); maps.Copy(n, m); m = n.",
		Source: "a map that grew entry by entry takes up to 2 times what one made for its size takes; maps never shrink",
	},
	mapstat.GenericChurn: {
		Health: mapstat.Notice, Metric: "rebuild_gain", Limit: 64 << 10,
		Text:   "holds 400 KiB for 700 entries, 25 KiB would do: entries come and go at a steady number, and the runtime grows the map rather than reuse all slots of deleted entries",
		Advice: "Use an integer or string key if one identifies the entry, or copy the map into a new one from time to time.",
		Source: "Go 1.26: under steady churn maps with [2]int64 keys reach 4 times the bytes of a rebuilt one",
	},
	mapstat.Tombstones: {
		Health: mapstat.Notice, Metric: "tombstone_ratio", Limit: 0.25,
		Text:   "31% of the slots are taken by deleted entries: lookups of what is not there pass over them",
		Advice: "Copy the map into a new one after deleting many entries.",
		Source: "lookups of what is not there take 20% longer at a share of 1/4",
	},
	mapstat.LongProbes: {
		Health: mapstat.Notice, Metric: "mean_probe", Limit: 1.55,
		Text:   "a lookup visits 2.50 groups on average, where 1.05 are to be expected in a map as full as this",
		Advice: "Copy the map into a new one.",
		Source: "steady churn adds at most 0.25",
	},
	mapstat.Indirect: {
		Health: mapstat.Notice, Metric: "len", Limit: 1000,
		Text:   "values have more than 128 bytes and are stored behind pointers: each insert allocates, and the map consists of 3010 objects",
		Advice: "Store pointers that the program owns, or an index into a slice.",
		Source: "internal/abi: keys and values of up to 128 bytes are stored in the map itself",
	},
	mapstat.NaNKeys: {
		Health: mapstat.Warning, Metric: "unreachable",
		Text:   "NaN is in the key of 12 entries: no lookup and no delete finds it, and each insert adds one more",
		Advice: "Keep NaN out of the keys, or use math.Float64bits of the float as key.",
		Source: "the language: NaN != NaN",
	},
}

// metrics are those that mapstat has built in, by their names and units.
var metrics = []struct {
	mapstat.MetricInfo
	of func(s *mapstat.Stat) float64
}{
	{mapstat.MetricInfo{Name: "capacity_ratio", Unit: "ratio", Help: "Bytes of entries divided by bytes allocated."}, func(s *mapstat.Stat) float64 { return float64(s.LiveBytes) / float64(max(s.Bytes, 1)) }},
	{mapstat.MetricInfo{Name: "load_factor", Unit: "ratio", Help: "Entries divided by slots."}, func(s *mapstat.Stat) float64 { return s.Load }},
	{mapstat.MetricInfo{Name: "tombstone_ratio", Unit: "ratio", Help: "Tombstones divided by slots."}, func(s *mapstat.Stat) float64 { return s.TombstoneRatio() }},
	{mapstat.MetricInfo{Name: "mean_probe", Unit: "groups", Help: "Groups that a lookup visits on average."}, func(s *mapstat.Stat) float64 { return s.MeanProbe }},
	{mapstat.MetricInfo{Name: "max_probe", Unit: "groups", Help: "Most groups that a lookup visits."}, func(s *mapstat.Stat) float64 { return float64(s.MaxProbe) }},
	{mapstat.MetricInfo{Name: "wasted_bytes", Unit: "bytes", Help: "Bytes allocated that are not entries."}, func(s *mapstat.Stat) float64 { return float64(s.WastedBytes()) }},
	{mapstat.MetricInfo{Name: "rebuild_gain", Unit: "bytes", Help: "Bytes given back by a rebuild."}, func(s *mapstat.Stat) float64 { return float64(s.RebuildGain()) }},
	{mapstat.MetricInfo{Name: "rebuild_speedup", Unit: "times", Help: "How many times as fast a range is after it."}, func(s *mapstat.Stat) float64 { return float64(s.Slots) / float64(max(s.RebuiltSlots, 1)) }},
}

func report(name string, p mapstat.Pattern, s mapstat.Stat, w mapstat.Window) mapstat.MapReport {
	m := mapstat.MapReport{
		Name: name, Time: noon, Stat: s, Total: w, Recent: w, Values: make(map[string]float64),
		Verdict: mapstat.Verdict{Health: mapstat.Fine, Pattern: p},
	}
	for _, metric := range metrics {
		if s.Slots > 0 {
			m.Values[metric.Name] = metric.of(&s)
		}
	}
	if r, ok := verdicts[p]; ok {
		r.Pattern = p
		r.Value = m.Values[r.Metric]
		switch p {
		case mapstat.NaNKeys:
			r.Value = float64(s.Unreachable)
		case mapstat.Indirect:
			r.Value = float64(s.Len)
		}
		m.Verdict = mapstat.Verdict{Health: r.Health, Pattern: p, Reasons: []mapstat.Reason{r}}
	}
	return m
}

func snapshot(maps ...mapstat.MapReport) mapstat.Snapshot {
	s := mapstat.Snapshot{
		Version: mapstat.SnapshotVersion, Time: noon, Maps: maps,
		Program: mapstat.Program{Name: "orders", PID: 4711, GoVersion: "go1.26.8", Platform: "linux/amd64", Layout: "swiss", Started: noon.Add(-time.Hour)},
		Runtime: mapstat.Runtime{HeapBytes: 150 << 20, HeapGoal: 290 << 20, MemoryLimit: 512 << 20, GCCPU: 12.5, CPU: 900, GCCycles: 1234},
		Sampler: mapstat.Sampler{Samples: 3600, Torn: 2, Seconds: 1.5},
	}
	for _, m := range metrics {
		s.Metrics = append(s.Metrics, m.MetricInfo)
	}
	return s
}

// patterns are a map of each pattern, and such as could not be read.
func patterns() []mapstat.MapReport {
	healthy := swiss(45000, 65536, 0)
	small := swiss(3, 8, 0)
	over := swiss(900, 262144, 0)
	drained := swiss(1000, 262144, 9000)
	tombs := swiss(20000, 65536, 20000)
	probes := swiss(1100, 2048, 100)
	probes.MeanProbe, probes.MaxProbe, probes.ExpectedProbe, probes.ProbeError = 2.5, 18, 1.05, 0.04
	probes.Probes = [mapstat.ProbeLengths]uint64{400, 300, 200, 100, 50, 20, 10, 0, 0, 0, 0, 0, 0, 0, 0, 20}
	generic := swiss(700, 16384, 900)
	generic.GenericKeys, generic.Type = true, "map[[2]int64]int"
	indirect := swiss(3000, 4096, 0)
	indirect.IndirectValues, indirect.Objects, indirect.LiveBytes, indirect.Type = true, 3010, 3000*216, "map[string]image.Thumbnail"
	indirect.Bytes = indirect.LiveBytes + 4096*25
	indirect.RebuiltBytes, indirect.RebuiltSlots = indirect.Bytes, 4096
	nan := swiss(40, 64, 0)
	nan.Unreachable, nan.Type = 12, "map[float64]int"
	classic := swiss(6000, 8192, 0)
	classic.Layout, classic.Groups, classic.Tables, classic.Overflow, classic.Old = "classic", 1024, 0, 60, 512
	classic.Load, classic.LoadLimit = 6000.0/1024, 6.5
	empty := mapstat.Stat{Type: "map[int]int", Layout: "swiss", LoadLimit: 1}

	unknown := mapstat.MapReport{
		Name: "plugin.cache", Time: noon, Error: "mapstat: unknown layout of maps in go1.31 on riscv64", Values: map[string]float64{},
		Stat: mapstat.Stat{Type: "map[string]any", Layout: "unknown", Len: 17}, Verdict: mapstat.Verdict{Health: mapstat.Unknown},
	}
	neverRead := mapstat.MapReport{
		Name: "hot.counters", Time: noon, Error: "mapstat: the map was written while it was read", Values: map[string]float64{},
		Stat: mapstat.Stat{Type: "map[string]uint64", Layout: "swiss"}, Verdict: mapstat.Verdict{Health: mapstat.Unknown},
	}
	torn := report("hot.requests", mapstat.Healthy, swiss(5000, 8192, 100), seen(4000, 5000, 60, 40, swiss(5000, 8192, 100)))
	torn.Error = "mapstat: the map was written while it was read"

	return []mapstat.MapReport{
		report("catalogue", mapstat.Healthy, healthy, seen(44000, 45000, 60, 3, healthy)),
		report("config", mapstat.Small, small, seen(3, 3, 60, 0, small)),
		report("planner.steps", mapstat.OverSized, over, seen(900, 900, 60, 0, over)),
		report("http.sessions", mapstat.Drained, drained, seen(1000, 180000, 3600, 900, drained)),
		report("crawler.queue", mapstat.Tombstones, tombs, seen(20000, 40000, 60, 50, tombs)),
		report("index.terms", mapstat.LongProbes, probes, seen(1000, 1100, 60, 9, probes)),
		report("graph.edges", mapstat.GenericChurn, generic, seen(690, 710, 60, 60, generic)),
		report("thumbnails", mapstat.Indirect, indirect, seen(2900, 3000, 60, 9, indirect)),
		report("stats.byRatio", mapstat.NaNKeys, nan, seen(30, 40, 60, 10, nan)),
		report("legacy", mapstat.Healthy, classic, seen(5900, 6000, 60, 10, classic)),
		report("empty", mapstat.Small, empty, mapstat.Window{Start: noon, Samples: 1}),
		unknown, neverRead, torn,
	}
}

const hostile = "a|b`c``d\n| e | <script>alert(1)</script> <img src=x onerror=alert(2)> &amp; \"'> @someone #12 http://example.com [x](javascript:alert(3)) \u202egnp.exe\x00\x1b[31m \xff ]]> --> </title></style></svg>"

// cases are the snapshots of the goldens, by their names.
func cases() map[string][]mapstat.Snapshot {
	fine := snapshot(patterns()[0], patterns()[1])

	plugin := snapshot(patterns()[3], patterns()[0], patterns()[1])
	plugin.Metrics = append(plugin.Metrics,
		mapstat.MetricInfo{Name: "eur_per_month", Unit: "€/month | <b>", Help: "What the memory of the map costs, at 4 € for each GiB."},
		mapstat.MetricInfo{Name: "age", Unit: "seconds", Help: "Time since the oldest entry."},
		mapstat.MetricInfo{Name: "balance", Help: "Entries more than the other replica has."})
	for i := range plugin.Maps {
		plugin.Maps[i].Values["eur_per_month"] = 0.0234 * float64(i+1)
		plugin.Maps[i].Values["age"] = 4711.25
		plugin.Maps[i].Values["balance"] = float64(40 - 50*i)
		plugin.Maps[i].Values["of_nobody"] = 1e-9
	}
	delete(plugin.Maps[2].Values, "age")
	plugin.Maps[2].MetricErrors = map[string]string{"age": "metric age panicked: index out of range [0] | <b>"}

	bad := report(hostile, mapstat.OverSized, swiss(1000, 262144, 0), mapstat.Window{})
	bad.Stat.Type = hostile
	bad.Verdict.Reasons[0].Text, bad.Verdict.Reasons[0].Advice, bad.Verdict.Reasons[0].Source, bad.Verdict.Reasons[0].Metric = hostile, hostile, hostile, hostile
	bad.Values[hostile] = 3
	bad.MetricErrors = map[string]string{"failing": hostile}
	long := report(strings.Repeat("very.long.", 300)+"end", mapstat.Healthy, swiss(10, 16, 0), mapstat.Window{})
	nameless := report("", mapstat.Healthy, swiss(10, 16, 0), mapstat.Window{})
	odd := report("odd", mapstat.Drained, mapstat.Stat{Layout: "swiss", Type: "map[int]int", Len: -5, Slots: -8, Tombstones: 1 << 40, Bytes: 1<<64 - 1, LiveBytes: 1<<64 - 1, Load: -1e300, MeanProbe: 1e300, Probed: 1<<64 - 1, Probes: [mapstat.ProbeLengths]uint64{1<<64 - 1, 1<<64 - 1}, MaxProbe: -1, Objects: 1<<64 - 1}, mapstat.Window{Samples: -3, MaxLen: -1, Churn: 1<<64 - 1})
	second := verdicts[mapstat.LongProbes]
	second.Pattern, second.Value = mapstat.LongProbes, 1e300
	odd.Verdict.Reasons = append(odd.Verdict.Reasons, second)
	evil := snapshot(bad, long, nameless, odd)
	evil.Program.Name = hostile
	evil.Program.GoVersion = hostile
	evil.Metrics = append(evil.Metrics, mapstat.MetricInfo{Name: hostile, Unit: hostile, Help: hostile})

	return map[string][]mapstat.Snapshot{
		"patterns": {snapshot(patterns()...)},
		"fine":     {fine},
		"plugin":   {plugin},
		"hostile":  {evil},
		"nomaps":   {snapshot()},
		"none":     nil,
		"series":   overTime(),
		"many":     {many(1000)},
	}
}

// overTime is a process whose sessions pile up and leave, after one before its restart.
func overTime() []mapstat.Snapshot {
	before := snapshot(patterns()[0])
	before.Program.Started, before.Time = noon.Add(-24*time.Hour), noon.Add(-2*time.Hour)
	list := []mapstat.Snapshot{before}
	for i := range 40 {
		n := 1000 + 9000*min(i, 20)
		if i > 25 {
			n = 1000
		}
		s := swiss(n, 262144, i*500)
		s.MeanProbe += float64(i) / 100
		snap := snapshot(report("http.sessions", mapstat.Drained, s, seen(1000, 181000, i+1, i, s)), patterns()[0], patterns()[1])
		snap.Time = noon.Add(time.Duration(i-39) * time.Minute)
		snap.Runtime.HeapBytes += uint64(n) * 100
		if i == 30 { // torn that time
			snap.Maps[0].Error = "mapstat: the map was written while it was read"
		}
		list = append(list, snap)
	}
	return list
}

func many(n int) mapstat.Snapshot {
	var maps []mapstat.MapReport
	for i := range n {
		s := swiss(100+i*37%900, 1024<<(i%3), i%7*20)
		p := mapstat.Healthy
		if i%10 == 0 {
			p = mapstat.Drained
		}
		m := report(fmt.Sprintf("shard.%04d", i), p, s, seen(s.Len, s.Len*(1+i%5), 60, i%9, s))
		maps = append(maps, m)
	}
	return snapshot(maps...)
}
