package mapstat

import "fmt"

// Health says whether a map wants attention.
type Health string

const (
	Fine    Health = "fine"    // nothing to do
	Notice  Health = "notice"  // worth knowing
	Warning Health = "warning" // worth changing
	Unknown Health = "unknown" // could not be read
)

// A Pattern is what several figures of a map say together.
type Pattern string

const (
	Small        Pattern = "small"           // up to eight entries in one group: nothing can be wrong
	Healthy      Pattern = "healthy"         // none of the below
	OverSized    Pattern = "over-sized"      // made for far more entries than it has ever had
	Drained      Pattern = "drained"         // had far more entries, and kept their room
	Tombstones   Pattern = "tombstone-laden" // deleted entries take room and make lookups longer
	GenericChurn Pattern = "generic-key churn"
	Indirect     Pattern = "indirect entries" // keys or values of more than 128 bytes: one allocation each
	NaNKeys      Pattern = "NaN keys"         // entries that no lookup finds
	LongProbes   Pattern = "long probes"      // lookups go farther than the load explains
)

// A Reason is one thing that a [Verdict] rests on.
type Reason struct {
	Pattern Pattern `json:"pattern"`
	Health  Health  `json:"health"`
	Metric  string  `json:"metric"` // name of the figure that passes its limit
	Value   float64 `json:"value"`
	Limit   float64 `json:"limit"`
	Text    string  `json:"text"`   // what is the matter, in a sentence
	Advice  string  `json:"advice"` // what can be done about it
	Source  string  `json:"source"` // what the limit was taken from
}

// A Verdict is what a map's figures come to.
type Verdict struct {
	Health  Health   `json:"health"`  // the worst of the reasons'
	Pattern Pattern  `json:"pattern"` // of the worst reason
	Reasons []Reason `json:"reasons,omitempty"`
}

// Thresholds are the limits by which a [Verdict] is given.
type Thresholds struct {
	// A map is sparse if a rebuild gives back at least RebuildBytes and divides the
	// bytes by at least RebuildRatio. One that grew by itself is at 2 or less, of the sizes in question at 1.2.
	RebuildBytes uint64  `json:"rebuildBytes"`
	RebuildRatio float64 `json:"rebuildRatio"`
	// WarnBytes is the gain from which a sparse map is a warning.
	WarnBytes uint64 `json:"warnBytes"`

	// TombstoneRatio is the share of slots with tombstones, in Swiss maps of at least
	// TombstoneSlots slots whose entries do not come and go all the time.
	TombstoneRatio float64 `json:"tombstoneRatio"`
	TombstoneSlots int     `json:"tombstoneSlots"`

	// ProbeExcess is by how many groups the mean may exceed the expected one.
	ProbeExcess float64 `json:"probeExcess"`

	// IndirectEntries is the number of entries from which their allocations are worth a
	// word.
	IndirectEntries int `json:"indirectEntries"`
}

// DefaultThresholds returns the limits in use where nothing else is said. Where each comes
// from stands with the [Reason] that it leads to.
func DefaultThresholds() Thresholds {
	return Thresholds{
		RebuildBytes:    64 << 10,
		RebuildRatio:    3,
		WarnBytes:       1 << 20,
		TombstoneRatio:  1.0 / 4,
		TombstoneSlots:  128,
		ProbeExcess:     0.5,
		IndirectEntries: 1000,
	}
}

// Judge returns the verdict on a map. The window, of all samples so far, tells what one reading
// cannot: how many entries there were before; it may be zero.
func (t Thresholds) Judge(s Stat, w Window) Verdict { return t.JudgeRecent(s, w, w) }

// JudgeRecent is [Thresholds.Judge] with the window of the last samples besides: a map that is filled and
// emptied in turns of late is not drained when it is empty.
func (t Thresholds) JudgeRecent(s Stat, total, recent Window) Verdict {
	if s.Layout == "unknown" || s.Layout == "" {
		return Verdict{Health: Unknown}
	}
	v := Verdict{Health: Fine, Pattern: Healthy}
	add := func(reason Reason, ok bool) {
		if !ok {
			return
		}
		if v.Health == Fine || v.Health == Notice && reason.Health == Warning {
			v.Health, v.Pattern = reason.Health, reason.Pattern
		}
		v.Reasons = append(v.Reasons, reason)
	}
	add(t.unreachable(&s))
	sparse, isSparse := t.sparse(&s, &total, &recent)
	add(sparse, isSparse)
	if !isSparse { // otherwise the same advice does for both
		add(t.tombstones(&s, &recent))
	}
	add(t.probes(&s))
	add(t.indirect(&s))
	if len(v.Reasons) == 0 && s.Groups <= 1 {
		v.Pattern = Small
	}
	return v
}

