/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Bytes before the offending one.
    public let offset: Int
    /// Line of the offending byte, from 1.
    public let line: Int
    /// Byte within its line, from 1.
    public let column: Int
    public let problem: String

    public var description: String { "line \(line), column \(column) (byte \(offset)): \(problem)" }

    init(_ problem: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        self.offset = offset
        self.problem = problem
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    }
}
