module unguarded

go 1.26

require (
	github.com/gin-gonic/gin v0.0.0
	example.org/closer v0.0.0
	golang.org/x/sync/errgroup v0.0.0
	golang.org/x/sync/semaphore v0.0.0
	google.golang.org/grpc v0.0.0
)

// Stand-ins with the signatures of the real packages, so that no fixture
// needs the network.
replace (
	github.com/gin-gonic/gin => ./third/gin
	example.org/closer => ./third/closer
	golang.org/x/sync/errgroup => ./third/errgroup
	golang.org/x/sync/semaphore => ./third/semaphore
	google.golang.org/grpc => ./third/grpc
)
