import Glibc

/// The time as the event loop sees it: read once each turn.
struct LoopClock {
    /// Milliseconds of a clock that only goes forward.
    private(set) var now: Int64 = 0
    /// `Date: …` with its line end, made once each second.
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
