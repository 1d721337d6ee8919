#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The operating system's message for the last failed call (`errno`).
package func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
