import Canonical
import Engine
import Foundation
import Testing

@testable import Experiments

private let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil

@Suite("Weight clipping")
struct WeightClippingTests {
    /// The gradient scales as c^3 with two hidden layers, small bounds are reached by nearly all weights, a large one takes long, and no critic beats the distance.
    @Test func theBoundDecides() throws {
        let draws = isLong ? 3 : 2
        var experiment = WeightClipping(settings: ExperimentSettings(draws: draws), device: CPUDevice())
        if !isLong { experiment.depths = [2] }
        let result = try experiment.run { _ in }
        let json = try JSONValue(parsing: #require(result.files.first { $0.name == "weight-clipping.json" }).text)
        let rows = try #require(json["critics"]?.arrayValue)
        #expect(rows.count == experiment.depths.count * 4 * draws)
        for seed in 0..<draws {
            func value(_ bound: Double, _ column: String) throws -> Double {
                let row = try #require(rows.first { $0["hidden_layers"] == 2 && $0["c"]?.numberValue == bound && $0["seed"]?.numberValue == Double(seed) })
                return try #require(row[column]?.numberValue)
            }
            let gradients = try [0.001, 0.01, 0.1, 1].map { try value($0, "mean_gradient") }
            for (small, large) in zip(gradients, gradients.dropFirst()) { #expect(large / small > 300 && large / small < 3000, "seed \(seed): \(gradients)") }
            for bound in [0.001, 0.01] {
                let all = try value(bound, "weights_at_bounds"), live = try value(bound, "live_weights_at_bounds")
                #expect(live >= 0.9 && all > 0.7, "seed \(seed), c = \(bound): \(live), \(all)")
            }
            let quick = try value(0.01, "updates_to_90_percent"), slow = try value(1, "updates_to_90_percent")
            #expect(slow >= 5 * quick, "seed \(seed): \(quick), \(slow)")
        }
        // 1,024 points on either side estimate the distance 2 with a standard error of 0.022.
        for row in rows { #expect(try #require(row["gap_by_gradient"]?.numberValue) < 2.07, "\(row)") }
    }

    @Test func theSeedDecidesEveryByte() throws {
        func files(_ seed: UInt64, _ threads: Int) throws -> [ExperimentResult.File] {
            var experiment = WeightClipping(settings: ExperimentSettings(draws: 2, seed: seed), device: CPUDevice(threads: threads))
            (experiment.steps, experiment.bounds, experiment.depths) = (20, [0.01, 0.1], [2])
            return try experiment.run { _ in }.files
        }
        let first = try files(0, 1)
        #expect(first.map(\.name) == [
            "weight-clipping.md", "weight-clipping.csv", "weight-clipping-curves.csv", "weight-clipping-histograms.csv", "weight-clipping.json", "weight-clipping.svg",
            "weight-clipping-weights.svg",
        ])
        #expect(try files(0, 1) == first && files(0, 3) == first)
        #expect(try files(1, 1)[1] != first[1])
    }
}
