import Canonical
import Foundation
import Synchronization

#if canImport(Glibc)
    import CEpoll
    import Glibc
#else
    import Darwin
#endif

/// A process that trains a lab, and the lines between it and us. It ends with its input.
package final class LabProcess: Sendable {
    private let process = BoundProcess()
    /// Our end of the pair of sockets; -1 once it is closed.
    private let socket: Mutex<Int32>

    /// Starts a worker.
    /// - Parameters:
    ///   - receive: gets each line, on a thread of its own
    ///   - ended: called once, after the last line
    /// - Errors: `WorkerStartError`
    init(_ executable: String, _ arguments: [String], receive: @escaping @Sendable (JSONValue) -> Void, ended: @escaping @Sendable () -> Void) throws {
        var pair: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw WorkerStartError(problem: "no pair of sockets: \(unsafe String(cString: strerror(errno)))")
        }
        let ours = pair[0], theirs = pair[1]
        socket = Mutex(ours)
        defer { _ = Glibc.close(theirs) }
        do {
            try process.start {
                let child = try spawn(executable, arguments, talkingTo: theirs)
                // The server answers first, then runs train, then labs.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(child), 10)
                return child
            }
        } catch {
            _ = Glibc.close(ours)
            throw error
        }
        Thread.detachNewThread { [self] in
            LabProcess.read(ours, receive)
            kill()
            _ = process.wait()
            socket.withLock { socket in
                _ = Glibc.close(socket)
                socket = -1
            }
            ended()
        }
    }

    /// Passes each line on, until there are no more.
    private static func read(_ socket: Int32, _ receive: (JSONValue) -> Void) {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes += buffer[..<count]
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                if let line = try? JSONValue(parsing: Array(bytes[..<end])) { receive(line) }
                bytes.removeSubrange(...end)
            }
            if bytes.count > 1 << 20 { return }
        }
    }

    /// Sends a command. - Returns: whether it could be sent
    func send(_ command: JSONValue) -> Bool {
        let bytes = Array((command.canonicalText + "\n").utf8)
        return socket.withLock { socket in
            guard socket >= 0 else { return false }
            // A command is short, and a worker that does not read does not work.
            return unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) } == bytes.count
        }
    }

    /// Ends the process: nothing that it does is lost, because every frame can be computed again.
    func kill() { process.kill() }
}
