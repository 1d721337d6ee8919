import Canonical
import Foundation

#if canImport(Glibc)
    import CEpoll
    import Glibc
#else
    import Darwin
#endif

extension LocalExecutor {
    /// Answers one request in a child process, which is killed at the time limit.
    public func ask(_ arguments: [String], input: [UInt8], seconds: Double, limit: Int, taking: (@Sendable (_ line: [UInt8]) -> Bool)?) async throws -> [UInt8]? {
        let process = BoundProcess(), conversation = try Conversation(seconds: seconds, limit: limit)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    try process.start { [executable] in
                        let child = try conversation.start(executable, arguments)
                        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(child), 5)
                        return child
                    }
                } catch {
                    conversation.close()
                    return continuation.resume(throwing: error)
                }
                Thread.detachNewThread {
                    let answer = conversation.hold(input, taking: taking)
                    // Whatever it still does, nobody waits for it.
                    if answer == nil { process.kill() }
                    let end = process.wait()
                    continuation.resume(with: Result { () throws(CancellationError) in
                        if process.wasCancelled { throw CancellationError() }
                        return end == .code(0) ? answer : nil
                    })
                }
            }
        } onCancel: {
            process.cancel()
        }
    }
}

/// A request to a child process over a pair of sockets, and its answer.
private final class Conversation: Sendable {
    private let ours: Int32
    private let theirs: Int32
    private let seconds: Double
    private let limit: Int

    /// - Errors: `WorkerStartError`
    init(seconds: Double, limit: Int) throws {
        var pair: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw WorkerStartError(problem: "no pair of sockets: \(unsafe String(cString: strerror(errno)))")
        }
        (ours, theirs, self.seconds, self.limit) = (pair[0], pair[1], seconds, limit)
    }

    func close() {
        _ = Glibc.close(ours)
        _ = Glibc.close(theirs)
    }

    /// Starts the program with our pair as its input and output.
    /// - Errors: `WorkerStartError`
    func start(_ executable: String, _ arguments: [String]) throws -> pid_t {
        try spawn(executable, arguments, talkingTo: theirs)
    }

    /// Sends the request and reads the answer to its end; nil if that takes too long or is too long.
    func hold(_ input: [UInt8], taking: ((_ line: [UInt8]) -> Bool)?) -> [UInt8]? {
        // Only the child may hold its end: its own end is then the end of the answer.
        _ = Glibc.close(theirs)
        defer { _ = Glibc.close(ours) }
        let deadline = ContinuousClock.now + .seconds(seconds)
        guard sendAll(input, until: deadline) else { return nil }
        shutdown(ours, Int32(SHUT_WR))
        return readAll(until: deadline, taking: taking)
    }

    private func sendAll(_ input: [UInt8], until deadline: ContinuousClock.Instant) -> Bool {
        var sent = 0
        while sent < input.count {
            guard isReady(POLLOUT, until: deadline) else { return false }
            let count = unsafe input.withUnsafeBytes { unsafe send(ours, $0.baseAddress! + sent, input.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// The longest line that is offered before the answer, in bytes.
    private static let longestLine = 4096

    private func readAll(until deadline: ContinuousClock.Instant, taking: ((_ line: [UInt8]) -> Bool)?) -> [UInt8]? {
        var answer: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16), isBefore = taking != nil
        while true {
            guard isReady(POLLIN, until: deadline) else { return nil }
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(ours, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return answer }
            answer += buffer[..<count]
            while isBefore, let taking {
                guard let end = answer.prefix(Self.longestLine + 1).firstIndex(of: UInt8(ascii: "\n")) else {
                    isBefore = answer.count <= Self.longestLine
                    break
                }
                isBefore = taking(Array(answer[..<end]))
                if isBefore { answer.removeSubrange(...end) }
            }
            guard answer.count <= limit else { return nil }
        }
    }

    /// Waits for the socket; false at the deadline.
    private func isReady(_ events: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return false }
            var watched = pollfd(fd: ours, events: Int16(events), revents: 0)
            let found = unsafe poll(&watched, 1, Int32(min(60_000, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)))
            if found > 0 { return true }
            guard found == 0 || errno == EINTR else { return false }
        }
    }
}