func (t Thresholds) unreachable(s *Stat) (Reason, bool) {
	if s.Unreachable == 0 {
		return Reason{}, false
	}
	return Reason{
		Pattern: NaNKeys, Health: Warning,
		Metric: "unreachable", Value: float64(s.Unreachable),
		Text:   fmt.Sprintf("NaN is in the key of %s: no lookup and no delete finds it, and each insert adds one more", entries(int(s.Unreachable))),
		Advice: "Keep NaN out of the keys, or use math.Float64bits of the float as key.",
		Source: "the language: NaN != NaN",
	}, true
}

// sparse judges maps that hold far more than they need. Which pattern it is
// depends on what else is known of their past.
func (t Thresholds) sparse(s *Stat, w, recent *Window) (Reason, bool) {
	gain := s.RebuildGain()
	ratio := float64(s.Bytes) / float64(max(s.RebuiltBytes, 1))
	if gain < t.RebuildBytes || ratio < t.RebuildRatio {
		return Reason{}, false
	}
	room := float64(s.Slots) * s.LoadLimit
	if s.Layout == "classic" {
		room = float64(s.Groups) * s.LoadLimit
	}
	switch {
	case s.Old > 0: // a classic map that grows has the old buckets and the new ones for a while
		return Reason{}, false
	case float64(recent.Rebound)*t.RebuildRatio >= room:
		return Reason{}, false // it goes up and down, and needs room for what it goes up to
	}
	r := Reason{
		Health: Notice, Metric: "rebuild_gain", Value: float64(gain), Limit: float64(t.RebuildBytes),
		Source: "a map that grew entry by entry takes up to 2 times what one made for its size takes, 1.2 times from 64 KiB on (TestGrowing); maps never shrink",
	}
	if gain >= t.WarnBytes {
		r.Health, r.Limit = Warning, float64(t.WarnBytes)
	}
	holds := fmt.Sprintf("holds %s for %s, %s would do", Bytes(s.Bytes), entries(s.Len), Bytes(s.RebuiltBytes))
	switch {
	case s.Tombstones > 0 && w.steady() && w.Changes > 0 && s.Layout != "classic":
		r.Pattern = GenericChurn
		r.Text = fmt.Sprintf("%s: entries come and go at a steady number, of %s at most, and the runtime grows the map rather than reuse all slots of deleted entries", holds, entries(w.MaxLen))
		r.Advice = "Copy the map into a new one from time to time."
		if s.GenericKeys {
			r.Text += ", as it does for keys that are no integers of 4 or 8 bytes and no strings"
			r.Advice = "Use an integer or string key if one identifies the entry, or copy the map into a new one from time to time."
		}
		r.Source = "Go 1.26: under steady churn maps with int64 and string keys stay at about 2 times the bytes of a rebuilt one, with [2]int64 and interface keys they reach 4 times (TestChurn)"
	case w.MaxLen > 2*s.Len && float64(w.MaxLen) >= room/4:
		r.Pattern = Drained
		r.Text = fmt.Sprintf("%s: it had %s, and a map keeps the room of its largest size", holds, entries(w.MaxLen))
		r.Advice = "Copy what is left into a new map after the peak: n := make(map[K]V, len(m)); maps.Copy(n, m); m = n."
	case s.Cleared > 1:
		// It is filled again and again, if only between two samples, and the room
		// that clear leaves is what it is cleared for.
		return Reason{}, false
	case s.Tombstones > 0 || s.Cleared > 0:
		r.Pattern = Drained
		past := "it has had many more entries, or they came and went"
		if s.Cleared > 0 {
			past = "it was cleared"
		}
		r.Text = fmt.Sprintf("%s: %s, and a map keeps the room of its largest size", holds, past)
		r.Advice = "Copy what is left into a new map after the peak: n := make(map[K]V, len(m)); maps.Copy(n, m); m = n. Where clear is called to fill the map again to the same size, all is well."
	default:
		r.Pattern = OverSized
		r.Text = fmt.Sprintf("%s: nothing shows that it was ever fuller", holds)
		r.Advice = "Make it with a hint nearer to the number of entries, or with none."
		r.Source = "a hint ten times too large costs 1.0 to 3.6 times of no hint at all (Go 1.26)"
	}
	return r, true
}

