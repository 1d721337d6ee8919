/// The body of a request: pieces of bytes in order of arrival.
///
/// The server buffers a bounded amount and then applies backpressure to the client. A client that expects `100 Continue`
/// receives it when the first piece is requested.
public struct RequestBody: Sendable, AsyncSequence {
    /// A piece of the body.
    public typealias Element = [UInt8]

    private enum Source: Sendable {
        case bytes([UInt8])
        case channel(BodyChannel)
    }

    private let source: Source
    /// The declared length in bytes; nil for a chunked body, zero if there is no body.
    public let declaredLength: Int?

    init(bytes: [UInt8]) {
        source = .bytes(bytes)
        declaredLength = bytes.count
    }

    init(channel: BodyChannel, declaredLength: Int?) {
        source = .channel(channel)
        self.declaredLength = declaredLength
    }

    /// Reads the whole body.
    /// - Errors: `RequestBodyError.tooLarge` as soon as the body is known to exceed `limit` bytes;
    ///   the others if the body ends early. The rest of the body is then not read, and the connection is closed after the response.
    public func collect(upTo limit: Int) async throws(RequestBodyError) -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw .tooLarge(limit: limit) }
        switch source {
        case .bytes(let bytes):
            return bytes
        case .channel(let channel):
            var result: [UInt8] = []
            result.reserveCapacity(declaredLength ?? 0)
            while let piece = try await channel.next() {
                guard result.count + piece.count <= limit else { throw .tooLarge(limit: limit) }
                result.append(contentsOf: piece)
            }
            return result
        }
    }

    /// Iterates over the pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var bytes: [UInt8]?
        fileprivate let channel: BodyChannel?

        /// The next piece, or nil at the end.
        /// - Errors: `RequestBodyError`
        public mutating func next() async throws -> [UInt8]? {
            if let channel { return try await channel.next() }
            defer { bytes = nil }
            return bytes
        }
    }

    /// Creates the iterator; only one may be used.
    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .bytes(let bytes): AsyncIterator(bytes: bytes.isEmpty ? nil : bytes, channel: nil)
        case .channel(let channel): AsyncIterator(bytes: nil, channel: channel)
        }
    }
}

/// Why a request's body could not be read completely.
public enum RequestBodyError: Error, Sendable, Equatable {
    /// The body exceeds the reader's limit in bytes.
    case tooLarge(limit: Int)
    /// The client disconnected.
    case disconnected
    /// The client sent too slowly.
    case timedOut
    /// The framing is invalid; the code is that of the error response.
    case malformed(code: String)
    /// The task that read the body was cancelled.
    case cancelled
}
