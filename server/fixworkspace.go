package server

import (
	"context"
	"maps"
	"slices"

	"github.com/mapdiag/mapdiag/internal/finding"
	"github.com/mapdiag/mapdiag/server/protocol"
	"github.com/mapdiag/mapdiag/server/session"
	"github.com/mapdiag/mapdiag/server/transport"
)

// fixWorkspace has the client apply all fixes that cannot change what the program
// does, in all files that are reported on. It tells how many there were.
func (s *Server) fixWorkspace([]protocol.LSPAny) (answer, error) {
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if !client.applyEdit {
		return nil, transport.Errorf(transport.CodeInvalidRequest, "mapdiag.fixWorkspace wants a client that applies edits (workspace.applyEdit)")
	}
	snap := s.session.Snapshot()
	return func(ctx context.Context) (any, error) {
		list, err := s.safelyFixable(ctx, snap)
		if err != nil {
			return nil, outdated(err)
		}
		a := &actions{Server: s, client: client, snap: snap, places: s.newPlaces(snap)}
		edit, n := a.together(list, safelyFixed)
		if n == 0 {
			return protocol.Any(map[string]int{"fixes": 0, "files": 0})
		}
		if s.session.Snapshot() != snap {
			return nil, outdated(session.ErrOutdated)
		}
		p := &protocol.ApplyWorkspaceEditParams{Label: new("Apply all safe fixes of mapdiag"), Edit: *edit}
		var result protocol.ApplyWorkspaceEditResult
		if err := s.call(ctx, protocol.MethodApplyEdit, p, &result); err != nil {
			return nil, err
		}
		if !result.Applied {
			reason := "it does not say why"
			if result.FailureReason != nil {
				reason = *result.FailureReason
			}
			return nil, transport.Errorf(transport.CodeRequestFailed, "the editor has not applied the fixes: %s", reason)
		}
		return protocol.Any(map[string]int{"fixes": n, "files": len(edit.Changes) + len(edit.DocumentChanges)})
	}, nil
}

// safelyFixable waits until all has been analysed and returns the findings with safe
// fixes. They are asked for anew: a file that depends on an unsaved one may have been
// looked at before that was edited.
func (s *Server) safelyFixable(ctx context.Context, snap *session.Snapshot) ([]finding.Finding, error) {
	if err := s.session.Wait(ctx, snap); err != nil {
		return nil, err
	}
	s.mu.Lock()
	reports := maps.Clone(s.reports)
	s.mu.Unlock()
	var all []finding.Finding
	for _, name := range slices.Sorted(maps.Keys(reports)) {
		disabled := s.settingsOf(name).Disabled
		wanted := func(f finding.Finding) bool { return len(f.Fixes) > 0 && safelyFixed(f) && !disabled[f.Rule] }
		if !slices.ContainsFunc(reports[name].Findings, wanted) {
			continue
		}
		list, err := s.session.Findings(ctx, snap, name)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			if wanted(f) {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// safelyFixed reports whether the fixes of a finding cannot change what the program
// does.
func safelyFixed(f finding.Finding) bool {
	r := suite.Rule(f.Rule)
	return r != nil && r.SafeFix
}
