internal import Canonical
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

extension FileError {
    /// The system's last error at a file.
    static func last(_ path: String, _ step: String) -> FileError { FileError(step, path, code: errno) }
}
