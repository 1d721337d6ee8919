/// The body of a request: pieces of bytes, in order, as they arrive.
///
/// The server reads ahead a bounded amount and then lets the sender wait. A client that expects `100 Continue`
/// is told to go on when the first piece is asked for.
public struct RequestBody: Sendable, AsyncSequence {
    public typealias Element = [UInt8]

    private enum Source: Sendable {
        case bytes([UInt8])
        case channel(BodyChannel)
    }

    private let source: Source
    /// The length that the client declared; nil for a chunked body. Zero when there is no body.
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
    /// - Errors: `RequestBodyError.tooLarge` as soon as the body is known to be longer than `limit` bytes;
    ///   the others when it ends early. The rest of the body is then not read, and the connection is closed after the answer.
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

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var bytes: [UInt8]?
        fileprivate let channel: BodyChannel?

        public mutating func next() async throws -> [UInt8]? {
            if let channel { return try await channel.next() }
            defer { bytes = nil }
            return bytes
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .bytes(let bytes): AsyncIterator(bytes: bytes.isEmpty ? nil : bytes, channel: nil)
        case .channel(let channel): AsyncIterator(bytes: nil, channel: channel)
        }
    }
}
