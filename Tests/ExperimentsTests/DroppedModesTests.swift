import Canonical
import Testing

@testable import Experiments

@Suite("Dropped modes")
struct DroppedModesTests {
    @Test func theDistanceGrowsAsClassesVanish() throws {
        let result = try Experiment.droppedModes.run(.features(ExperimentsFixture.data()), ExperimentSettings(draws: 5))
        #expect(result.files.map(\.name) == ["dropped-modes.md", "dropped-modes.csv", "dropped-modes.json", "dropped-modes.svg"])
        let json = try JSONValue(parsing: result.files[2].text)
        let rows = try #require(json["rows"]?.arrayValue)
        #expect(rows.map { $0["classes"]?.integerValue } == [4, 3, 2, 1] && json["samples"] == 100)
        let means = rows.compactMap { $0["mean"]?.numberValue }
        #expect(zip(means, means.dropFirst()).allSatisfy { $0 < $1 }, "\(means)")
        // One class against all four: the means are 4.5 apart, and the variances 1 and 1 + 9 * 1.25 give (sqrt(12.25) - 1)^2 = 6.25 more.
        #expect(abs(means[3] - 26.5) < 2 && means[0] < 0.5, "\(means)")
        #expect(result.files[1].text.split(separator: "\n").count == 21)
        #expect(Digest.sha256(result.files[3].text).hex == "8c8e4deaa9ded8425637b302559eb9ee8fd5a959a517913d52beaee3f372965b")
        #expect(result.markdown.contains("](dropped-modes.svg)"))
    }

    @Test func theSeedDecidesEveryByte() throws {
        let data = ExperimentsFixture.data()
        let settings = ExperimentSettings(draws: 3, samples: 40, seed: 1)
        let first = try Experiment.droppedModes.run(.features(data), settings)
        #expect(try Experiment.droppedModes.run(.features(data), settings) == first)
        #expect(try Experiment.droppedModes.run(.features(data), ExperimentSettings(draws: 3, samples: 40, seed: 2)).files[1] != first.files[1])
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        #expect(throws: ExperimentError.needsLabels(dataset: "made")) {
            try Experiment.droppedModes.run(.features(ExperimentsFixture.data(hasLabels: false)), ExperimentSettings(draws: 3))
        }
        #expect(throws: ExperimentError.tooFew(what: "training images of class 0", count: 100, needed: 101)) {
            try Experiment.droppedModes.run(.features(ExperimentsFixture.data()), ExperimentSettings(draws: 3, samples: 101))
        }
    }
}
