import Canonical
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Results go to standard output, everything else to standard error. Control characters in text from outside are escaped.
enum Console {
    /// The system's error number of the first failed write to standard output, if any.
    private static let failure = Mutex<Int32?>(nil)

    static var errorIsTerminal: Bool { isatty(2) == 1 }

    static func say(_ text: String) {
        let problem = write(TerminalText.escaped(text) + "\n", to: 1)
        if problem != 0 { failure.withLock { $0 = $0 ?? problem } }
    }

    /// A text as it is, without a line end: a file on standard output. Only a terminal gets control characters escaped.
    static func write(_ text: String) {
        let problem = write(isatty(1) == 1 ? TerminalText.escaped(text) : text, to: 1)
        if problem != 0 { failure.withLock { $0 = $0 ?? problem } }
    }

    static func say(_ value: JSONValue) { say(value.canonicalText) }

    /// A message for people, not a result.
    static func remark(_ text: String) { _ = write(TerminalText.escaped(text) + "\n", to: 2) }

    /// An error message on one line.
    static func complain(_ sentence: String) { _ = write("fidelio: \(TerminalText.escaped(sentence, keepsLines: false))\n", to: 2) }

    /// Overwrites the current line of the terminal.
    static func overwrite(_ text: String) { _ = write("\r" + text, to: 2) }

    /// The error of the first failed write to standard output; resets it.
    static func takeFailure() -> Int32? {
        failure.withLock { problem in
            defer { problem = nil }
            return problem
        }
    }

    /// The exit code of a command that would end with `code`, changed if its output was lost. If the reader is gone, as with `head`, no message
    /// is printed and the code is that of a program ended by SIGPIPE.
    private static func exitCode(_ code: Int32) -> Int32 {
        guard let problem = takeFailure() ?? closingProblem() else { return code }
        if problem == EPIPE { return code == 0 ? CommandFailure.Code.nobodyReads : code }
        complain("standard output cannot be written: \(unsafe String(cString: strerror(problem)))")
        return code == 0 ? CommandFailure.Code.cannotWrite : code
    }

    /// Ends the program.
    /// - Parameter code: the exit code, unless output was lost
    static func end(_ code: Int32) -> Never { exit(exitCode(code)) }

    /// A remote file system may report a write error only when the file is closed.
    private static func closingProblem() -> Int32? {
        let copy = dup(1)
        guard copy >= 0, close(copy) != 0, errno != EBADF, errno != EINTR else { return nil }
        return errno
    }

    /// Writes the whole text, waiting for a slow reader.
    /// - Returns: 0, or the system's error number
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&entry, 1, -1)
            } else if written == 0 || errno != EINTR {
                return written == 0 ? EIO : errno
            }
        }
        return 0
    }
}
