import Metrics
import Numerics

/// The metrics with pairwise distances, at the study's size: 10,000 generated against 10,000 held-out samples, and 60,000 training samples.
/// Single-threaded.
struct MetricsBench: BenchWorkload {
    let name = "metrics"
    private static let count = 10_000
    private static let features = 64
    private static let pixels = 784

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let count = settings.isQuick ? Self.count / 10 : Self.count
        let generated = try Self.set("generated", count, Self.features), heldOut = try Self.set("held-out", count, Self.features)
        let train = try Self.set("train", 6 * count, Self.features)
        let images = try Self.set("images", count, Self.pixels), others = try Self.set("other-images", count, Self.pixels)
        let validation = try Self.set("validation-images", ParzenWindow().validationCount, Self.pixels)
        return [
            try row("parzen", "\(count) x \(count) of \(Self.pixels) pixels", settings) {
                _ = try ParzenWindow().measure(generated: images, validation: validation, heldOut: others)
            },
            try row("memorisation", "2 x \(count) against \(6 * count) of \(Self.features) features", settings) {
                _ = try Memorisation.measure(train: train, heldOut: heldOut, generated: generated)
            },
            try row("kid", "\(count) x \(count) of \(Self.features) features", settings) { _ = try KernelDistance().between(heldOut, generated) },
            try row("improved-precision-recall", "as above", settings) {
                _ = try ImprovedPrecisionRecall().between(reference: heldOut, generated: generated)
            },
            try row("density-coverage", "as above", settings) { _ = try DensityCoverage().between(reference: heldOut, generated: generated) },
            try row("prd", "as above", settings) { _ = try PrecisionRecallCurve().summary(reference: heldOut, generated: generated) },
        ]
    }

    private func row(_ metric: String, _ title: String, _ settings: BenchSettings, _ work: () throws -> Void) rethrows -> BenchResult {
        BenchResult(name: "\(name)/\(metric)", title: title, value: .seconds(try settings.repeated(warmUp: 0, least: 1, seconds: 0, work)))
    }

    private static func set(_ stream: String, _ count: Int, _ dimension: Int) throws -> FeatureSet {
        let numbers = RandomStream(seed: 0, name: "bench/metrics/\(stream)").numbers(.uniform(low: 0, high: 1), step: 0, count: count * dimension)
        return try FeatureSet(numbers, dimension: dimension)
    }
}
