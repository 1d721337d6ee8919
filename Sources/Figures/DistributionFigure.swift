public import Events

/// The distribution of one metric for each model: every run a point, the box of its quartiles behind, failures in their own lane.
///
/// Runs that still run are drawn hollow with their value so far; queued and cancelled ones, and runs without a value, are
/// counted in a note. The box covers finished runs alone. Where a model has several settings, its default (setting 0) is a star, as in figure 5 of
/// the study (Lucic et al. 2018).
public struct DistributionFigure: Sendable, Equatable {
    public struct Run: Sendable, Equatable {
        /// Where the run stands, in the words of the catalog.
        public enum State: String, Sendable, CaseIterable {
            case queued, running, done, diverged, failed, cancelled

            /// Diverged and failed runs are results: they stand in a lane of their own and are counted in every denominator.
            var isFailure: Bool { self == .diverged || self == .failed }
        }

        public var id: String
        public var setting: Int
        public var seed: UInt64
        public var state: State
        /// How the run ended; nil for one that has not. A run that collapsed keeps its score, and is drawn with a hole.
        public var outcome: RunOutcome?
        /// The run's score; nil when it has none yet.
        public var value: Double?
        /// The step at which the score was measured.
        public var step: Int?
        /// Why there is no value, where that is known.
        public var problem: String?

        var isCollapsed: Bool { outcome == .collapsed }

        public init(
            id: String, setting: Int, seed: UInt64, state: State, outcome: RunOutcome? = nil, value: Double?, step: Int?, problem: String? = nil
        ) {
            self.id = id
            self.setting = setting
            self.seed = seed
            self.state = state
            self.outcome = outcome
            self.value = value
            self.step = step
            self.problem = problem
        }
    }

    public struct Model: Sendable, Equatable {
        public var name: String
        public var title: String
        /// The model's place in the list of models: decides color and marker, so that it looks alike in every figure.
        public var appearance: SeriesAppearance
        public var runs: [Run]
        /// An interval for the model's typical score, if `intervalMethod` names how it was had.
        public var interval: ClosedRange<Double>?

        public init(name: String, title: String, appearance: SeriesAppearance, runs: [Run], interval: ClosedRange<Double>? = nil) {
            self.name = name
            self.title = title
            self.appearance = appearance
            self.runs = runs
            self.interval = interval
        }
    }

    public enum Direction: String, Sendable {
        case minimise, maximise
    }

    public var title: String
    /// The metric as it is written on the axis, for example "FID".
    public var metric: String
    public var direction: Direction
    public var scale: AxisScale
    public var measurement: MeasurementProtocol?
    /// Which of a run's evaluations counts, for example "best evaluation of each run".
    public var selection: String
    /// How `Model.interval` was computed, with resamples and seed; nil when there are none.
    public var intervalMethod: String?
    public var models: [Model]
    /// What else is said below, first.
    public var remarks: [String]

    public init(
        title: String, metric: String, direction: Direction, scale: AxisScale, measurement: MeasurementProtocol?,
        selection: String, intervalMethod: String? = nil, models: [Model], remarks: [String] = []
    ) {
        self.title = title
        self.metric = metric
        self.direction = direction
        self.scale = scale
        self.measurement = measurement
        self.selection = selection
        self.intervalMethod = intervalMethod
        self.models = models
        self.remarks = remarks
    }
}

extension DistributionFigure.Model {
    /// Finished runs with a finite score: what the box and n speak of.
    var scored: [Double] { runs.compactMap { $0.state == .done ? $0.value.flatMap { $0.isFinite ? $0 : nil } : nil } }
    var failures: [DistributionFigure.Run] { runs.filter(\.state.isFailure) }
    /// The default setting stands out only among others.
    func isMarked(_ run: DistributionFigure.Run) -> Bool { run.setting == 0 && runs.contains { $0.setting != 0 } }
}
