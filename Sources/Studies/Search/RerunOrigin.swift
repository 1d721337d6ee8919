public import Canonical

/// The origin of the settings of a study of reruns.
public struct RerunOrigin: Sendable, Hashable {
    /// The value of a run used for selection.
    public enum Selection: String, Sendable, Hashable, CaseIterable {
        /// The best over all evaluations: the study's rule, and the default.
        case best
        /// The value at the last step.
        case final
    }

    /// The digest of the finished study's plan.
    public let source: Digest
    /// The metric used for selection.
    public let metric: String
    /// The value of a run used for selection.
    public let selection: Selection

    /// Creates a value from its parts.
    public init(source: Digest, metric: String, selection: Selection = .best) {
        self.source = source
        self.metric = metric
        self.selection = selection
    }

    var members: [String: JSONValue] {
        ["source": .string(source.hex), "metric": .string(metric), "selection": .string(selection.rawValue)]
    }

    /// Reads the fields of a protocol; nil without "source".
    /// - Parameter objective: the metric if the protocol names none
    init?(_ fields: inout FieldReader, objective: Objective) throws(FieldError) {
        guard let source = try fields.optionalDigest("source") else { return nil }
        self.source = source
        metric = try fields.optionalMetricValue("metric") ?? objective.metric
        selection = try fields.optionalOneOf("selection", Selection.allCases.map(\.rawValue)).flatMap(Selection.init) ?? .best
    }
}
