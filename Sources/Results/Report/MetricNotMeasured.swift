/// A metric that a study does not measure.
public struct MetricNotMeasured: Error, Equatable, CustomStringConvertible {
    /// The name of the requested value.
    public let metric: String
    /// The study's name.
    public let study: String
    /// The names of the values that it measures.
    public let measured: [String]

    /// The problem and the measured values.
    public var description: String { "the study \(study) does not measure \(metric); measured: \(measured.joined(separator: ", "))" }
}
