import Catalog

/// Between how many seconds and how many work is expected to take.
package struct TimeRange: Sendable, Equatable {
    /// What an expectation rests on, the best first.
    package enum Basis: String, Sendable, CaseIterable, Comparable {
        /// Runs of the same study.
        case measured
        /// Runs of the same model, data set, width, and batch size.
        case comparable
        /// The number of operations, at the rates of runs of other kinds or of this machine.
        case operations

        package static func < (a: Basis, b: Basis) -> Bool { allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)! }
    }

    /// Seconds at the highest rate.
    package var low: Double
    /// Seconds at the lowest rate.
    package var high: Double
    /// What it rests on: the worst of what its parts rest on.
    package var basis: Basis

    package init(low: Double, high: Double, basis: Basis) {
        (self.low, self.high, self.basis) = (low, high, basis)
    }

    /// The seconds of a step, from what was measured. Fewer than three runs say little about the spread: their range is widened by a quarter.
    package init?(measured seconds: [Double], basis: Basis) {
        guard let least = seconds.min(), let most = seconds.max(), least > 0, most.isFinite else { return nil }
        let margin = seconds.count < 3 ? 1.25 : 1
        self.init(low: least / margin, high: most * margin, basis: basis)
    }
}

/// The work that is left: jobs of several kinds, which run beside each other.
package struct WorkLeft: Sendable {
    /// Work of one kind.
    package struct Part: Sendable {
        /// Steps of all jobs.
        package var steps: Int
        /// Steps of the longest one.
        package var longest: Int
        /// Seconds of a step.
        package var seconds: TimeRange

        package init(steps: Int, longest: Int, seconds: TimeRange) {
            (self.steps, self.longest, self.seconds) = (steps, longest, seconds)
        }
    }

    package var parts: [Part] = []

    package init(parts: [Part] = []) { self.parts = parts }

    /// The time until everything has ended with so many workers; nil if nothing is left.
    ///
    /// Below: the work is divided evenly, and nothing takes less than its longest job. Above: whatever the order in which free workers take jobs, the last one ends
    /// at the latest after the even share and the longest job (Graham 1969: makespan <= sum / m + (1 - 1 / m) longest).
    package func time(workers: Int) -> TimeRange? {
        guard let basis = parts.map(\.seconds.basis).max() else { return nil }
        let workers = Double(max(1, workers))
        func bound(_ rate: (TimeRange) -> Double) -> (sum: Double, longest: Double) {
            parts.reduce(into: (0, 0)) { total, part in
                total.0 += Double(part.steps) * rate(part.seconds)
                total.1 = max(total.1, Double(part.longest) * rate(part.seconds))
            }
        }
        let (low, high) = (bound(\.low), bound(\.high))
        return TimeRange(low: max(low.longest, low.sum / workers), high: high.sum / workers + (1 - 1 / workers) * high.longest, basis: basis)
    }
}
