public import Canonical
internal import Metrics
internal import Numerics

/// The metrics of two sets of images from their features, under the names and with the defaults of torch-fidelity. The first set is the generated one, the second the reference.
public struct FeatureMetrics: Sendable {
    /// Metrics that are asked for together.
    public enum Group: String, Sendable, CaseIterable {
        case isc, fid, kid, prc, densityCoverage = "density_coverage", prd

        /// The names of the values.
        public var names: [String] {
            switch self {
            case .isc: ["inception_score_mean", "inception_score_std"]
            case .fid: ["frechet_inception_distance"]
            case .kid: ["kernel_inception_distance_mean", "kernel_inception_distance_std"]
            case .prc: ["precision", "recall", "f_score"]
            case .densityCoverage: ["density", "coverage"]
            case .prd: ["prd_f8", "prd_f1_8"]
            }
        }
    }

    /// One number, or the reason why there is none.
    public struct Value: Sendable, Equatable {
        public let name: String
        public let number: Double?
        public let problem: String?
    }

    /// One side: features of all images, or statistics alone, from which only the Frechet distance can be computed.
    public struct Side {
        /// Mean and covariance.
        public let statistics: FeatureStatistics
        /// All features; nil for a file of statistics.
        public let features: ImageFeatures?

        public init(statistics: FeatureStatistics, features: ImageFeatures?) { (self.statistics, self.features) = (statistics, features) }
    }

    /// Parts that the images are divided into for the Inception score.
    public var splits = 10
    /// Random subsets of KID, and the samples of each set in one: nil for 1000, or all of the smaller set if they are fewer.
    public var subsets = 100, subsetSize: Int?
    /// Rank of the nearest neighbor that sets the radius of precision and recall.
    public var neighborhood = 3
    /// Rank of the nearest neighbor that sets the radius of density and coverage.
    public var densityNeighborhood = 5
    /// Number of threads; no value depends on it.
    public var threads = 1

    public init() {}

    private static let order = RandomStream(seed: 0, name: "metrics/isc/order")
    private static let usualSize = 1000

    /// The options as they determine the values.
    public func options(_ first: Side, _ second: Side) -> JSONValue {
        [
            "isc_splits": .integer(Int64(splits)), "kid_subsets": .integer(Int64(subsets)), "kid_subset_size": .integer(Int64(size(first, second))),
            "prc_neighborhood": .integer(Int64(neighborhood)), "density_neighborhood": .integer(Int64(densityNeighborhood)),
        ]
    }

    private func size(_ first: Side, _ second: Side) -> Int {
        subsetSize ?? [Self.usualSize, first.features?.count, second.features?.count].compactMap(\.self).min() ?? Self.usualSize
    }

    /// The values of a group. Those that cannot be computed have a reason instead.
    /// - Parameter tell: called between parts of the work; what it throws ends it
    /// - Errors: `StatisticsError` if the sides were computed with different extractors; what `tell` throws
    public func values(_ group: Group, _ first: Side, _ second: Side, tell: (_ activity: String) throws -> Void = { _ in }) throws -> [Value] {
        do {
            return zip(group.names, try numbers(group, first, second, tell)).map { Value(name: $0, number: $1, problem: nil) }
        } catch let error as MetricError {
            return group.names.map { Value(name: $0, number: nil, problem: error.description) }
        }
    }

    private func numbers(_ group: Group, _ first: Side, _ second: Side, _ tell: (String) throws -> Void) throws -> [Double] {
        try tell(group.names[0])
        switch group {
        case .isc:
            guard let features = first.features else { throw MetricError.notApplicable("the first set is a file of statistics, which has no logits") }
            guard features.classes > 0 else { throw MetricError.notApplicable("the extractor names no logits") }
            let set = try FeatureSet(features.logits, dimension: features.classes)
            let spread = try InceptionScore(splits: splits).score(logits: set.samples(at: Self.order.permutation(of: set.count, step: 0)))
            return [spread.mean, spread.deviation ?? 0]
        case .fid: return [try first.statistics.distance(to: second.statistics, threads: threads)]
        case .kid:
            let sets = try sets(first, second)
            let spread = try KernelDistance.overSubsets(subsets, size: size(first, second), sets.0, sets.1, threads: threads) {
                try tell("\(group.names[0])  subset \($0 + 1) of \(subsets)")
            }
            return [spread.mean, spread.deviation ?? 0]
        case .prc:
            let sets = try sets(first, second)
            let both = try ImprovedPrecisionRecall(k: neighborhood).between(reference: sets.1, generated: sets.0, threads: threads)
            return [both.precision, both.recall, 2 * both.precision * both.recall / Swift.max(1e-5, both.precision + both.recall)]
        case .densityCoverage:
            let sets = try sets(first, second)
            let both = try DensityCoverage(k: densityNeighborhood).between(reference: sets.1, generated: sets.0, threads: threads)
            return [both.density, both.coverage]
        case .prd:
            let sets = try sets(first, second)
            let both = try PrecisionRecallCurve().summary(reference: sets.1, generated: sets.0)
            return [both.recallWeighted, both.precisionWeighted]
        }
    }

    private func sets(_ first: Side, _ second: Side) throws -> (FeatureSet, FeatureSet) {
        guard let one = first.features, let other = second.features else { throw MetricError.notApplicable("a file of statistics has no features of single images") }
        guard one.extractor == other.extractor else { throw StatisticsError.extractors(one.extractor, other.extractor) }
        return (try FeatureSet(one.features, dimension: one.dimension), try FeatureSet(other.features, dimension: other.dimension))
    }
}
