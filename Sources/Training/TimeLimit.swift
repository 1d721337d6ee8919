internal import Events

/// The time limit of a run. It belongs to the worker, not to the specification: time is not part of a result.
struct TimeLimit {
    private let limit: Double?
    /// Seconds that earlier workers of the run have used.
    private let spent: Double
    private let begin = ContinuousClock.now

    /// - Parameter earlier: events of the run so far. A worker's time lasts from its first line to the last line before the next worker's. An interval in which the clock
    ///   was set back counts as zero; all other intervals count.
    init(seconds: Double?, earlier: [RunEvent]) {
        limit = seconds
        var spent = 0.0
        var last: Double?
        // The first line of a worker is `log`; in version 1 it was the phase "dataset" or `started`.
        var isVersion1 = true
        for event in earlier {
            let isFirst: Bool
            switch event.kind {
            case .log: (isFirst, isVersion1) = (true, false)
            case .started, .phase("dataset", _): isFirst = isVersion1
            default: isFirst = false
            }
            if !isFirst, let last { spent += Swift.max(0, event.time - last) }
            last = event.time
        }
        self.spent = spent
    }

    /// The limit in seconds, if it is exceeded.
    var exceeded: Double? {
        guard let limit else { return nil }
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        return spent + Double(seconds) + Double(attoseconds) * 1e-18 > limit ? limit : nil
    }
}
