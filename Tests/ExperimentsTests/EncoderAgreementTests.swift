import Canonical
import Datasets
import Metrics
import Numerics
import Testing

@testable import Experiments

/// The mean brightness of the quarters of an image of one channel, times a factor.
private struct Quarters: FeatureExtractor {
    let name: String
    let factor: Float
    var digest: Digest { Digest.sha256(name) }
    var dimension: Int { 4 }

    func features(of images: [Float], count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: 4 * count)
        for (i, value) in images.enumerated() {
            let pixel = i % 64
            result[4 * (i / 64) + pixel / 32 * 2 + pixel % 8 / 4] += value * factor / 16
        }
        return result
    }
}

@Suite("Agreement of two feature extractors")
struct EncoderAgreementTests {
    private func split(_ name: String, _ count: Int, low: Float = 0.1, shape: ImageShape = ImageShape(height: 8, width: 8, channels: 1)) -> DatasetSplit {
        let stream = RandomStream(seed: 9, name: "agreement-tests/\(name)")
        let levels = stream.numbers(.uniform(low: low, high: 0.9), step: 0, count: count)
        let grain = stream.numbers(.uniform(low: -0.1, high: 0.1), step: 1, count: count * shape.elements)
        return DatasetSplit(name: name, shape: shape, pixels: .floats(grain.enumerated().map { levels[$0 / shape.elements] + $1 }), labels: nil)
    }

    private func images(_ split: DatasetSplit, _ name: String = "made") -> ImageExperimentData.Images {
        .init(dataset: name, digest: Digest.sha256(name), split: split)
    }

    private func data(foreign: Bool = true) throws -> ImageExperimentData {
        try ImageExperimentData(
            train: images(split("train", 60)), test: split("test", 50), foreign: foreign ? images(split("others", 60, low: 0.7), "others") : nil,
            encoders: [Quarters(name: "quarters", factor: 1), Quarters(name: "doubled", factor: 2)])
    }

    /// Features twice as large give four times the distance, and hence the same order of the sets.
    @Test func anEncoderAgreesWithItsDouble() throws {
        let result = try Experiment.encoderAgreement.run(.images(data()), ExperimentSettings(samples: 40))
        #expect(result.files.map(\.name) == ["encoder-agreement.md", "encoder-agreement.csv", "encoder-agreement.json", "encoder-agreement.svg"])
        #expect(Digest.sha256(result.files[3].text).hex == "364a3b728cf58c38d0303c3093ce196df9d3c156211e8c4fe578867992bdb20a")
        let json = try JSONValue(parsing: result.files[2].text)
        let rows = try #require(json["rows"]?.arrayValue)
        #expect(rows.count == 1 + 6 * Degradation.levels && json["samples"] == 40 && json["foreign"]?["name"] == "others")
        for row in rows {
            let first = try #require(row["values"]?[0]?.numberValue), second = try #require(row["values"]?[1]?.numberValue)
            #expect(abs(second - 4 * first) < 1e-5 * (1 + first), "\(row)")
        }
        #expect(try #require(json["spearman"]?.numberValue) > 0.99)
        #expect(result.markdown.contains("rank correlation of the 25 sets"))
        #expect(rows.last?["degradation"] == "foreign" && rows.last!["values"]![0]!.numberValue! > 4 * rows[0]["values"]![0]!.numberValue!)
    }

    @Test func withoutForeignImagesTheyAreLeftOut() throws {
        let settings = ExperimentSettings(seed: 4)
        let result = try Experiment.encoderAgreement.run(.images(data(foreign: false)), settings)
        #expect(!result.files[1].text.contains("foreign") && result.files[1].text.split(separator: "\n").count == 2 + 5 * Degradation.levels)
        #expect(try Experiment.encoderAgreement.run(.images(data(foreign: false)), settings) == result)
        #expect(try Experiment.encoderAgreement.run(.images(data(foreign: false)), ExperimentSettings(seed: 5)).files[1] != result.files[1])
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        let encoders = [Quarters(name: "a", factor: 1), Quarters(name: "b", factor: 1)]
        let other = images(split("others", 60, shape: ImageShape(height: 4, width: 4, channels: 1)), "others")
        #expect(throws: ExperimentError.badForeign("others", dataset: "made")) {
            try ImageExperimentData(train: images(split("train", 60)), test: split("test", 50), foreign: other, encoders: encoders)
        }
        let points = split("train", 60, shape: ImageShape(height: 1, width: 1, channels: 2))
        #expect(throws: ExperimentError.needsImages(dataset: "made")) {
            try ImageExperimentData(train: images(points), test: points, foreign: nil, encoders: encoders)
        }
        #expect(throws: ExperimentError.tooFew(what: "training images", count: 60, needed: 61)) {
            try Experiment.encoderAgreement.run(.images(data()), ExperimentSettings(samples: 61))
        }
    }
}
