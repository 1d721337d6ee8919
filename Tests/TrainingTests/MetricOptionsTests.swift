import Canonical
import Datasets
import Metrics
import Models
import Studies
import Testing

@testable import Training

/// The options of metrics in plans: one table of defaults, and protocols that contain every value.
@Suite struct MetricOptionsTests {
    private func estimator(_ name: String, _ given: Hyperparameters = [:]) throws -> MetricEstimator {
        let choice = try #require(MetricChoice.named(name))
        return try #require(MetricEstimator.named(name, options: choice.options(with: given)))
    }

    /// The protocol of the defaults. A change here is another protocol, whose values cannot be compared with earlier ones.
    @Test func defaultsAreThoseOfTheMetricsThemselves() throws {
        let expected: [(String, String, JSONValue)] = [
            ("fid", "frechet-1", .null), ("fid_extrapolated", "frechet-halves-1", .null), ("kid", "kernel-1", KernelDistance().options), ("is", "inception-score-1", InceptionScore.whole.options),
            ("is_10", "inception-score-1", InceptionScore.tenSplits.options),
            ("improved_precision_recall", "improved-precision-recall-1", ImprovedPrecisionRecall().options),
            ("density_coverage", "density-coverage-1", DensityCoverage().options), ("prd", "prd-1", PrecisionRecallCurve().options),
            ("parzen", "parzen-1", ParzenWindow().options), ("memorisation", "memorisation-1", Memorisation.options),
            (
                "manifold", "manifold-1",
                [
                    "inversion": LatentInversion.Options().json, "manifold": PolygonManifold.Options().json, "samples": 1024,
                    "threshold": .number(ManifoldScore().threshold),
                ]
            ),
            ("modes", "mode-coverage-1", ["radius": .number(ModeCoverage().radius), "samples": 2500]),
            ("bits_per_dimension", "bits-per-dimension-1", BitsPerDimension().options),
            ("psnr", "psnr-1", PeakSignalToNoise().options), ("psnr_y", "psnr-1", PeakSignalToNoise(.luma).options),
            ("ssim", "ssim-1", StructuralSimilarity().options), ("ssim_uniform", "ssim-1", StructuralSimilarity(.uniform).options),
            (
                "lr_psnr", "lr-psnr-1",
                ["color": "rgb", "equal": "one value by one level", "kernel": "bicubic, antialiased, 8 bits after each axis", "levels": 256, "rounding": "nearest"]
            ),
            (
                "diversity", "diversity-1",
                [
                    "deviation": "divisor n - 1, levels of 255, not clipped", "distance": "squared error of a pixel, mean over channels",
                    "draws": .integer(Int64(SampleDiversity().draws)), "samples": 64,
                ]
            ),
            ("lpips", "lpips-1", ["levels": 256, "rounding": "nearest"]),
            ("restoration", "restoration-1", ["levels": 256, "noise": 20, "rounding": "nearest", "samples": 64, "stream": "degradation/noise"]),
        ]
        #expect(expected.map(\.0) == MetricChoice.all.map(\.name))
        for (name, estimatorName, options) in expected {
            let made = try estimator(name)
            #expect(made.name == estimatorName && made.options == options, "\(name): \(made.options.canonicalText)")
        }
    }

    /// Every option of the table takes effect: another value is another protocol.
    @Test(arguments: MetricChoice.all) func everyOptionChangesTheProtocol(choice: MetricChoice) throws {
        let usual = try estimator(choice.name).options
        var seen = [usual.canonicalText]
        for option in choice.options {
            let other: HyperparameterValue =
                switch option.defaultValue {
                case .integer(let value): .integer(value + 1)
                case .real(let value): .real(value * 0.5 + 0.001)
                default: option.defaultValue
                }
            #expect(option.contains(other))
            let changed = try estimator(choice.name, [option.name: other]).options.canonicalText
            #expect(!seen.contains(changed), "\(choice.name).\(option.name)")
            seen.append(changed)
        }
    }

    /// One run with the defaults and one with other options: other protocols and values, only for the changed metric.
    @Test func aRunIsMeasuredByItsOptions() throws {
        func events(_ options: JSONValue?) throws -> [JSONValue] {
            var evaluation: [String: JSONValue] = ["every": 2, "samples": 256, "metrics": ["density_coverage", "improved_precision_recall", "modes"]]
            if let options { evaluation["options"] = options }
            let specification = try Specification(
                reading: [
                    "model": "ns-gan", "dataset": "ring", "steps": 2, "batch_size": 32, "architecture": ["name": "mlp", "width": 0.0625],
                    "evaluation": .object(evaluation),
                ], models: ModelCatalog.schemas, datasets: TrainingFixture.facts)
            return try TrainingFixture.train(specification).results.map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"] == "evaluation" }
        }
        func found(_ events: [JSONValue], _ name: String) throws -> JSONValue { try #require(events.first { $0["metric"]?.stringValue == name }) }
        let usual = try events(nil), same = try events(["density_coverage": ["k": 5]])
        let other = try events(["density_coverage": ["k": 50], "modes": ["radius": 100, "samples": 100]])
        #expect(usual == same)
        for name in ["density", "coverage", "modes", "modes_high_quality"] {
            #expect(try found(usual, name)["protocol"] != found(other, name)["protocol"], "\(name)")
        }
        #expect(try found(usual, "modes_high_quality")["value"] != found(other, "modes_high_quality")["value"])
        #expect(try found(other, "modes_high_quality")["value"] == 1)
        #expect(try found(usual, "improved_recall") == found(other, "improved_recall"))
    }
}
