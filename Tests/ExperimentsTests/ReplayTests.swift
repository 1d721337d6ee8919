import Canonical
import Testing

@testable import Experiments

@Suite("Copies of the training images")
struct ReplayTests {
    private func rows(_ data: ExperimentData, _ settings: ExperimentSettings) throws -> [String: [String: Double]] {
        let json = try JSONValue(parsing: Experiment.replay.run(.features(data), settings).files[2].text)
        var result: [String: [String: Double]] = [:]
        for row in json["rows"]?.arrayValue ?? [] {
            for name in ["fid", "is", "memorisation"] { result[row["generator"]?.stringValue ?? "", default: [:]][name] = row[name]?["mean"]?.numberValue }
        }
        return result
    }

    /// Neither score distinguishes copies from new images; the memorisation test does. The inception score favors one image of each class, which FID does not.
    @Test func onlyTheMemorisationCheckSeesCopies() throws {
        let rows = try rows(ExperimentsFixture.data(train: 800, test: 300, hasLogits: true), ExperimentSettings(draws: 8))
        let fresh = try #require(rows["fresh"]), replay = try #require(rows["replay"]), single = try #require(rows["one-per-class"])
        #expect(abs(fresh["fid"]! - replay["fid"]!) < 0.2 && abs(fresh["is"]! - replay["is"]!) < 0.1, "\(rows)")
        // A copy has distance 0 from a training image, unlike any held-out image.
        #expect(abs(fresh["memorisation"]! - 0.5) < 0.07 && replay["memorisation"]! == 1, "\(rows)")
        // Four images, each classified with confidence or not by chance.
        #expect(single["is"]! > 0.8 * fresh["is"]! && single["is"]! < 4.001, "\(rows)")
        #expect(single["fid"]! > 10 * fresh["fid"]!, "\(rows)")
    }

    @Test func theSeedDecidesEveryByte() throws {
        let data = ExperimentsFixture.data(hasLogits: true)
        let first = try Experiment.replay.run(.features(data), ExperimentSettings(draws: 3, samples: 100))
        #expect(first.files.map(\.name) == ["replay.md", "replay.csv", "replay.json"] && first.files[1].text.split(separator: "\n").count == 10)
        #expect(try Experiment.replay.run(.features(data), ExperimentSettings(draws: 3, samples: 100)) == first)
        #expect(try Experiment.replay.run(.features(data), ExperimentSettings(draws: 3, samples: 100, seed: 1)).files[1] != first.files[1])
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        #expect(throws: ExperimentError.needsLabels(dataset: "made")) {
            try Experiment.replay.run(.features(ExperimentsFixture.data(hasLabels: false, hasLogits: true)), ExperimentSettings(draws: 3))
        }
        #expect(throws: ExperimentError.needsLabels(dataset: "made")) { try Experiment.replay.run(.features(ExperimentsFixture.data()), ExperimentSettings(draws: 3)) }
        #expect(throws: ExperimentError.tooFew(what: "training images in each half", count: 200, needed: 201)) {
            try Experiment.replay.run(.features(ExperimentsFixture.data(hasLogits: true)), ExperimentSettings(draws: 3, samples: 201))
        }
    }
}
