// Package grpc stands in for google.golang.org/grpc: the part with which
// generated code registers a service, written for the fixtures.
package grpc

import (
	"context"
	"net"
)

// A UnaryServerInfo tells an interceptor what is called.
type UnaryServerInfo struct {
	Server     any
	FullMethod string
}

// A UnaryHandler runs the method of a service.
type UnaryHandler func(ctx context.Context, req any) (any, error)

// A UnaryServerInterceptor stands between the server and the method.
type UnaryServerInterceptor func(ctx context.Context, req any, info *UnaryServerInfo, handler UnaryHandler) (resp any, err error)

// A MethodHandler decodes the request and calls the method.
type MethodHandler func(srv any, ctx context.Context, dec func(any) error, interceptor UnaryServerInterceptor) (any, error)

// A MethodDesc describes one method of a service.
type MethodDesc struct {
	MethodName string
	Handler    MethodHandler
}

// A ServiceDesc describes a service.
type ServiceDesc struct {
	ServiceName string
	HandlerType any
	Methods     []MethodDesc
	Metadata    any
}

// A ServiceRegistrar takes services.
type ServiceRegistrar interface {
	RegisterService(desc *ServiceDesc, impl any)
}

// A Server serves what is registered with it, each call in a goroutine.
type Server struct {
	services map[string]service
}

type service struct {
	desc *ServiceDesc
	impl any
}

// NewServer returns a server without services.
func NewServer() *Server { return &Server{services: make(map[string]service)} }

// RegisterService adds a service. It must be called before Serve.
func (s *Server) RegisterService(desc *ServiceDesc, impl any) {
	s.services[desc.ServiceName] = service{desc, impl}
}

// Serve accepts connections until the listener is closed.
func (s *Server) Serve(lis net.Listener) error {
	for {
		c, err := lis.Accept()
		if err != nil {
			return err
		}
		go s.serve(c)
	}
}

func (s *Server) serve(c net.Conn) {
	defer c.Close()
	for _, svc := range s.services {
		for _, m := range svc.desc.Methods {
			_, _ = m.Handler(svc.impl, context.Background(), func(any) error { return nil }, nil)
		}
	}
}
