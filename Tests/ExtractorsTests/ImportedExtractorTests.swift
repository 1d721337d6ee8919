import Archives
import Canonical
import Engine
import TestSupport
import Testing

@testable import Extractors
@testable import Weights

@Suite struct ImportedExtractorTests {
    private static let expected = Result { try JSONValue(parsing: Fixtures.bytes("extractors/expected.json")) }

    /// Every output agrees with PyTorch in double precision, from every format.
    @Test(arguments: ["low", "mean", "hidden"]) func agreesWithPyTorch(output: String) throws {
        let levels = try SmallNetwork.levels(), expected = try Self.expected.get()
        func rows(_ name: String) throws -> [Double] { try #require(expected[name]?.arrayValue).flatMap { $0.arrayValue ?? [] }.compactMap(\.numberValue) }
        let (wanted, logits) = try (rows(output), rows("logits"))
        for file in ["network.pth", "network-legacy.pth", "network.safetensors", "network.npz", "network.pb", "network.onnx"] {
            let extractor = try ImportedExtractor(name: "small", archive: SmallNetwork.archive(file, features: output), device: CPUDevice(threads: 1), batchSize: 2)
            let computed = try extractor.features(of: levels, count: 3, height: 12, width: 20, channels: 3, wantsLogits: true)
            #expect(computed.features.count == wanted.count && computed.logits.count == 15)
            let scale = wanted.map(abs).max() ?? 1, classes = logits.map(abs).max() ?? 1
            #expect(zip(computed.features, wanted).allSatisfy { abs(Double($0) - $1) <= 2e-6 * scale })
            #expect(zip(computed.logits, logits).allSatisfy { abs(Double($0) - $1) <= 2e-6 * classes })
        }
    }

    /// The digest is that of the weights and the network, not of the file.
    @Test func digestDependsOnContentAlone() throws {
        let digests = try ["network.pth", "network-legacy.pth", "network.safetensors", "network.npz", "network.pb", "network.onnx"].map { try SmallNetwork.archive($0).digest }
        #expect(Set(digests).count == 1)
        #expect(try SmallNetwork.archive("network.pth", features: "low").digest != digests[0])
        var manifest = try SmallNetwork.manifest()
        let weights = try WeightFile(Fixtures.bytes("extractors/network.pth"))
        (manifest.title, manifest.license, manifest.name) = ("x", "y", "z")
        #expect(try ExtractorArchive.make(manifest, WeightConversion(manifest, weights)).digest == digests[0])
        manifest.input.resize = .tensorFlow1
        #expect(try ExtractorArchive.make(manifest, WeightConversion(manifest, weights)).digest != digests[0])
    }

    @Test func doesNotDependOnTheBatch() throws {
        let levels = try SmallNetwork.levels(), archive = try SmallNetwork.archive("network.pth")
        let all = try [1, 2, 5].map { size in
            try ImportedExtractor(name: "small", archive: archive, device: CPUDevice(threads: size % 3 + 1), batchSize: size)
                .features(of: levels, count: 3, height: 12, width: 20, channels: 3).features
        }
        #expect(all[1] == all[0] && all[2] == all[0])
    }

    /// A gray image is repeated in all channels.
    @Test func tilesGray() throws {
        let extractor = try ImportedExtractor(name: "small", archive: SmallNetwork.archive("network.pth"), device: CPUDevice(threads: 1), batchSize: 1)
        let gray = Array(try SmallNetwork.levels().prefix(63))
        let tiled = gray.flatMap { [$0, $0, $0] }
        let one = try extractor.features(of: gray, count: 1, height: 7, width: 9, channels: 1).features
        #expect(try extractor.features(of: tiled, count: 1, height: 7, width: 9, channels: 3).features == one)
    }

    @Test func namesWhatDoesNotFit() throws {
        let manifest = try SmallNetwork.manifest()
        func refusal(_ change: (WeightTensor) -> WeightTensor?) throws -> String {
            let file = try WeightFile(Fixtures.bytes("extractors/network.pth"))
            let conversion = try WeightConversion(manifest, WeightFile(format: file.format, tensors: file.tensors.compactMap(change), leftOut: []))
            do {
                _ = try conversion.entries()
                return "accepted"
            } catch { return error.description }
        }
        #expect(try refusal { $0.name == "wide.conv.weight" ? WeightTensor(name: $0.name, shape: [6, 8, 7, 1], values: $0.values) : $0 }
            == "tensor wide.conv.weight has the shape [6, 8, 7, 1]; layer wide needs [6, 8, 1, 7]")
        #expect(try refusal { $0.name == "head.bias" ? nil : $0 } == "the file has no tensor head.bias, which layer head needs with the shape [5]")
        #expect(try refusal { $0.name == "head.bias" ? WeightTensor(name: $0.name, shape: [5], values: [0, .nan, 0, 0, 0]) : $0 } == "tensor head.bias: element 1 is not finite")
        #expect(try refusal { $0.name == "stem.bn.running_var" ? WeightTensor(name: $0.name, shape: [8], values: $0.values.map { -$0 }) : $0 }.contains("element 0 is not a variance"))
    }
}
