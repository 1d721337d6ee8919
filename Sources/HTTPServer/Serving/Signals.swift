import Glibc

enum Signals {
    /// Keeps the calling thread from being ended by writing to a connection that is gone; other threads and child
    /// processes are left as they are.
    static func blockBrokenPipe() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGPIPE)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}
