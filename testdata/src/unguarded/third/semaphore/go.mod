module golang.org/x/sync/semaphore

go 1.26
