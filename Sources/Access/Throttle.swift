import Synchronization

/// Makes those wait who fail again and again.
///
/// A few failures are free; from then on each doubles the wait, up to a longest one. The memory is a table of fixed size: what is
/// counted under a key is counted under its place, so a flood of keys can make others wait, but can neither fill the memory nor
/// push a key's count out of it. Places are drawn anew for each process.
final class Throttle: Sendable {
    private struct Place {
        var failures = 0
        var last = 0.0
    }

    private let free: Int
    private let longest: Double
    private let places: Mutex<[Place]>
    private let seed = UInt64.random(in: 0...UInt64.max)

    init(free: Int, longest: Double, places count: Int = 4096) {
        self.free = free
        self.longest = longest
        places = Mutex(Array(repeating: Place(), count: count))
    }

    /// The seconds that the next attempt has to wait; 0 when it may be made.
    func wait(_ key: String, at time: Double) -> Double {
        let index = place(of: key)
        return places.withLock { places in
            let place = places[index]
            guard place.failures >= free else { return 0 }
            // A clock that was set back must not lock anybody out.
            let since = max(0, time - place.last)
            return max(0, min(longest, Double(1 << min(20, place.failures - free))) - since)
        }
    }

    /// Counts an attempt as failed, before its end is known, so that many at once do not get past.
    func count(_ key: String, at time: Double) {
        let index = place(of: key)
        places.withLock { places in
            if time - places[index].last > 4 * longest { places[index].failures = 0 }
            places[index].failures = min(free + 40, places[index].failures + 1)
            places[index].last = time
        }
    }

    /// Takes one counted attempt back.
    func forgive(_ key: String) {
        let index = place(of: key)
        places.withLock { places in places[index].failures = max(0, places[index].failures - 1) }
    }

    /// Forgets every failure under a key.
    func clear(_ key: String) {
        let index = place(of: key)
        places.withLock { places in places[index] = Place() }
    }

    private func place(of key: String) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        hasher.combine(key)
        return places.withLock { places in Int(UInt64(bitPattern: Int64(hasher.finalize())) % UInt64(places.count)) }
    }
}
