internal import Events

/// How long a run may take. It is a matter of the worker, not of the specification: time is no part of a result.
struct TimeLimit {
    private let limit: Double?
    /// What earlier workers of the run have spent.
    private let spent: Double
    private let begin = ContinuousClock.now

    /// - Parameter earlier: the run's log: each worker's time lasts from its first line to the last one before the next worker's. Where the clock
    ///   was set back between two lines, the time between them is not known and counts as none; what came before and after counts.
    init(seconds: Double?, earlier: [RunEvent]) {
        limit = seconds
        var spent = 0.0
        var last: Double?
        // A worker's first line is `log`; before version 2 it was the phase "dataset" or `started`.
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

    /// The seconds that the run was allowed, where they are over.
    var exceeded: Double? {
        guard let limit else { return nil }
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        return spent + Double(seconds) + Double(attoseconds) * 1e-18 > limit ? limit : nil
    }
}
