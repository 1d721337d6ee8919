import Synchronization

/// Delays attempts after repeated failures.
///
/// A few failures are free; after that each doubles the wait, up to a maximum. The memory is a table of fixed size: keys are hashed to
/// slots, so a flood of keys can delay others, but can neither exhaust memory nor
/// evict a key's count. The hash is seeded per process.
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

    /// The seconds to wait before the next attempt; 0 if it may be made now.
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

    /// Counts an attempt as failed before its result is known, so that concurrent attempts cannot bypass the limit.
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

    /// Clears the failures of a key.
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
