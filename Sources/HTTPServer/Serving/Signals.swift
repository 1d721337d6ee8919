import Glibc

enum Signals {
    /// Calls `write`, which may write to a connection that is gone, without ending the process by SIGPIPE. The signals that the thread blocks,
    /// and what the process does about SIGPIPE, are as before: the threads are Dispatch's, and other work runs on them too.
    /// - Parameter isWhole: whether a result says that all was written; the signal can come with less than that, and with no error.
    static func withoutBrokenPipe<Result>(_ write: () -> Result, isWhole: (Result) -> Bool) -> Result {
        var brokenPipe = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&brokenPipe)
        unsafe sigaddset(&brokenPipe, SIGPIPE)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
        let result = write()
        let error = errno
        if !isWhole(result), unsafe sigismember(&before, SIGPIPE) == 0 {
            // A signal that waits for this thread is taken before it could be delivered.
            var noTime = timespec()
            while unsafe sigtimedwait(&brokenPipe, nil, &noTime) < 0, errno == EINTR {}
        }
        _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = error
        return result
    }
}
