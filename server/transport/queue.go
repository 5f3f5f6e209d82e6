package transport

import (
	"errors"
	"sync"
	"time"
)

var (
	errQueueEnded   = errors.New("the queue has ended")
	errQueueStalled = errors.New("nothing was taken from the full queue")
)

// A queue holds items between goroutines that put in and one that takes out.
// It is bounded by the size of its items in bytes, not by their number: a
// burst of small messages never holds up the one who sends it.
type queue[T any] struct {
	limit int           // of the bytes inside; one item may always be there
	stall time.Duration // how long put waits for room

	mu    sync.Mutex
	items []sized[T]
	bytes int
	over  bool
	ended chan struct{} // closed by end
	wake  chan struct{} // tells take of an item
	room  chan struct{} // tells put of room
}

type sized[T any] struct {
	value T
	bytes int
}

func newQueue[T any](limit int, stall time.Duration) *queue[T] {
	return &queue[T]{
		limit: limit,
		stall: stall,
		ended: make(chan struct{}),
		wake:  make(chan struct{}, 1),
		room:  make(chan struct{}, 1),
	}
}

// put adds an item. If the queue is full it waits for room, and gives up with
// errQueueStalled. After end it returns errQueueEnded.
func (q *queue[T]) put(value T, bytes int) error {
	var timeout <-chan time.Time
	for {
		done, err := q.tryPut(value, bytes)
		if done || err != nil {
			return err
		}
		if timeout == nil {
			timer := time.NewTimer(q.stall)
			defer timer.Stop()
			timeout = timer.C
		}
		select {
		case <-q.room:
		case <-q.ended:
		case <-timeout:
			return errQueueStalled
		}
	}
}

func (q *queue[T]) tryPut(value T, bytes int) (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over {
		return false, errQueueEnded
	}
	if len(q.items) > 0 && q.bytes+bytes > q.limit {
		return false, nil
	}
	q.items = append(q.items, sized[T]{value, bytes})
	q.bytes += bytes
	signal(q.wake)
	return true, nil
}

// take removes the oldest item. It waits for one, and returns false once the
// queue has ended and is empty.
func (q *queue[T]) take() (T, bool) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			item := q.items[0]
			q.items[0] = sized[T]{} // not kept alive by the array
			q.items = q.items[1:]
			q.bytes -= item.bytes
			signal(q.room)
			q.mu.Unlock()
			return item.value, true
		}
		over := q.over
		q.mu.Unlock()
		if over {
			var none T
			return none, false
		}
		select {
		case <-q.wake:
		case <-q.ended:
		}
	}
}

// end lets nothing more in. What is inside can still be taken out, unless
// discard is set.
func (q *queue[T]) end(discard bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.over {
		q.over = true
		close(q.ended)
	}
	if discard {
		q.items, q.bytes = nil, 0
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
