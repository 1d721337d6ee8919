public import Catalog

/// Why results cannot be shown.
public enum ResultsError: Error, Equatable, CustomStringConvertible {
    case unknownRun(String)
    case unknownStudy(String)
    /// The values of this metric were measured under more than one evaluation protocol.
    case mixedProtocols(String, [ProtocolRecord])
    /// A view of something that the results do not have.
    case nothingShown(String)

    /// What is wrong, in one sentence.
    public var description: String {
        switch self {
        case .unknownRun(let id): "there is no run \(id)"
        case .unknownStudy(let id): "there is no study \(id)"
        case .mixedProtocols(let metric, let protocols):
            "the \(metric) values were measured under \(protocols.count) evaluation protocols and cannot be compared; they differ in "
                + ProtocolDifference.all(in: protocols).map(\.description).joined(separator: "; ")
        case .nothingShown(let problem): problem
        }
    }
}

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
