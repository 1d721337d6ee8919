import Canonical
import Datasets
import Foundation
import Metrics
import Numerics
import Testing

@testable import Experiments

private let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil

@Suite("Parzen windows")
struct ParzenTests {
    /// A row of the curves.
    private struct Place {
        let h, test, out, train: Double
    }

    private static func place(_ row: JSONValue) throws -> Place {
        let h = try #require(row["bandwidth"]?.numberValue), test = try #require(row["test"]?.numberValue)
        let out = try #require(row["leave_one_out"]?.numberValue), train = try #require(row["train"]?.numberValue)
        return Place(h: h, test: test, out: out, train: train)
    }

    /// New points: best near the standard deviation of the ring, and steep below. Own points: no bound. Leaving one out follows new points.
    @Test func theBandwidthDecides() throws {
        let result = try Experiment.parzenBandwidth.run(.none, ExperimentSettings(draws: 2))
        let json = try JSONValue(parsing: result.files[2].text)
        let rows = try #require(json["curves"]?.arrayValue)
        for seed in [0.0, 1] {
            let own = rows.filter { $0["seed"]?.numberValue == seed }
            let curve = try own.map(Self.place)
            #expect(curve.count == 26)
            let best = try #require(curve.max { $0.test < $1.test }), bestOut = try #require(curve.max { $0.out < $1.out })
            #expect(best.h > 0.06 && best.h < 0.16 && abs(best.test + 1.8) < 0.15, "\(best)")
            #expect(bestOut.h > 0.06 && bestOut.h < 0.16 && abs(bestOut.out - best.test) < 0.15, "\(bestOut)")
            let narrow = try #require(curve.first { $0.h > 0.0095 && $0.h < 0.0105 })
            #expect(narrow.test < -13 && narrow.out < -13 && narrow.test > -24, "\(narrow)")
            // It rises with every smaller bandwidth below the best one.
            let below = curve.filter { $0.h < 0.1 }
            #expect(zip(below, below.dropFirst()).allSatisfy { $0.train > $1.train } && abs(curve[0].train - 3.47) < 0.15, "\(curve[0])")
            let wide = try #require(curve.last)
            #expect(abs(wide.test + 3.4) < 0.15, "\(wide)")
        }
        #expect(try Experiment.parzenBandwidth.run(.none, ExperimentSettings(draws: 2)) == result)
        let few = try Experiment.parzenBandwidth.run(.none, ExperimentSettings(draws: 2, samples: 20))
        #expect(try Experiment.parzenBandwidth.run(.none, ExperimentSettings(draws: 2, samples: 20, seed: 1)).files[1] != few.files[1])
    }

    /// Leaving one out against its definition.
    @Test func leavingOneOutIsTheMeanOverTheOthers() throws {
        let points = try FeatureSet([0, 1, 3, 7], dimension: 1)
        let found = ParzenWindow.logLikelihoods(points, under: points, bandwidths: [2], leavingOneOut: true)[0]
        for (place, x) in [0.0, 1, 3, 7].enumerated() {
            var sum = 0.0
            for other in [0.0, 1, 3, 7] where other != x {
                let square = (other - x) * (other - x)
                sum += exp(-square / 8) / (2 * (2 * Double.pi).squareRoot())
            }
            #expect(abs(found[place] - log(sum / 3)) < 1e-12)
        }
    }

    /// Pictures with structure at all scales: sums of waves with random directions, and edges.
    private func made(_ count: Int, _ name: String) -> DatasetSplit {
        let side = 32
        var pixels: [UInt8] = []
        for picture in 0..<count {
            let u = RandomStream(seed: 1, name: "experiments-tests/pictures/\(name)").numbers(.uniform(low: -1, high: 1), step: UInt64(picture), count: 24)
            for y in 0..<side {
                for x in 0..<side {
                    var value = 120.0
                    for wave in 0..<6 {
                        let phase = Double(u[4 * wave]) * Double(x) + Double(u[4 * wave + 1]) * Double(y) + 3 * Double(u[4 * wave + 2])
                        let edge = sin(phase / 6) > 0 ? 1.0 : -1.0
                        value += 25 * Double(u[4 * wave + 3]) * (wave < 3 ? sin(phase) : edge)
                    }
                    pixels.append(UInt8(max(0, min(255, value))))
                }
            }
        }
        return DatasetSplit(name: name, shape: ImageShape(height: side, width: side, channels: 1), pixels: .bytes(pixels, white: 255), labels: nil)
    }

    private func check(_ data: PatchExperimentData, _ experiment: ParzenPatches) throws {
        let result = try experiment.run { _ in }
        let json = try JSONValue(parsing: #require(result.files.first { $0.name == "parzen-patches.json" }).text)
        let rows = try #require(json["patches"]?.arrayValue), gaussian = try #require(json["gaussian"]?.arrayValue)
        #expect(rows.count == experiment.settings.draws * experiment.counts.count)
        for row in rows where row["centers"]!.numberValue! <= 1000 {
            let difference = try #require(row["difference"]?.numberValue), error = try #require(row["standard_error"]?.numberValue)
            #expect(error > 0 && difference > 2 * error, "\(row)")
        }
        for row in gaussian {
            let short = try #require(row["short"]?.numberValue)
            #expect(short > 8 && short.isFinite, "\(row)")
        }
    }

    /// k-means centers beat the data by more than two standard errors, and samples of a known Gaussian are more than 8 nats short.
    @Test func kMeansBeatsTheTruth() throws {
        let data = try PatchExperimentData(dataset: "made", digest: Digest.sha256("made"), train: made(60, "train"), test: made(60, "test"))
        var experiment = ParzenPatches(data: data, settings: ExperimentSettings(draws: 2))
        (experiment.counts, experiment.training, experiment.validation, experiment.held) = ([50, 150], 2000, 100, 400)
        (experiment.gaussianCounts, experiment.bandwidths) = ([1000], 9)
        try check(data, experiment)
        experiment.counts = [500]
        #expect(throws: ExperimentError.tooFew(what: "training patches", count: 2000, needed: 3000)) { try experiment.run { _ in } }
    }

    /// The same on photographs, 50 for centers and 50 others for the rest.
    @Test(.enabled(if: isLong && SharedPictures.folder != nil)) func kMeansBeatsTheTruthOnPhotographs() throws {
        let data = try PatchExperimentData(
            dataset: "photographs", digest: Digest.sha256("photographs"), train: SharedPictures.split(0..<50, "train"), test: SharedPictures.split(50..<100, "test"))
        try check(data, ParzenPatches(data: data, settings: ExperimentSettings(draws: 3)))
    }
}
