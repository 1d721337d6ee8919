public import Canonical

/// Where the settings of a reruns study come from.
public struct RerunOrigin: Sendable, Hashable {
    /// Which value of a run decides.
    public enum Selection: String, Sendable, Hashable, CaseIterable {
        /// The best over its evaluations: the study's rule, and the default.
        case best
        /// The one at its last step.
        case final
    }

    /// The digest of the finished study's plan.
    public let source: Digest
    public let metric: String
    public let selection: Selection

    public init(source: Digest, metric: String = "fid", selection: Selection = .best) {
        self.source = source
        self.metric = metric
        self.selection = selection
    }

    var members: [String: JSONValue] {
        ["source": .string(source.hex), "metric": .string(metric), "selection": .string(selection.rawValue)]
    }

    /// Reads the fields of a protocol; nil where "source" is not among them.
    init?(_ fields: inout FieldReader) throws(FieldError) {
        guard let source = try fields.optionalDigest("source") else { return nil }
        self.source = source
        metric = fields.contains("metric") ? try fields.name("metric") : "fid"
        selection = try fields.optionalOneOf("selection", Selection.allCases.map(\.rawValue)).flatMap(Selection.init) ?? .best
    }
}
