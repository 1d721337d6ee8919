import CEpoll
import Dispatch
import Glibc

/// A plain socket client that sends exactly the given bytes and reads responses. Its blocking calls run on their own queue, so that
/// they do not block tasks.
final class Client: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    /// Zero for a Unix-domain socket.
    let port: Int
    private let queue = DispatchQueue(label: "client")
    /// Data read beyond the last response. Used on the queue only.
    private nonisolated(unsafe) var rest: [UInt8] = []
    // nonisolated(unsafe) because it is used on `queue` only.

    /// Connects to a port of 127.0.0.1. `receiveBuffer` bounds the kernel's receive buffer.
    init(port: Int, receiveBuffer: Int? = nil) throws {
        self.port = port
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if let receiveBuffer {
            var size = Int32(receiveBuffer)
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try connect(&address)
    }

    init(unixPath: String) throws {
        port = 0
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: unixPath.utf8) }
        try connect(&address)
    }

    init(ipv6Port port: Int) throws {
        self.port = port
        descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = UInt16(port).bigEndian
        address.sin6_addr = in6addr_loopback
        try connect(&address)
    }

    private func connect<Address>(_ address: inout Address) throws {
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe Glibc.connect(descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<Address>.size))
        }
        guard result == 0 else {
            let number = errno
            throw Failure(description: "cannot connect: \(unsafe String(cString: strerror(number)))")
        }
    }

    deinit { close(descriptor) }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    // MARK: Sending

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await onQueue { [descriptor] in
            var done = 0
            while done < bytes.count {
                let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { throw Failure(description: "cannot send after \(done) bytes") }
                done += sent
            }
        }
    }

    /// Sends the same bytes repeatedly, with pauses, until the server closes the connection. The pauses are timed
    /// by the client's own thread, independent of the load on others.
    func drip(_ text: String, times: Int, every milliseconds: UInt32) async throws {
        let bytes = Array(text.utf8)
        try await onQueue { [descriptor] in
            for _ in 0..<times {
                guard unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
                usleep(milliseconds * 1000)
            }
        }
    }

    /// Repeats a request with pauses. Returns the number of 200 responses.
    func askSteadily(_ text: String, times: Int, every milliseconds: UInt32) async throws -> Int {
        try await onQueue { [self] in
            var good = 0
            for _ in 0..<times {
                let bytes = Array(text.utf8)
                guard unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return good }
                if try readAnswer(toHead: false).status == 200 { good += 1 }
                usleep(milliseconds * 1000)
            }
            return good
        }
    }

    /// Repeats a request, starting when `before` has completed. Returns the longest time to a 200 response, and the result of `after`.
    func slowestAnswer<Said: Sendable>(
        _ text: String, times: Int, before: @escaping @Sendable () -> Void, after: @escaping @Sendable () -> Said
    ) async throws -> (slowest: Duration, said: Said) {
        try await onQueue { [self] in
            before()
            let bytes = Array(text.utf8)
            var slowest = Duration.zero
            for _ in 0..<times {
                let start = ContinuousClock.now
                guard unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count, try readAnswer(toHead: false).status == 200
                else { throw Failure(description: "no answer") }
                slowest = max(slowest, ContinuousClock.now - start)
            }
            return (slowest, after())
        }
    }

    /// Closes the sending side; responses can still be read.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Sends a reset instead of an orderly close.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    // MARK: Receiving

    /// Reads the next response. `toHead` means that it has no body, whatever its fields.
    func answer(toHead: Bool = false) async throws -> Answer {
        try await onQueue { [self] in try readAnswer(toHead: toHead) }
    }

    /// Sends a request and reads its response.
    func ask(_ text: String, toHead: Bool = false) async throws -> Answer {
        try await send(text)
        return try await answer(toHead: toHead)
    }

    /// Whether the server closes the connection without sending more.
    func isEnded() async throws -> Bool {
        try await onQueue { [self] in unsafe rest.isEmpty && !fill() }
    }

    /// Everything up to the end of the connection.
    func readToEnd() async throws -> [UInt8] {
        try await onQueue { [self] in
            while fill() {}
            defer { unsafe rest = [] }
            return unsafe rest
        }
    }

    /// Reads until `text` has arrived; returns everything up to its end.
    func read(until text: String) async throws -> String {
        try await onQueue { [self] in
            String(decoding: try take(until: Array(text.utf8)), as: UTF8.self)
        }
    }

    /// Reads and discards a number of bytes.
    func skip(_ count: Int) async throws {
        try await onQueue { [self] in _ = try take(count) }
    }

    /// Reads more. Returns false at the end, after a reset, and after twenty seconds without data.
    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        unsafe rest.append(contentsOf: buffer[0..<count])
        return true
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while unsafe rest.count < count {
            guard fill() else { throw Failure(description: unsafe "ended after \(rest.count) of \(count) bytes") }
        }
        defer { unsafe rest.removeFirst(count) }
        return unsafe Array(rest[0..<count])
    }

    private func take(until mark: [UInt8]) throws -> [UInt8] {
        var searched = 0
        while true {
            while unsafe searched + mark.count <= rest.count {
                if unsafe rest[searched..<(searched + mark.count)].elementsEqual(mark) { return try take(searched + mark.count) }
                searched += 1
            }
            guard fill() else {
                throw Failure(description: unsafe "ended before \(mark.count) bytes that were waited for, after \(String(decoding: rest.prefix(500), as: UTF8.self))")
            }
        }
    }

    private func readAnswer(toHead: Bool) throws -> Answer {
        let head = String(decoding: try take(until: Array("\r\n\r\n".utf8)), as: UTF8.self)
        var answer = Answer(head: head)
        if toHead || answer.status < 200 || answer.status == 204 || answer.status == 304 { return answer }
        if answer["Transfer-Encoding"] == "chunked" {
            while true {
                let line = String(decoding: try take(until: Array("\r\n".utf8)).dropLast(2), as: UTF8.self)
                guard let size = Int(line, radix: 16) else { throw Failure(description: "bad chunk size \(line)") }
                answer.body += try take(size)
                guard try take(2) == Array("\r\n".utf8) else { throw Failure(description: "bad chunk end") }
                if size == 0 { return answer }
            }
        } else if let length = answer["Content-Length"].flatMap({ Int($0) }) {
            answer.body = try take(length)
        } else {
            while fill() {}
            answer.body = unsafe rest
            unsafe rest = []
        }
        return answer
    }
}

/// A response as received.
struct Answer: Sendable {
    let status: Int
    let lines: [String]
    var body: [UInt8] = []

    init(head: String) {
        lines = head.components
        status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a field, by its exact spelling.
    subscript(_ name: String) -> String? {
        for line in lines.dropFirst() where line.lowercased().hasPrefix(name.lowercased() + ":") {
            return String(line.dropFirst(name.count + 1).drop { $0 == " " })
        }
        return nil
    }
}
