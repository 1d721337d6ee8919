public import Events

/// The progress of a study's runs.
public struct StudyProgress: Sendable, Equatable {
    /// Runs by state; absent means none.
    public var counts: [RunState: Int]
    /// Ended runs by outcome.
    public var outcomes: [RunOutcome: Int]
    /// Completed steps over all runs; a run that ended early counts with all of its steps.
    public var stepsDone: Int
    /// Steps of all runs.
    public var stepsPlanned: Int

    /// Makes the progress from its counts.
    public init(counts: [RunState: Int] = [:], outcomes: [RunOutcome: Int] = [:], stepsDone: Int = 0, stepsPlanned: Int = 0) {
        self.counts = counts
        self.outcomes = outcomes
        self.stepsDone = stepsDone
        self.stepsPlanned = stepsPlanned
    }

    /// The number of runs in a state.
    public func count(_ state: RunState) -> Int { counts[state] ?? 0 }
    /// The number of runs that ended with an outcome.
    public func count(ended outcome: RunOutcome) -> Int { outcomes[outcome] ?? 0 }
    /// The number of runs.
    public var total: Int { RunState.allCases.reduce(0) { $0 + count($1) } }
    /// Whether every run has ended.
    public var isFinished: Bool { count(.queued) + count(.running) == 0 }

    /// From 0 to 1; 0 for a study without runs.
    public var fraction: Double { stepsPlanned == 0 ? 0 : Double(stepsDone) / Double(stepsPlanned) }
}

/// The remaining work of one model in a study, and the speed of its finished runs.
public struct StudyWork: Sendable, Equatable {
    /// The model's name.
    public var model: String
    /// Seconds that the finished runs without a restart took.
    public var secondsDone: Double
    /// Steps of the same runs.
    public var stepsDone: Int
    /// Queued runs.
    public var queuedRuns: Int
    /// Steps left in all queued runs.
    public var queuedSteps: Int
    /// Steps left in the longest queued run.
    public var longestQueued: Int

    /// Makes a record.
    public init(model: String, secondsDone: Double = 0, stepsDone: Int = 0, queuedRuns: Int = 0, queuedSteps: Int = 0, longestQueued: Int = 0) {
        self.model = model
        self.secondsDone = secondsDone
        self.stepsDone = stepsDone
        self.queuedRuns = queuedRuns
        self.queuedSteps = queuedSteps
        self.longestQueued = longestQueued
    }
}
