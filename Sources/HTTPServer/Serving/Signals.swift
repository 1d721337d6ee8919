import Glibc

enum Signals {
    /// Calls `write`, which may write to a connection that is gone, without ending the process by SIGPIPE. The signals that the thread blocks,
    /// and what the process does about SIGPIPE, are as before: the threads are Dispatch's, and other work runs on them too.
    static func withoutBrokenPipe<Result>(_ write: () -> Result) -> Result {
        var brokenPipe = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&brokenPipe)
        unsafe sigaddset(&brokenPipe, SIGPIPE)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
        let result = write()
        let error = errno
        if error == EPIPE, unsafe sigismember(&before, SIGPIPE) == 0 {
            // The signal waits for this thread: it is taken before it could be delivered.
            var noTime = timespec()
            while unsafe sigtimedwait(&brokenPipe, nil, &noTime) < 0, errno == EINTR {}
        }
        _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = error
        return result
    }
}
