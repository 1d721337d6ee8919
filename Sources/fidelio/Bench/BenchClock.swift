#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's monotonic clock in seconds, common to all processes.
enum BenchClock {
    static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
