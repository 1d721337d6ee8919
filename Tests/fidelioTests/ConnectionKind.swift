import Glibc

/// All valid and invalid uses of a connection by a client.
enum ConnectionKind: Int, CaseIterable {
    case keepAlive, pipelined, chunked, oldVersion, head, slowSender
    case abortedHead, abortedBody, abortedChunk, abortedAnswer, abortedDownload, slowReader, leftEvents
    case garbage, twoLengths, tls, http2, silent, halfClosed, reset

    private static let end = " HTTP/1.1\r\nHost: 127.0.0.1\r\n"

    /// Runs a connection of this kind from start to end.
    /// - Returns: whether the server responded as expected; true if no response is expected
    func live(port: Int, source: UInt8, token: String, random: inout some RandomNumberGenerator) throws -> Bool {
        let connection = try RawConnection(port: port, source: source, receiveBuffer: self == .slowReader ? 4096 : nil)
        let signed = "\(Self.end)Authorization: Bearer \(token)\r\n"
        switch self {
        case .keepAlive:
            for _ in 0..<3 {
                connection.send("GET /healthz\(Self.end)\r\n")
                guard connection.read(until: #""ok"}"#) else { return false }
            }
            return true
        case .pipelined:
            connection.send(String(repeating: "GET /healthz\(Self.end)\r\n", count: 8))
            return connection.read(until: #""ok"}"#, times: 8)
        case .chunked:
            connection.send("POST /api/v1/runs\(signed)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"z\r\n4\r\n\":1}\r\n0\r\n\r\n")
            return connection.read(until: "422 Unprocessable")
        case .oldVersion:
            connection.send("GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.read(until: #""ok"}"#)
        case .head:
            connection.send("HEAD /big.bin\(signed)\r\n")
            return connection.read(until: "\r\n\r\n")
        case .slowSender:
            for piece in ["GET /hea", "lthz HTTP/1.1\r\nHo", "st: 127.0.0.1\r\n\r\n"] {
                connection.send(piece)
                usleep(2000)
            }
            return connection.read(until: #""ok"}"#)
        case .abortedHead: connection.send("GET /healthz HTTP/1.1\r\nHost: 127")
        case .abortedBody: connection.send("POST /api/v1/runs\(signed)Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"model\":")
        case .abortedChunk: connection.send("POST /api/v1/runs\(signed)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{\"mod")
        case .abortedAnswer:
            connection.send("GET /big.bin\(signed)\r\n")
            return connection.receive(100) != nil
        case .abortedDownload:
            connection.send("GET /big.bin\(signed)Range: bytes=1000-\r\n\r\n")
            guard connection.read(until: "206 Partial") else { return false }
            connection.reset()
        case .slowReader:
            connection.send("GET /big.bin\(signed)\r\n")
            for _ in 0..<3 {
                guard connection.receive(1000) != nil else { return false }
                usleep(2000)
            }
        case .leftEvents:
            connection.send("GET /api/v1/events\(signed)\r\n")
            return connection.read(until: "text/event-stream")
        case .garbage:
            connection.send((0..<200).map { _ in UInt8.random(in: 0...255, using: &random) } + [13, 10, 13, 10])
            _ = connection.receive(4096)
        case .twoLengths:
            connection.send("POST /api/v1/runs\(Self.end)Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")
            return connection.read(until: "400 Bad Request")
        case .tls:
            connection.send([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03, 0x0D, 0x0A, 0x0D, 0x0A])
            return connection.read(until: "400 Bad Request")
        case .http2:
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            return connection.read(until: "HTTP/1.1 ")
        case .silent: break
        case .halfClosed:
            connection.send("GET /healthz\(Self.end)\r\n")
            connection.endSending()
            return connection.read(until: #""ok"}"#)
        case .reset: connection.reset()
        }
        return true
    }
}
