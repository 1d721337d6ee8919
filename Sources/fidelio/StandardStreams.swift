#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard input, output and error as the program was started with them.
enum StandardStreams {
    /// Takes the numbers 0, 1 and 2 where the program was started without them, so that no file or socket of ours ever gets one, and ends the
    /// habit of dying of a reader that went away. Must come before anything is opened.
    ///
    /// What stands in is opened the wrong way round: reading from a closed standard input, and writing to a closed standard output, is an error and
    /// not silence.
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
