import Canonical
import Datasets
import Foundation
import Testing

@testable import Training

/// Encoders of two architectures, trained on the corners of polygons: named, good at it, and always the same weights.
@Suite("Encoders", .serialized) struct EncoderTests {
    /// Digest of the weights, trained for 400 steps; a change of a bit of the training, of the data or of the architecture changes it.
    @Test(arguments: [
        ("lenet", "lenet-polygons-labelled", 64, "d12860a50db0b942479daef0d09699c82aa871b0e50ecd910e71e1b3d4b91bab"),
        ("vgg", "vgg-polygons-labelled", 128, "4b9b3f27b5c2c3dbbba1d8560f0952c4f760156c3d68ec0bb86b5af86e9432d4"),
    ]) func weightsArePinned(kind: String, name: String, dimension: Int, digest: String) throws {
        let encoder = try Encoder.of(dataset: "polygons", kind: kind, storage: TrainingFixture.storage, threads: 2)
        #expect(encoder.name == name && encoder.dimension == dimension && encoder.classes > 1)
        #expect(encoder.digest.hex == digest, "\(encoder.digest.hex)")
        #expect(encoder.accuracy > 0.9, "\(encoder.accuracy)")
        // The archive is found again, and both ways of asking give the same features.
        let again = try Encoder.of(dataset: "polygons", kind: kind, storage: TrainingFixture.storage, threads: 1)
        let images = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("polygons").split("test").images(at: 0..<70)
        let features = again.features(of: images, count: 70)
        #expect(again.digest == encoder.digest && features == encoder.featuresAndLogits(of: images, count: 70).features)
        #expect(features.count == 70 * dimension && features.allSatisfy { $0 >= 0 } && features.contains { $0 > 0 })
    }

    @Test func unknownKindsAreRefused() throws {
        for (dataset, kind) in [("polygons", "inception"), ("ring", "vgg")] {
            #expect(throws: TrainingError.unknownEncoder(kind, dataset: dataset)) {
                try Encoder.of(dataset: dataset, kind: kind, storage: TrainingFixture.storage, threads: 1)
            }
        }
    }
}
