/// How far the runs of a study are.
public struct StudyProgress: Sendable, Equatable {
    public var counts: [RunState: Int]
    /// Steps done and steps planned, over all runs; a run that ended early counts as all of its steps.
    public var stepsDone: Int
    public var stepsPlanned: Int

    public init(counts: [RunState: Int] = [:], stepsDone: Int = 0, stepsPlanned: Int = 0) {
        self.counts = counts
        self.stepsDone = stepsDone
        self.stepsPlanned = stepsPlanned
    }

    public func count(_ state: RunState) -> Int { counts[state] ?? 0 }
    public var total: Int { RunState.allCases.reduce(0) { $0 + count($1) } }
    public var isFinished: Bool { count(.queued) + count(.running) == 0 }

    /// From 0 to 1; 0 for a study without runs.
    public var fraction: Double { stepsPlanned == 0 ? 0 : Double(stepsDone) / Double(stepsPlanned) }
}
