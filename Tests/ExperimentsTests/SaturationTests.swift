import Canonical
import Engine
import Foundation
import Testing

@testable import Experiments

private let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil

@Suite("Saturation")
struct SaturationTests {
    private func norms(_ result: ExperimentResult, _ supports: String, _ seed: Double, _ step: Double) throws -> (saturating: Double, other: Double) {
        let json = try JSONValue(parsing: #require(result.files.first { $0.name == "saturation.json" }).text)
        let row = try #require(json["norms"]?.arrayValue?.first { $0["supports"]?.stringValue == supports && $0["seed"]?.numberValue == seed && $0["step"]?.numberValue == step })
        return (try #require(row["saturating"]?.numberValue), try #require(row["non_saturating"]?.numberValue))
    }

    /// Disjoint supports: log(1 - D) falls by two orders of magnitude and -log D doubles; overlapping ones: no fall.
    @Test func theSupportsDecide() throws {
        let draws = isLong ? 3 : 2
        var experiment = Saturation(settings: ExperimentSettings(draws: draws), device: CPUDevice())
        if !isLong { experiment.cases = experiment.cases.filter { ["distant-blobs", "subspaces", "crossing-segments"].contains($0.name) } }
        let result = try experiment.run { _ in }
        for one in experiment.cases {
            for seed in 0..<draws {
                let early = try norms(result, one.name, Double(seed), 100), late = try norms(result, one.name, Double(seed), 4000)
                let words = "\(one.name), seed \(seed): \(early) -> \(late)"
                if one.isDisjoint {
                    #expect(late.saturating < early.saturating / 100 && late.other > 2 * early.other && late.other > 1e4 * late.saturating, "\(words)")
                } else {
                    #expect(late.saturating > early.saturating / 4, "\(words)")
                }
            }
        }
    }

    @Test func theSeedDecidesEveryByte() throws {
        func files(_ seed: UInt64, _ threads: Int) throws -> [ExperimentResult.File] {
            var experiment = Saturation(settings: ExperimentSettings(draws: 2, seed: seed), device: CPUDevice(threads: threads))
            experiment.steps = 20
            return try experiment.run { _ in }.files
        }
        let first = try files(0, 1)
        #expect(first.map(\.name) == ["saturation.md", "saturation.csv", "saturation.json", "saturation.svg", "saturation-non-saturating.svg", "saturation-slopes.svg"])
        #expect(try files(0, 1) == first && files(0, 3) == first)
        #expect(try files(1, 1)[1] != first[1])
        #expect(Saturation.measured(4000).sorted() == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000])
    }
}
