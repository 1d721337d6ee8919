import Glibc

enum Signals {
    /// Calls `write`, which may write to a closed connection, without SIGPIPE ending the process. The thread's signal mask
    /// and the process's handling of SIGPIPE are unchanged afterwards: the threads belong to Dispatch and run other work too.
    /// - Parameter isWhole: whether a result means that everything was written; the signal can accompany a partial write without error
    static func withoutBrokenPipe<Result>(_ write: () -> Result, isWhole: (Result) -> Bool) -> Result {
        var brokenPipe = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&brokenPipe)
        unsafe sigaddset(&brokenPipe, SIGPIPE)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
        let result = write()
        let error = errno
        if !isWhole(result), unsafe sigismember(&before, SIGPIPE) == 0 {
            // Consumes a pending signal of this thread before it is delivered.
            var noTime = timespec()
            while unsafe sigtimedwait(&brokenPipe, nil, &noTime) < 0, errno == EINTR {}
        }
        _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = error
        return result
    }
}
