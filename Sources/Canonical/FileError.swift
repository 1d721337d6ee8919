#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the system refused to do with a file, in its own words.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// What was tried: "open", "write", "rename".
    public let operation: String
    public let path: String
    /// The system's `errno`, or 0 where a rule of ours was broken.
    public let code: Int32
    public let reason: String

    /// Takes the reason from `errno`'s text.
    public init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
        reason = unsafe String(cString: strerror(code))
    }

    public init(_ operation: String, _ path: String, reason: String) {
        self.operation = operation
        self.path = path
        code = 0
        self.reason = reason
    }

    public var isMissing: Bool { code == ENOENT }

    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether the file system takes no writes at all.
    public var isReadOnly: Bool { code == EROFS }

    public var description: String { "cannot \(operation) \(SystemPath.readable(path)): \(reason)" }
}
