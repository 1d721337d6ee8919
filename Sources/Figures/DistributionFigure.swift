public import Events

/// The distribution of one metric for each model: one point per run, a box of the quartiles behind them, and failures in a separate lane.
///
/// Running runs are drawn hollow with their current value; queued and cancelled runs, and runs without a value, are
/// counted in a note. The box covers finished runs only. If a model has several settings, its default (setting 0) is drawn as a star, as in figure 5 of
/// the study (Lucic et al. 2018).
public struct DistributionFigure: Sendable, Equatable {
    /// One run and its score.
    public struct Run: Sendable, Equatable {
        /// The state of the run, with the catalog's names.
        public enum State: String, Sendable, CaseIterable {
            case queued, running, done, diverged, failed, cancelled

            /// Diverged and failed runs are results: they have a separate lane and count in every denominator.
            var isFailure: Bool { self == .diverged || self == .failed }
        }

        /// The run's public id.
        public var id: String
        /// The setting's index in the study, from 0.
        public var setting: Int
        /// The run's seed.
        public var seed: UInt64
        /// The run's state.
        public var state: State
        /// How the run ended; nil for an unfinished run. A collapsed run keeps its score and is drawn with a hole.
        public var outcome: RunOutcome?
        /// The run's score; nil if it has none yet.
        public var value: Double?
        /// The step at which the score was measured.
        public var step: Int?
        /// Why there is no value; nil if unknown.
        public var problem: String?

        var isCollapsed: Bool { outcome == .collapsed }

        /// Makes a run.
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

    /// One model and its runs.
    public struct Model: Sendable, Equatable {
        /// The model's name in specifications.
        public var name: String
        /// The model's title in the figure.
        public var title: String
        /// The model's index among all models, which determines color and marker, so that it looks the same in every figure.
        public var appearance: SeriesAppearance
        /// The model's runs, in any order.
        public var runs: [Run]
        /// An interval for the model's typical score; requires `intervalMethod`, which describes its computation.
        public var interval: ClosedRange<Double>?

        /// Makes a model.
        public init(name: String, title: String, appearance: SeriesAppearance, runs: [Run], interval: ClosedRange<Double>? = nil) {
            self.name = name
            self.title = title
            self.appearance = appearance
            self.runs = runs
            self.interval = interval
        }
    }

    /// Whether a lower or a higher value is better.
    public enum Direction: String, Sendable {
        case minimise, maximise
    }

    /// The figure's title.
    public var title: String
    /// The metric as the axis shows it, for example "FID".
    public var metric: String
    /// Whether a lower or a higher value is better.
    public var direction: Direction
    /// The scale of the value axis.
    public var scale: AxisScale
    /// The evaluation protocol of the values; nil if unknown.
    public var measurement: MeasurementProtocol?
    /// Which of a run's evaluations is used, for example "best evaluation of each run".
    public var selection: String
    /// How `Model.interval` was computed, with resamples and seed; nil without intervals.
    public var intervalMethod: String?
    /// The models, in display order.
    public var models: [Model]
    /// Further notes, shown first below the figure.
    public var remarks: [String]

    /// Makes a figure.
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
    /// Finished runs with a finite score: those that the box and n describe.
    var scored: [Double] { runs.compactMap { $0.state == .done ? $0.value.flatMap { $0.isFinite ? $0 : nil } : nil } }
    var failures: [DistributionFigure.Run] { runs.filter(\.state.isFailure) }
    /// The default setting stands out only among others.
    func isMarked(_ run: DistributionFigure.Run) -> Bool { run.setting == 0 && runs.contains { $0.setting != 0 } }
}
