public import Events

/// How far the runs of a study are.
public struct StudyProgress: Sendable, Equatable {
    public var counts: [RunState: Int]
    /// Of the runs that have ended.
    public var outcomes: [RunOutcome: Int]
    /// Steps done and steps planned, over all runs; a run that ended early counts as all of its steps.
    public var stepsDone: Int
    public var stepsPlanned: Int

    public init(counts: [RunState: Int] = [:], outcomes: [RunOutcome: Int] = [:], stepsDone: Int = 0, stepsPlanned: Int = 0) {
        self.counts = counts
        self.outcomes = outcomes
        self.stepsDone = stepsDone
        self.stepsPlanned = stepsPlanned
    }

    public func count(_ state: RunState) -> Int { counts[state] ?? 0 }
    public func count(ended outcome: RunOutcome) -> Int { outcomes[outcome] ?? 0 }
    public var total: Int { RunState.allCases.reduce(0) { $0 + count($1) } }
    public var isFinished: Bool { count(.queued) + count(.running) == 0 }

    /// From 0 to 1; 0 for a study without runs.
    public var fraction: Double { stepsPlanned == 0 ? 0 : Double(stepsDone) / Double(stepsPlanned) }
}

/// What is left to do of one model in a study, and what its runs showed of their speed.
public struct StudyWork: Sendable, Equatable {
    public var model: String
    /// Seconds and steps of the runs that were done without a restart.
    public var secondsDone: Double
    public var stepsDone: Int
    public var queuedRuns: Int
    /// Steps that the queued runs have left, in all and in the one that has most.
    public var queuedSteps: Int
    public var longestQueued: Int

    public init(model: String, secondsDone: Double = 0, stepsDone: Int = 0, queuedRuns: Int = 0, queuedSteps: Int = 0, longestQueued: Int = 0) {
        self.model = model
        self.secondsDone = secondsDone
        self.stepsDone = stepsDone
        self.queuedRuns = queuedRuns
        self.queuedSteps = queuedSteps
        self.longestQueued = longestQueued
    }
}
