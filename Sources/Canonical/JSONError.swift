/// Why a text is not valid JSON, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Byte offset of the error, from 0.
    public let offset: Int
    /// Line of the error, from 1.
    public let line: Int
    /// Byte column within the line, from 1.
    public let column: Int
    /// What is wrong.
    public let problem: String

    /// The error as one sentence.
    public var description: String { "line \(line), column \(column) (byte \(offset)): \(problem)" }

    init(_ problem: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        self.offset = offset
        self.problem = problem
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    }
}
