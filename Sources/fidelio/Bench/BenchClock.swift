#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The machine's monotonic clock, the same for all processes, in seconds.
enum BenchClock {
    static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
