import CEpoll
import Dispatch
import Glibc

/// Sends one request to a server with a numeric address (IPv4 or IPv6) and reads the whole response; used by commands to talk to a
/// local server. Plain HTTP/1.1 with one connection per request, on a global queue.
public enum LocalExchange {
    /// Why there is no response.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        /// The reason in one sentence.
        public let description: String
    }

    /// Longer responses are truncated, which is an error.
    static let longestAnswer = 1 << 30

    /// Sends a request.
    /// - Parameters:
    ///   - url: the server, such as `http://127.0.0.1:8642` or `http://[::1]:8642`
    ///   - target: path and query
    ///   - patience: timeout in seconds without progress
    /// - Errors: `Failure` if the connection fails, the response is not HTTP/1.1, or it is incomplete
    public static func send(
        _ method: String, to url: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8] = [], patience: Int = 600
    ) async throws -> (status: Int, body: [UInt8]) {
        guard url.hasPrefix("http://"), let address = Address(String(url.dropFirst("http://".count))) else {
            throw Failure(description: "\(url) is not a server address; expected http://ADDRESS:PORT with a numeric address")
        }
        guard ([method, target] + fields.flatMap { [$0.name, $0.value] }).allSatisfy(isPlain), !target.contains(" ") else {
            throw Failure(description: "\(method) \(target) cannot be sent: it contains control characters or spaces")
        }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(address.authority)\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for field in fields { head += "\(field.name): \(field.value)\r\n" }
        let request = Array((head + "\r\n").utf8) + body
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try parse(try exchange(request, address, patience)) })
            }
        }
    }

    /// Whether the text contains no control character, which could end a line.
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    // MARK: - The socket

    struct Address: Equatable {
        let authority: String
        let host: String
        let port: String

        init?(_ authority: String) {
            self.authority = authority
            guard let colon = authority.lastIndex(of: ":") else { return nil }
            let name = authority[..<colon]
            port = String(authority[authority.index(after: colon)...])
            host = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : String(name)
            guard Authority.isValid(Array(authority.utf8).span), !host.isEmpty, Int(port, in: 1...65_535) != nil else { return nil }
        }
    }

    private static func exchange(_ request: [UInt8], _ address: Address, _ patience: Int) throws -> [UInt8] {
        let descriptor = try connect(address, patience)
        defer { close(descriptor) }
        var sent = 0
        while sent < request.count {
            let count = unsafe request.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress! + sent, request.count - sent, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            // The server may respond before it has read the whole body.
            guard count > 0 else { break }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while answer.count < longestAnswer {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress!, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure(errno == EAGAIN ? "no response for \(patience) s" : "the connection was lost", errno) }
            if count == 0 { break }
            answer.append(contentsOf: buffer[..<count])
        }
        return answer
    }

    private static func connect(_ address: Address, _ patience: Int) throws -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address.host, address.port, &hints, &found) == 0, let first = unsafe found else {
            throw Failure(description: "\(address.host) is not a numeric address")
        }
        defer { unsafe freeaddrinfo(found) }
        let descriptor = unsafe socket(first.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("cannot open a socket", errno) }
        var time = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe Glibc.connect(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else {
            let error = errno
            close(descriptor)
            throw failure("cannot connect", error)
        }
        return descriptor
    }

    private static func failure(_ problem: String, _ code: Int32) -> Failure {
        Failure(description: "\(problem) (\(unsafe String(cString: strerror(code))))")
    }

    // MARK: - The answer

    /// Parses a response that ends with its connection.
    static func parse(_ bytes: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let place = bytes.indices.first(where: { bytes[$0...].starts(with: end) }), bytes.starts(with: Array("HTTP/1.1 ".utf8)), place >= 12,
            let status = Int(String(decoding: bytes[9..<12], as: UTF8.self), in: 200...599)
        else { throw Failure(description: bytes.isEmpty ? "the server closed the connection without a response" : "the response is not HTTP/1.1") }
        let body = Array(bytes[(place + 4)...])
        let lines = String(decoding: bytes[..<place], as: UTF8.self).split(whereSeparator: \.isNewline).map { $0.lowercased() }
        for line in lines where line.hasPrefix("content-length:") {
            let length = Int(line.dropFirst("content-length:".count).drop { $0 == " " }, in: 0...Int.max)
            guard length == body.count else { throw Failure(description: "the response ended after \(body.count) of \(length ?? 0) bytes") }
        }
        guard !lines.contains(where: { $0.hasPrefix("transfer-encoding:") }) else { throw Failure(description: "the response is chunked, which is not supported here") }
        return (status, body)
    }
}
