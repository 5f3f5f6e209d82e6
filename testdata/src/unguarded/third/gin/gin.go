// Package gin stands in for github.com/gin-gonic/gin: as much as the fixtures need.
package gin

// A Context is one request and its answer.
type Context struct{ params map[string]string }

// Param returns a part of the request's path.
func (c *Context) Param(name string) string { return c.params[name] }

// JSON answers.
func (c *Context) JSON(code int, v any) {}

// Next runs the handlers that follow.
func (c *Context) Next() {}

// A HandlerFunc serves requests.
type HandlerFunc func(*Context)

// An Engine routes requests to handlers.
type Engine struct{ handlers []HandlerFunc }

// New returns an engine without routes.
func New() *Engine { return new(Engine) }

// GET adds a route.
func (e *Engine) GET(path string, h ...HandlerFunc) { e.handlers = append(e.handlers, h...) }

// Use adds handlers for all routes.
func (e *Engine) Use(h ...HandlerFunc) { e.handlers = append(e.handlers, h...) }
