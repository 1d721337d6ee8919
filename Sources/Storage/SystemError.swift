#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the operating system says of the last call that failed.
package func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
