// Package plain imports nothing but the server that calls it.
package plain

import "github.com/gin-gonic/gin"

type poll struct{ votes map[string]int }

func (p *poll) vote(c *gin.Context) {
	p.votes[c.Param("for")]++ // want "write to p.votes in a handler"
}

func Routes() *gin.Engine {
	p := &poll{votes: map[string]int{}}
	e := gin.New()
	e.GET("/vote/:for", p.vote)
	return e
}