// steady reports whether the entries of the window's map come and go at about the same number, as
// far as is known.
func (w *Window) steady() bool {
	return w.Samples > 0 && w.MaxLen <= 2*w.MinSinceMax && (w.Samples == 1 || w.Changes > 0)
}

// tombstones judges what deleting has left behind. Where entries come and go, the runtime keeps
// the balance: up to half of the slots are tombstones in turns, and a rebuilt map
// would soon be there again. In a classic map the next insert takes the place.
func (t Thresholds) tombstones(s *Stat, recent *Window) (Reason, bool) {
	ratio := s.TombstoneRatio()
	if s.Layout == "classic" || s.Slots < t.TombstoneSlots || ratio < t.TombstoneRatio || recent.steady() {
		return Reason{}, false
	}
	return Reason{
		Pattern: Tombstones, Health: Notice,
		Metric: "tombstone_ratio", Value: ratio, Limit: t.TombstoneRatio,
		Text:   fmt.Sprintf("%.0f%% of the slots are taken by deleted entries: lookups of what is not there pass over them, and the map grows as if they were entries", 100*ratio),
		Advice: "Copy the map into a new one after deleting many entries: n := make(map[K]V, len(m)); maps.Copy(n, m); m = n. maps.Clone keeps the tombstones since Go 1.25.",
		Source: "Go 1.26, amd64: lookups of what is not there take 7% longer at a share of 1/8 and 20% at 1/4, others nothing (BenchmarkTombstones)",
	}, true
}

func (t Thresholds) probes(s *Stat) (Reason, bool) {
	excess := s.MeanProbe - s.ExpectedProbe
	if s.Probed == 0 || excess < t.ProbeExcess || excess < 3*s.ProbeError {
		return Reason{}, false
	}
	return Reason{
		Pattern: LongProbes, Health: Notice,
		Metric: "mean_probe", Value: s.MeanProbe, Limit: s.ExpectedProbe + t.ProbeExcess,
		Text:   fmt.Sprintf("a lookup visits %.2f groups on average, where %.2f are to be expected in a map as full as this", s.MeanProbe, s.ExpectedProbe),
		Advice: "Copy the map into a new one: what is left came in when the map was full, and was put far from its place.",
		Source: "Go 1.26: the mean is 0.6 above the expected one when the oldest three quarters of a full table are deleted, 1.0 when nine tenths are; steady churn adds at most 0.25",
	}, true
}

func (t Thresholds) indirect(s *Stat) (Reason, bool) {
	if !s.IndirectKeys && !s.IndirectValues || s.Len < t.IndirectEntries {
		return Reason{}, false
	}
	what, advice := "values", "With pointers of the program's own in their place, an update or a range copies no value; or keep the values in a slice and their index in the map."
	if s.IndirectKeys {
		what, advice = "keys", "Use a shorter key that identifies the entry, such as a number or a hash."
		if s.IndirectValues {
			what = "keys and values"
		}
	}
	return Reason{
		Pattern: Indirect, Health: Notice,
		Metric: "len", Value: float64(s.Len), Limit: float64(t.IndirectEntries),
		Text:   fmt.Sprintf("%s have more than 128 bytes and are stored behind pointers: each insert allocates, and the map consists of %d objects", what, s.Objects),
		Advice: advice,
		Source: "internal/abi: keys and values of up to 128 bytes are stored in the map itself; Go 1.26, 10 000 values of 256 bytes: an update takes 49 ns, 10 with pointers to them, a range 41 and 14 ns an entry",
	}, true
}

// entries writes a number of entries.
func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// Bytes writes a number of bytes as people read it: "36.6 KiB".
func Bytes(n uint64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, i := float64(n)/unit, 0
	for value >= 1000 && i < 4 {
		value /= unit
		i++
	}
	return fmt.Sprintf("%.3g %ciB", value, "KMGTP"[i])
}
