/// Why a metric cannot be computed.
public enum MetricError: Error, Equatable, CustomStringConvertible {
    /// A feature is infinite or NaN; sample and feature indices start at 0.
    case notFinite(sample: Int, feature: Int)
    /// Too few samples for a covariance of full rank.
    case tooFewSamples(count: Int, dimension: Int)
    /// Fewer samples than the metric needs.
    case tooFew(count: Int, needed: Int, what: String)
    /// Two fits or sets with different feature dimensions.
    case differentDimensions(Int, Int)
    /// Two sets that must have the same size.
    case differentCounts(Int, Int)
    /// An invalid option, described in words.
    case badOption(String)
    /// The metric needs something that the model or the data set does not have, in words.
    case notApplicable(String)
    /// The linear algebra failed, with its error message.
    case arithmetic(String)

    /// The error as one sentence.
    public var description: String {
        switch self {
        case .notFinite(let sample, let feature): "Feature \(feature) of sample \(sample) is not a finite number."
        case .tooFewSamples(let count, let dimension):
            "\(count) samples are too few for features of \(dimension) numbers: at least \(dimension + 1) are needed."
        case .tooFew(let count, let needed, let what): "\(count) \(what) are too few: at least \(needed) are needed."
        case .differentDimensions(let first, let second): "Features of \(first) numbers cannot be compared with features of \(second)."
        case .differentCounts(let first, let second): "Sets of \(first) and of \(second) samples cannot be compared: both must be of one size."
        case .badOption(let problem): "An option of the metric is wrong: \(problem)."
        case .notApplicable(let problem): "The metric does not apply: \(problem)."
        case .arithmetic(let problem): "The distance cannot be computed: \(problem)"
        }
    }
}
