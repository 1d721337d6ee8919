public import Canonical

/// What a study optimizes: a value that its evaluations measure. It decides which run, setting, and checkpoint is the best.
///
/// Its protocol is that of the plan's evaluation: a run's primary protocol of the metric.
public struct Objective: Sendable, Hashable {
    /// The name of the value (`MetricChoice.Value`), such as "fid".
    public let metric: String

    /// Creates the objective with this value; any name is accepted, because a catalog can contain values of other versions.
    public init(metric: String) { self.metric = metric }

    /// Whether lower or higher values are better, by the definition of the metric.
    public var direction: MetricChoice.Direction { MetricChoice.Direction(metric: metric) }

    /// The default for a plan or specification that measures `metrics`: bits per dimension or FID if one is among them, otherwise the main value of the first metric in
    /// display order. Metrics that are computed only after the last step come after the others, and those with a caution last.
    ///
    /// Plans that name no objective have this one, and their digest does not contain it: the rule must not change for existing metrics.
    public init(measuring metrics: [String]) {
        let known = MetricChoice.all.filter { metrics.contains($0.name) }
        let least = known.map(\.objectiveRank).min()
        if let chosen = known.first(where: { $0.objectiveRank == least }) {
            self.init(metric: chosen.objective ?? chosen.values[0].name)
        } else {
            self.init(metric: metrics.min() ?? SpecificationLimits.defaultMetrics[0])
        }
    }

    /// The objective of a stored plan.
    public init(ofPlan json: JSONValue) {
        if let metric = json["objective"]?["metric"]?.stringValue {
            self.init(metric: metric)
        } else {
            self.init(measuring: Objective.metrics(of: json))
        }
    }

    /// The default objective of a stored specification.
    public init(ofSpecification json: JSONValue) { self.init(measuring: Objective.metrics(of: json)) }

    /// The metrics that a stored plan or specification measures.
    private static func metrics(of json: JSONValue) -> [String] { json["evaluation"]?["metrics"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    /// The names of the values that a stored plan or specification measures, in display order.
    public static func measured(by json: JSONValue) -> [String] { values(of: metrics(of: json)) }

    private static func values(of metrics: [String]) -> [String] {
        MetricChoice.all.filter { metrics.contains($0.name) }.flatMap(\.values).map(\.name)
    }

    /// The objective for plans and the API.
    public var json: JSONValue { ["direction": .string(direction.rawValue), "metric": .string(metric)] }

    /// Reads the field "objective" of a plan: the name of a value, or an object with the name and, optionally, its direction.
    /// - Errors: `FieldError` for an unknown name, for one that the evaluation does not measure, and for the opposite direction.
    init(_ fields: inout FieldReader, evaluation: Specification.Evaluation) throws(FieldError) {
        if let metric = try Objective.metric(&fields, evaluation) { self.init(metric: metric) } else { self.init(measuring: evaluation.metrics) }
    }

    private static func metric(_ fields: inout FieldReader, _ evaluation: Specification.Evaluation) throws(FieldError) -> String? {
        guard let given = fields.optionalValue("objective") else { return nil }
        if given.stringValue != nil {
            let metric = try fields.metricValue("objective")
            try check(metric, evaluation, path: fields.path(of: "objective"))
            return metric
        }
        var inner = try fields.object("objective")
        let metric = try inner.metricValue("metric")
        try check(metric, evaluation, path: inner.path(of: "metric"))
        let direction = MetricChoice.Direction(metric: metric).rawValue
        if let stated = try inner.optionalOneOf("direction", ["maximise", "minimise"]), stated != direction {
            throw inner.error("direction", "must be \"\(direction)\" for \"\(metric)\", by the definition of the metric")
        }
        try inner.finish()
        return metric
    }

    private static func check(_ metric: String, _ evaluation: Specification.Evaluation, path: String) throws(FieldError) {
        let measured = values(of: evaluation.metrics)
        guard !measured.contains(metric) else { return }
        let needed = MetricChoice.all.first { $0.values.contains { $0.name == metric } }?.name ?? metric
        throw FieldError(
            path: path,
            problem: .rule("\"\(metric)\" is not measured by this plan; measured: \(measured.joined(separator: ", ")). Add \"\(needed)\" to evaluation.metrics"))
    }
}

extension MetricChoice {
    /// The order of default objectives; the smallest is chosen. A likelihood comes first: it is what models that have one are trained for.
    fileprivate var objectiveRank: Int { needs == .likelihood ? -1 : (isCostly ? 1 : 0) + (values.contains { $0.caution != nil } ? 2 : 0) }

    /// The name of a value for people; the name itself if no metric reports it.
    public static func title(of value: String) -> String { self.value(named: value)?.title ?? value }

    /// The short name of a value, for column headers; the name itself if no metric reports it.
    public static func label(of value: String) -> String { self.value(named: value)?.label ?? value }
}

extension MetricChoice.Direction {
    /// The direction of a value; for values that no metric reports, lower is better, except for accuracy.
    public init(metric: String) {
        self = MetricChoice.value(named: metric)?.direction ?? (metric == "accuracy" ? .maximise : .minimise)
    }

    /// Whether `value` is strictly better; of equal values neither is.
    public func isBetter(_ value: Double, than other: Double) -> Bool { self == .minimise ? value < other : value > other }

    /// "lower is better" or "higher is better".
    public var words: String { self == .minimise ? "lower is better" : "higher is better" }
}
