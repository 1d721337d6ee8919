/// A body generated piece by piece in its own task, with backpressure from the client.
public struct StreamBody: Sendable {
    /// The length in bytes, if known. If the pieces do not add up to it, the connection is closed.
    public var length: Int?
    let produce: @Sendable (BodyWriter) async throws -> Void

    /// Creates a body.
    /// - Parameter produce: writes the pieces. The response is complete when it returns. If it throws, the connection is
    ///   closed, so that the client does not take a partial body for a complete one. Its task is cancelled when the client disconnects.
    public init(length: Int? = nil, _ produce: @escaping @Sendable (BodyWriter) async throws -> Void) {
        self.length = length
        self.produce = produce
    }

    /// Creates a body from a sequence of pieces.
    public init<Pieces: AsyncSequence & Sendable>(length: Int? = nil, _ pieces: Pieces) where Pieces.Element == [UInt8] {
        self.init(length: length) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}
