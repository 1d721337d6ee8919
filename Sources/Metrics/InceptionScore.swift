public import Canonical
internal import Numerics

/// The exponential of the mean KL divergence between the class probabilities of an image and the marginal over all images: exp(E KL(p(y|x) || p(y))).
///
/// - Range and units: from 1 (equal probabilities for every image) to the number of classes (confident and balanced).
/// - Source: Salimans et al. 2016. One split is what the study reports; ten splits with their standard deviation is the protocol of the original paper.
/// - Differs: probabilities come from the feature extractor of the evaluation protocol, not from the Inception network.
public struct InceptionScore: Sendable, Hashable {
    /// Number of splits, >= 1.
    public let splits: Int

    /// One split, as in the study.
    public static let whole = InceptionScore(splits: 1)
    /// Ten splits, as in the original paper.
    public static let tenSplits = InceptionScore(splits: 10)

    /// Creates the metric with a number of splits.
    public init(splits: Int) { self.splits = splits }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue { ["splits": .integer(Int64(splits))] }

    /// The mean over the splits and, as in the original code, the standard deviation with divisor `splits`. Split i holds images
    /// i * n / splits ..< (i + 1) * n / splits.
    /// - Shapes: logits [count, classes], before the softmax
    /// - Errors: `MetricError.tooFew` for fewer than 2 samples per split; `badOption` for splits < 1
    public func score(logits: FeatureSet) throws(MetricError) -> Spread {
        guard splits >= 1 else { throw .badOption("\(splits) splits") }
        guard logits.count >= 2 * splits else { throw .tooFew(count: logits.count, needed: 2 * splits, what: "samples") }
        let logarithms = (0..<logits.count).map { Self.logSoftmax(logits.matrix, row: $0) }
        let scores = (0..<splits).map { split in
            Self.score(logarithms[split * logits.count / splits..<(split + 1) * logits.count / splits])
        }
        return Spread(scores, divisorLess: 0)
    }

    private static func score(_ rows: ArraySlice<[Double]>) -> Double {
        let probabilities = rows.map { $0.map(RealFunctions.exponential) }
        var marginal = [Double](repeating: 0, count: probabilities[0].count)
        for row in probabilities {
            for (place, value) in row.enumerated() { marginal[place] += value }
        }
        let logMarginal = marginal.map { RealFunctions.logarithm($0 / Double(rows.count)) }
        var total = 0.0
        for (logarithms, row) in zip(rows, probabilities) {
            // A probability of 0 contributes nothing.
            for place in row.indices where row[place] > 0 { total += row[place] * (logarithms[place] - logMarginal[place]) }
        }
        return RealFunctions.exponential(total / Double(rows.count))
    }

    /// x - max - ln(sum of exp(x - max)).
    private static func logSoftmax(_ logits: Matrix, row: Int) -> [Double] {
        let values = (0..<logits.columns).map { logits[row, $0] }
        let greatest = values.max() ?? 0
        let sum = values.reduce(0) { $0 + RealFunctions.exponential($1 - greatest) }
        let constant = greatest + RealFunctions.logarithm(sum)
        return values.map { $0 - constant }
    }
}
