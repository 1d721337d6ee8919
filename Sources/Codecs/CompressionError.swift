/// Why compressed bytes cannot be read.
public struct CompressionError: Error, Equatable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// The bytes end before the stream does.
        case truncated
        /// The bytes are not such a stream; zlib's reason.
        case damaged(String)
        /// The content is larger than the caller allows.
        case tooLarge(limit: Int)
        /// Bytes follow the end of the stream.
        case trailing
    }

    public let problem: Problem
    /// Bytes of input that were read before.
    public let offset: Int

    public init(problem: Problem, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    public var description: String {
        switch problem {
        case .truncated: "the compressed data end too early, after \(offset) bytes"
        case .damaged(let reason): "the compressed data are damaged at byte \(offset)" + (reason.isEmpty ? "" : " (\(reason))")
        case .tooLarge(let limit): "the content is larger than the \(limit) bytes allowed"
        case .trailing: "bytes follow the end of the compressed data at byte \(offset)"
        }
    }
}
