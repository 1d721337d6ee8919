/// Steps per second over the last few seconds, including evaluations and checkpoints; reported every half second.
struct Pace {
    private var marks: [(time: ContinuousClock.Instant, step: Int)] = []
    private(set) var lastStep = 0

    mutating func begin(step: Int) {
        marks = [(ContinuousClock.now, step)]
        lastStep = step
    }

    /// The rate if a report is due, otherwise nil.
    mutating func due(step: Int) -> Double? {
        lastStep = step
        let now = ContinuousClock.now
        guard let last = marks.last, now - last.time >= .milliseconds(500) else { return nil }
        marks.append((now, step))
        if marks.count > 20 { marks.removeFirst() }
        let (seconds, attoseconds) = (now - marks[0].time).components
        return Double(step - marks[0].step) / (Double(seconds) + Double(attoseconds) * 1e-18)
    }
}
