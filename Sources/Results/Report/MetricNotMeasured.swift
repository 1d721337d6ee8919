/// A metric that a study does not measure.
public struct MetricNotMeasured: Error, Equatable, CustomStringConvertible {
    public let metric: String
    public let study: String
    /// The names of the values that it measures.
    public let measured: [String]

    public var description: String { "the study \(study) does not measure \(metric); measured: \(measured.joined(separator: ", "))" }
}
