public import Canonical

extension FieldError {
    /// The error for a metric that does not exist. It always lists the known ones, beside the nearest.
    static func unknownMetric(_ name: String, path: String, known: [String]) -> FieldError {
        let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean \"\($0)\"? Known are" } ?? "; known are"
        return FieldError(path: path, problem: .rule("\"\(name.prefix(80))\" is not a known metric\(hint) \(known.joined(separator: ", "))"))
    }
}

extension FieldReader {
    /// An optional name of a value that metrics report.
    /// - Errors: `FieldError` that lists the known names
    public mutating func optionalMetricValue(_ key: String) throws(FieldError) -> String? {
        guard let name = try optionalString(key) else { return nil }
        let known = SpecificationLimits.metricValues
        guard known.contains(name) else { throw .unknownMetric(name, path: path(of: key), known: known) }
        return name
    }

    /// A required one; errors as for `optionalMetricValue`, and if it is missing.
    mutating func metricValue(_ key: String) throws(FieldError) -> String {
        _ = try value(key)
        return try optionalMetricValue(key) ?? ""
    }
}
