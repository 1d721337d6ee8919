/// Why features do not give a number.
public enum MetricError: Error, Equatable, CustomStringConvertible {
    /// A feature is infinite or not a number; samples and features count from 0.
    case notFinite(sample: Int, feature: Int)
    /// So few samples that their covariance cannot have full rank.
    case tooFewSamples(count: Int, dimension: Int)
    /// Two fits whose features have different lengths.
    case differentDimensions(Int, Int)
    /// The arithmetic of the distance failed, in its words.
    case arithmetic(String)

    public var description: String {
        switch self {
        case .notFinite(let sample, let feature): "Feature \(feature) of sample \(sample) is not a finite number."
        case .tooFewSamples(let count, let dimension):
            "\(count) samples are too few for features of \(dimension) numbers: at least \(dimension + 1) are needed."
        case .differentDimensions(let first, let second): "Features of \(first) numbers cannot be compared with features of \(second)."
        case .arithmetic(let problem): "The distance cannot be computed: \(problem)"
        }
    }
}
