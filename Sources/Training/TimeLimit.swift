internal import Canonical

/// How long a run may take. It is a matter of the worker, not of the specification: time is no part of a result.
struct TimeLimit {
    private let limit: Double?
    /// What earlier workers of the run have spent.
    private let spent: Double
    private let begin = ContinuousClock.now

    /// - Parameter earlier: the run's log: each worker's time lasts from its "started" to the last line before the next one.
    init(seconds: Double?, earlier: [JSONValue]) {
        limit = seconds
        var spent = 0.0
        var start: Double?
        var last = 0.0
        for event in earlier {
            guard let time = event["time"]?.numberValue else { continue }
            if event["type"] == "started" {
                if let start { spent += Swift.max(0, last - start) }
                start = time
            }
            last = time
        }
        if let start { spent += Swift.max(0, last - start) }
        self.spent = spent
    }

    /// The seconds that the run was allowed, where they are over.
    var exceeded: Double? {
        guard let limit else { return nil }
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        return spent + Double(seconds) + Double(attoseconds) * 1e-18 > limit ? limit : nil
    }
}
