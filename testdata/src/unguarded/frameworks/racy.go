// Package frameworks has handlers of servers that are not those of the standard library.
package frameworks

import (
	"context"
	"sync"

	"github.com/gin-gonic/gin"
	"google.golang.org/grpc"
)

// visits counts who comes, for all routes.
func visits() gin.HandlerFunc {
	seen := make(map[string]int)
	return func(c *gin.Context) {
		seen[c.Param("who")]++ // want "write to seen in a handler"
		c.Next()
	}
}

type shop struct {
	prices map[string]int
	asked  map[string]int

	mu    sync.Mutex
	stock map[string]int
}

func (s *shop) price(c *gin.Context) {
	s.asked[c.Param("what")]++ // want "write to s.asked in a handler"
	c.JSON(200, s.prices[c.Param("what")])
}

func (s *shop) take(c *gin.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(c)
	s.stock[c.Param("what")]--
}

// count is called under the lock.
func (s *shop) count(c *gin.Context) { s.stock["all"]-- }

// all fills a map of its own in a literal that runs at once.
func (s *shop) all(c *gin.Context) {
	list := make(map[string]int)
	each(c, s.prices, func(c *gin.Context, what string) { list[what] = s.prices[what] })
	c.JSON(200, list)
}

func each(c *gin.Context, m map[string]int, f func(*gin.Context, string)) {
	for what := range m {
		f(c, what)
	}
}

func Routes(s *shop) *gin.Engine {
	e := gin.New()
	e.Use(visits())
	e.GET("/price/:what", s.price)
	e.GET("/take/:what", s.take)
	e.GET("/all", s.all)
	return e
}

// Memo remembers who may call what.
func Memo(allowed func(method string) bool) grpc.UnaryServerInterceptor {
	known := make(map[string]bool)
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		ok, found := known[info.FullMethod]
		if !found {
			ok = allowed(info.FullMethod)
			known[info.FullMethod] = ok // want "write to known in a handler"
		}
		if !ok {
			return nil, context.Canceled
		}
		return next(ctx, req)
	}
}
