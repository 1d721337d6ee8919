import Canonical
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Results go to standard output, everything else to standard error. No text of others reaches a terminal with its control characters.
enum Console {
    /// Why standard output could not be written, the first time: the system's number.
    private static let failure = Mutex<Int32?>(nil)

    static var errorIsTerminal: Bool { isatty(2) == 1 }

    static func say(_ text: String) {
        let problem = write(TerminalText.escaped(text) + "\n", to: 1)
        if problem != 0 { failure.withLock { $0 = $0 ?? problem } }
    }

    static func say(_ value: JSONValue) { say(value.canonicalText) }

    /// A remark for people, not a result.
    static func remark(_ text: String) { _ = write(TerminalText.escaped(text) + "\n", to: 2) }

    /// One line, whatever the sentence holds.
    static func complain(_ sentence: String) { _ = write("fidelio: \(TerminalText.escaped(sentence, keepsLines: false))\n", to: 2) }

    /// Goes over the line of a terminal once more.
    static func overwrite(_ text: String) { _ = write("\r" + text, to: 2) }

    /// Why what was said so far did not arrive; asked once.
    static func takeFailure() -> Int32? {
        failure.withLock { problem in
            defer { problem = nil }
            return problem
        }
    }

    /// The exit code of a command that would end with `code`: another when its output was lost. A reader that went away, as `head` does, is told
    /// nothing, and the code is that of a program which the signal SIGPIPE ended.
    private static func exitCode(_ code: Int32) -> Int32 {
        guard let problem = takeFailure() ?? closingProblem() else { return code }
        if problem == EPIPE { return code == 0 ? CommandFailure.Code.nobodyReads : code }
        complain("standard output cannot be written: \(unsafe String(cString: strerror(problem)))")
        return code == 0 ? CommandFailure.Code.cannotWrite : code
    }

    /// Ends the program.
    /// - Parameter code: the exit code if nothing that was said is lost.
    static func end(_ code: Int32) -> Never { exit(exitCode(code)) }

    /// A file on another machine may refuse what it took only when it is closed.
    private static func closingProblem() -> Int32? {
        let copy = dup(1)
        guard copy >= 0, close(copy) != 0, errno != EBADF, errno != EINTR else { return nil }
        return errno
    }

    /// Writes all of it, however long its reader takes.
    /// - Returns: 0, or the system's number of what went wrong.
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
