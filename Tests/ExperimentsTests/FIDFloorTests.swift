import Canonical
import Metrics
import Testing

@testable import Experiments

@Suite("Bias and variance of FID")
struct FIDFloorTests {
    private func json(_ result: ExperimentResult) throws -> JSONValue {
        try JSONValue(parsing: #require(result.files.first { $0.name == "fid-floor.json" }).text)
    }

    @Test func bothProtocolsAreToldWithEveryDraw() throws {
        let result = try Experiment.fidFloor.run(.features(ExperimentsFixture.data()), ExperimentSettings(draws: 20))
        #expect(result.files.map(\.name) == ["fid-floor.md", "fid-floor.csv", "fid-floor.json"])
        #expect(result.files[0].text == result.markdown && result.files[1].text.split(separator: "\n").count == 41)
        let protocols = try #require(try json(result)["protocols"]?.arrayValue)
        for part in protocols {
            let values = try #require(part["values"]?.arrayValue).compactMap(\.numberValue)
            let mean = try #require(part["mean"]?.numberValue), deviation = try #require(part["deviation"]?.numberValue)
            #expect(values.count == 20 && Set(values).count == 20 && abs(values.reduce(0, +) / 20 - mean) < 1e-12)
            // Both parts have the same distribution: the distance is small compared with the spread of the classes, and never 0.
            #expect(values.allSatisfy { $0 > 0 } && mean < 0.5 && deviation > 0 && result.markdown.contains(Summary.text(mean)))
        }
        #expect(protocols.count == 2 && protocols[0]["values"] != protocols[1]["values"])
    }

    /// A subsample of the whole training split has the distance between the two splits, whatever the order of its rows.
    @Test func theWholeSplitHasOneDistance() throws {
        let data = ExperimentsFixture.data(train: 100)
        let expected = try FrechetDistance.between(data.test.fit(0..<200), data.train.fit(0..<100))
        let result = try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 4, samples: 100))
        for value in try #require(try json(result)["protocols"]?[0]?["values"]?.arrayValue) { #expect(abs(value.numberValue! - expected) < 1e-9) }
    }

    @Test func biasFallsAsSamplesGrow() throws {
        let data = ExperimentsFixture.data(train: 4000, test: 1000)
        let means = try [20, 100, 1000].map { samples in
            try #require(json(Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 10, samples: samples)))["protocols"]?[1]?["mean"]?.numberValue)
        }
        #expect(means[0] > 2 * means[1] && means[1] > 2 * means[2], "\(means)")
    }

    @Test func theSeedDecidesEveryByte() throws {
        let data = ExperimentsFixture.data()
        let first = try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 3, seed: 1))
        #expect(try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 3, seed: 1)) == first)
        #expect(try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 3, seed: 2)).files[1] != first.files[1])
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        let data = ExperimentsFixture.data()
        #expect(throws: ExperimentError.tooFew(what: "training images", count: 400, needed: 401)) {
            try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 3, samples: 401))
        }
        #expect(throws: MetricError.tooFewSamples(count: 2, dimension: 2)) { try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 3, samples: 2)) }
        #expect(throws: ExperimentError.badSetting(name: "draws", value: "1", allowed: "2 to 10000")) {
            try Experiment.fidFloor.run(.features(data), ExperimentSettings(draws: 1))
        }
        #expect(throws: ExperimentError.badSetting(name: "seed", value: "18446744073709551615", allowed: "at most 2^53")) {
            try Experiment.fidFloor.run(.features(data), ExperimentSettings(seed: .max))
        }
        #expect(throws: ExperimentError.unknown(name: "fly", known: Experiment.allCases.map(\.rawValue))) { try Experiment.named("fly") }
    }

    @Test func numbersAreRoundedByTheirDigitsAlone() {
        #expect([0, 1, -0.00001, -2.5, 12.34567, 0.00005, 1e14].map(Summary.text) == ["0.0000", "1.0000", "0.0000", "-2.5000", "12.3457", "0.0001", "100000000000000.0"])
        let summary = Summary([1, 2, 3, 6])
        #expect(summary.mean == 3 && summary.deviation == (14.0 / 3).squareRoot() && summary.least == 1 && summary.greatest == 6)
    }
}
