package unguarded

import (
	"go/types"
	"strings"
)

// registersService reports whether a function hands a value to a server, which
// calls its methods for several requests at a time: net/rpc's Register, and
// RegisterXServer as protoc-gen-go-grpc writes it.
func registersService(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	if fn.Pkg().Path() == "net/rpc" {
		return fn.Name() == "Register" || fn.Name() == "RegisterName"
	}
	return strings.HasPrefix(fn.Name(), "Register") && strings.HasSuffix(fn.Name(), "Server") && fn.Signature().Recv() == nil
}

// unimplemented reports whether a struct embeds the UnimplementedXServer that
// generated services demand.
func unimplemented(s *types.Struct) bool {
	for f := range s.Fields() {
		if f.Embedded() && strings.HasPrefix(f.Name(), "Unimplemented") && strings.HasSuffix(f.Name(), "Server") {
			return true
		}
	}
	return false
}

// isServiceMethod reports whether a method has the shape of a call that a
// server dispatches: func(context.Context, *Req) (*Resp, error) of gRPC, or
// func(Args, *Reply) error of net/rpc.
func isServiceMethod(sig *types.Signature) bool {
	p, r := sig.Params(), sig.Results()
	if p.Len() == 0 || p.Len() > 2 || r.Len() == 0 || r.Len() > 2 {
		return false
	}
	return types.Identical(r.At(r.Len()-1).Type(), types.Universe.Lookup("error").Type())
}
