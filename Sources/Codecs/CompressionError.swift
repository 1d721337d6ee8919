/// Why compressed data cannot be read.
public struct CompressionError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// The data end before the stream does.
        case truncated
        /// The data are not a valid stream; zlib's reason.
        case damaged(String)
        /// The content exceeds the caller's limit.
        case tooLarge(limit: Int)
        /// There are bytes after the end of the stream.
        case trailing
    }

    /// What is wrong.
    public let problem: Problem
    /// Byte offset of the error in the input.
    public let offset: Int

    /// Creates an error at a byte offset of the input.
    public init(problem: Problem, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// The error as one sentence.
    public var description: String {
        switch problem {
        case .truncated: "unexpected end of the compressed data after \(offset) bytes"
        case .damaged(let reason): "the compressed data are damaged at byte \(offset)" + (reason.isEmpty ? "" : " (\(reason))")
        case .tooLarge(let limit): "the content exceeds the limit of \(limit) bytes"
        case .trailing: "unexpected bytes after the end of the compressed data at byte \(offset)"
        }
    }
}
