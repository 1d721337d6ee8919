#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard input, output, and error as inherited by the program.
enum StandardStreams {
    /// Reserves descriptors 0, 1, and 2 if the program was started without them, so that no file or socket of the program gets one of these numbers, and
    /// ignores SIGPIPE. Must be called before anything is opened.
    ///
    /// Placeholders are opened in the opposite direction: reading from a closed standard input, and writing to a closed standard output, is then an error
    /// rather than silently ignored.
    static func secure() {
        for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
            let opened = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
            guard opened == number || opened < 0 else {
                dup2(opened, number)
                close(opened)
                continue
            }
        }
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
