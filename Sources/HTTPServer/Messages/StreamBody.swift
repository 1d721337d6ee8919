/// A body made piece by piece by a task of its own, which waits while the client is slow.
public struct StreamBody: Sendable {
    /// The length, when it is known. The connection is broken if the pieces do not add up to it.
    public var length: Int?
    let produce: @Sendable (BodyWriter) async throws -> Void

    /// - Parameter produce: writes the pieces. The answer is complete when it returns; when it throws, the connection is
    ///   broken so that the client cannot take what it has for the whole. The task is cancelled when the client goes away.
    public init(length: Int? = nil, _ produce: @escaping @Sendable (BodyWriter) async throws -> Void) {
        self.length = length
        self.produce = produce
    }

    public init<Pieces: AsyncSequence & Sendable>(length: Int? = nil, _ pieces: Pieces) where Pieces.Element == [UInt8] {
        self.init(length: length) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}
