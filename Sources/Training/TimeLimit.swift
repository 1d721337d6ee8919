internal import Canonical

/// How long a run may take. It is a matter of the worker, not of the specification: time is no part of a result.
struct TimeLimit {
    private let limit: Double?
    /// What earlier workers of the run have spent.
    private let spent: Double
    private let begin = ContinuousClock.now

    /// - Parameter earlier: the run's log: each worker's time lasts from its "started" to the last line before the next one. Where the clock
    ///   was set back between two lines, the time between them is not known and counts as none; what came before and after counts.
    init(seconds: Double?, earlier: [JSONValue]) {
        limit = seconds
        var spent = 0.0
        var last: Double?
        for event in earlier {
            guard let time = event["time"]?.numberValue else { continue }
            if event["type"] != "started", let last { spent += Swift.max(0, time - last) }
            if event["type"] == "started" || last != nil { last = time }
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
