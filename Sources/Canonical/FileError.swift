#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A failed file operation, with the system's reason.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The operation: "open", "write", "rename".
    public let operation: String
    /// The path as text (see `SystemPath`).
    public let path: String
    /// The system's `errno`, or 0 if a rule of this program was violated.
    public let code: Int32
    /// The reason, in the system's words or those of the violated rule.
    public let reason: String

    /// Creates an error whose reason is the text of `errno`.
    public init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
        reason = unsafe String(cString: strerror(code))
    }

    /// Creates an error without an `errno`.
    public init(_ operation: String, _ path: String, reason: String) {
        self.operation = operation
        self.path = path
        code = 0
        self.reason = reason
    }

    /// Whether the file does not exist.
    public var isMissing: Bool { code == ENOENT }

    /// Whether the disk or the quota is exhausted.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether the file system is read-only.
    public var isReadOnly: Bool { code == EROFS }

    /// The error as one sentence.
    public var description: String { "cannot \(operation) \(SystemPath.readable(path)): \(reason)" }
}
