/// The result of comparing a rerun with its original.
///
/// A comparison is conclusive (identical or different) only if both runs ran to their ends (`RunState.isComparable`). Otherwise it is
/// inconclusive, with the obstacle; it reopens as soon as either run is resumed.
public struct VerificationRecord: Sendable, Equatable {
    /// The stages and results of a comparison.
    public enum State: String, Sendable {
        /// At least one of the runs is queued or running, or has just ended and was not compared yet.
        case running
        case identical, different
        /// The runs could not be compared.
        case inconclusive
    }

    /// Why a comparison is inconclusive.
    public enum Obstacle: Sendable, Equatable {
        /// A run failed or was cancelled before its end.
        case unfinished(Side, state: RunState, message: String)
        /// Lines of a run's `events.ndjson` are damaged, so results may be missing.
        case incompleteRecord(Side, lines: Int)
        /// Both runs ended, and neither recorded anything comparable.
        case nothingRecorded
    }

    /// One of the two runs of a comparison.
    public enum Side: String, Sendable { case original, rerun }

    /// The original's public id.
    public var original: String
    /// The rerun's public id.
    public var rerun: String
    /// The stage or result.
    public var state: State
    /// Why the comparison is inconclusive; nil in any other state.
    public var obstacle: Obstacle?
    /// How many training metrics were compared.
    public var metrics: Int
    /// How many sample grids were compared.
    public var samples: Int
    /// How many evaluations were compared.
    public var evaluations: Int
    /// How many checkpoints were compared.
    public var checkpoints: Int
    /// The first difference, canonical JSON; nil if nothing differs.
    public var firstDifference: String?
    /// When the comparison completed, in Unix seconds; nil until then.
    public var finished: Double?
    /// Digests of the final checkpoints of the original and the rerun; nil for a run without one.
    public var finalDigests: [String?]

    /// Makes a record.
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
    /// One of the two runs in its current state.
    struct End {
        var side: Side
        var state: RunState
        var message: String
        var finished: Double?
        var damagedEvents: Int
    }

    /// The record adjusted to the current states of its runs: a result is valid only for the ends that it compared, so one that is older than
    /// an end, or that an earlier program stored without two ends, is discarded.
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
