import Archives
import Canonical
import Datasets
import Foundation
import Testing

@testable import Training

/// Feature extractors of two architectures, trained to count the corners of polygons: names, accuracy, and pinned weights.
@Suite("Feature extractors", .serialized) struct EncoderTests {
    /// Digest of the weights after 400 steps; any changed bit of training, data, or architecture changes it.
    @Test(arguments: [
        ("lenet", "lenet-polygons-labelled", 64, "d12860a50db0b942479daef0d09699c82aa871b0e50ecd910e71e1b3d4b91bab"),
        ("vgg", "vgg-polygons-labelled", 128, "4b9b3f27b5c2c3dbbba1d8560f0952c4f760156c3d68ec0bb86b5af86e9432d4"),
    ]) func weightsArePinned(kind: String, name: String, dimension: Int, digest: String) throws {
        let encoder = try Encoder.of(dataset: "polygons", kind: kind, storage: TrainingFixture.storage, threads: 2)
        #expect(encoder.name == name && encoder.dimension == dimension && encoder.classes > 1)
        #expect(encoder.digest.hex == digest, "\(encoder.digest.hex)")
        #expect(encoder.accuracy > 0.9, "\(encoder.accuracy)")
        // The archive is found again, and both functions give the same features.
        let again = try Encoder.of(dataset: "polygons", kind: kind, storage: TrainingFixture.storage, threads: 1)
        let images = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("polygons").split("test").images(at: 0..<70)
        let features = again.features(of: images, count: 70)
        #expect(again.digest == encoder.digest && features == encoder.featuresAndLogits(of: images, count: 70).features)
        #expect(features.count == 70 * dimension && features.allSatisfy { $0 >= 0 } && features.contains { $0 > 0 })
    }

    /// Labeled images with few or no held-out ones have an extractor too; its archive records the split on which accuracy was measured.
    @Test(arguments: [(7, nil as String?), (0, "train"), (99, nil)]) func fewTestImages(count: Int, split: String?) throws {
        let folder = TrainingFixture.storage + "/few-\(UInt32.random(in: 0 ... .max))"
        try FileSystem.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (images, size) = (120, 8 * 8)
        let labels = (0..<images).map { UInt8($0 % 2) }
        // Dark images and bright ones.
        let pixels = (0..<images * size).map { labels[$0 / size] * 160 + UInt8(($0 * 31 + $0 / 7) % 64) }
        let arrays = Archive(
            entries: [
                ArrayEntry(name: "images", shape: [images, 8, 8], elements: .uint8(pixels)), ArrayEntry(name: "labels", shape: [images], elements: .uint8(labels)),
            ], manifest: [:])
        _ = try arrays.write(to: folder + "/small.npz")
        var own = OwnDataset(name: "small", path: folder + "/small.npz")
        own.test = count
        let datasets = DatasetStore(root: folder + "/datasets")
        try datasets.add(own: own)
        let encoder = try Encoder.of(dataset: "small", storage: folder, threads: 2)
        #expect(encoder.accuracy > 0.9 && encoder.accuracy <= 1, "\(encoder.accuracy)")
        let specification = try EncoderSpecification(encoder: "lenet", for: datasets.description(named: "small"), in: datasets)
        let archive = try Archive.read("\(folder)/encoders/\(specification.digest.hex).npz")
        #expect(archive.manifest["accuracy_split"]?.stringValue == split)
    }

    @Test func unknownKindsAreRefused() throws {
        for (dataset, kind) in [("polygons", "inception"), ("ring", "vgg")] {
            #expect(throws: TrainingError.unknownEncoder(kind, dataset: dataset)) {
                try Encoder.of(dataset: dataset, kind: kind, storage: TrainingFixture.storage, threads: 1)
            }
        }
    }
}
