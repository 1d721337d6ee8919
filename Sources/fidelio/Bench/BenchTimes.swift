import Canonical

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Durations of repeated runs of the same work, in seconds.
struct BenchTimes {
    private let sorted: [Double]

    init(_ times: [Double]) { sorted = times.sorted() }

    var count: Int { sorted.count }
    var minimum: Double { sorted.first ?? 0 }
    var maximum: Double { sorted.last ?? 0 }

    /// The median; the mean of the middle two for an even count.
    var median: Double {
        if sorted.isEmpty { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    var json: JSONValue {
        ["median": .number(median), "minimum": .number(minimum), "maximum": .number(maximum), "runs": .integer(Int64(count))]
    }
}

/// The system's monotonic clock in seconds, common to all processes.
enum BenchClock {
    static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
