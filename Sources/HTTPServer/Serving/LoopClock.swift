import Glibc

/// The event loop's time, read once per round.
struct LoopClock {
    /// Milliseconds of a monotonic clock.
    private(set) var now: Int64 = 0
    /// The `Date` field with its line end, formatted once per second.
    private(set) var dateLine: [UInt8] = []
    private var second = -1

    init() { update() }

    mutating func update() {
        now = Self.nanoseconds() / 1_000_000
        let current = time(nil)
        guard current != second else { return }
        second = current
        dateLine = Array("Date: \(HTTPDate(secondsSince1970: current))\r\n".utf8)
    }

    static func nanoseconds() -> Int64 {
        var value = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &value)
        return Int64(value.tv_sec) * 1_000_000_000 + Int64(value.tv_nsec)
    }
}
