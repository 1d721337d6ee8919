internal import Canonical
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

extension FileError {
    /// The error in `errno` for an operation on a file.
    static func last(_ path: String, _ step: String) -> FileError { FileError(step, path, code: errno) }
}
