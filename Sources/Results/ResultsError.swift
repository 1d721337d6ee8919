public import Catalog
import Studies

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

/// A metric of which there is no value, and of which no plan asks for one.
public struct MetricNotMeasured: Error, Equatable, CustomStringConvertible {
    /// The name of the requested value.
    public let metric: String
    /// The study's id; nil for several studies, and for runs of no study.
    public let study: String?
    /// The names of the values that it measures.
    public let measured: [String]

    /// The problem and the measured values.
    public var description: String {
        "\(study.map { "the study \($0) does not measure" } ?? "none of the compared runs measures") \(metric); measured: \(measured.joined(separator: ", "))"
    }

    /// - Parameters:
    ///   - planned: the values that plans ask for.
    ///   - measured: the values that any run has.
    /// - Errors: `MetricNotMeasured` if the metric is neither planned nor measured: what shows it would be empty.
    static func check(_ metric: String, study: String?, planned: Set<String>, measured: Set<String>) throws(MetricNotMeasured) {
        let known = planned.union(measured)
        guard !known.contains(metric) else { return }
        throw MetricNotMeasured(metric: metric, study: study, measured: SpecificationLimits.metricValues.filter(known.contains))
    }
}
