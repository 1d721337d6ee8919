/// What comparing a rerun with its original gave.
///
/// There is a verdict, identical or different, only where both runs ran to their ends (`RunState.isComparable`). Everything else is inconclusive,
/// with the obstacle; it is open again as soon as either run is resumed.
public struct VerificationRecord: Sendable, Equatable {
    public enum State: String, Sendable {
        /// At least one of the two is queued or at work, or has just ended and is not compared yet.
        case running
        case identical, different
        /// No verdict.
        case inconclusive
    }

    /// Why there is no verdict.
    public enum Obstacle: Sendable, Equatable {
        /// A run failed or was cancelled before its end.
        case unfinished(Side, state: RunState, message: String)
        /// Lines of a run's `events.ndjson` are damaged, and what is missing may have stood there.
        case incompleteRecord(Side, lines: Int)
        /// Both runs ended, and neither recorded anything that could be compared.
        case nothingRecorded
    }

    public enum Side: String, Sendable { case original, rerun }

    public var original: String
    public var rerun: String
    public var state: State
    /// Why there is no verdict; nil unless `state` is inconclusive.
    public var obstacle: Obstacle?
    /// How many of each were compared.
    public var metrics: Int
    public var samples: Int
    public var evaluations: Int
    public var checkpoints: Int
    /// Canonical JSON; nil when nothing differs.
    public var firstDifference: String?
    public var finished: Double?
    public var finalDigests: [String?]

    public init(
        original: String, rerun: String, state: State, obstacle: Obstacle? = nil, metrics: Int = 0, samples: Int = 0, evaluations: Int = 0,
        checkpoints: Int = 0, firstDifference: String? = nil, finished: Double? = nil, finalDigests: [String?] = [nil, nil]
    ) {
        self.original = original
        self.rerun = rerun
        self.state = state
        self.obstacle = obstacle
        self.metrics = metrics
        self.samples = samples
        self.evaluations = evaluations
        self.checkpoints = checkpoints
        self.firstDifference = firstDifference
        self.finished = finished
        self.finalDigests = finalDigests
    }

    /// How many values were compared in all.
    public var compared: Int { metrics + samples + evaluations + checkpoints }
}

extension VerificationRecord {
    /// A run of the comparison as it is now.
    struct End {
        var side: Side
        var state: RunState
        var message: String
        var finished: Double?
        var damagedEvents: Int
    }

    /// The record as it holds for the present states of its runs, whatever was stored of earlier ones: a verdict belongs to the ends that it
    /// compared, so one that is older than an end, or was given (by earlier programs) without two ends, is none.
    func standing(_ original: End, _ rerun: End) -> VerificationRecord {
        let ends = [original, rerun]
        if ends.contains(where: { !$0.state.isFinal }) { return open }
        if let short = ends.first(where: { !$0.state.isComparable }) {
            return inconclusive(.unfinished(short.side, state: short.state, message: short.message), at: ends.compactMap(\.finished).max())
        }
        switch state {
        case .running: return open
        case _ where (finished ?? 0) < (ends.compactMap(\.finished).max() ?? 0): return open
        case .identical where compared > 0, .different: return self
        case .identical, .inconclusive:
            let damaged = ends.first { $0.damagedEvents > 0 }
            let obstacle = damaged.map { Obstacle.incompleteRecord($0.side, lines: $0.damagedEvents) } ?? .nothingRecorded
            return inconclusive(obstacle, at: finished)
        }
    }

    private var open: VerificationRecord { VerificationRecord(original: original, rerun: rerun, state: .running, finalDigests: finalDigests) }

    private func inconclusive(_ obstacle: Obstacle, at time: Double?) -> VerificationRecord {
        VerificationRecord(
            original: original, rerun: rerun, state: .inconclusive, obstacle: obstacle, finished: time, finalDigests: finalDigests)
    }
}
