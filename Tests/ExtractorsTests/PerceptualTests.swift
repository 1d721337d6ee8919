import Archives
import Canonical
import Engine
import Foundation
import TestSupport
import Testing

@testable import Extractors
@testable import Weights

/// LPIPS: squared distances of the features of its networks, with made-up weights, against the lpips package in double precision (`Tests/Fixtures/extractors/generate_lpips.py`).
@Suite struct PerceptualTests {
    /// The words of the script.
    private static func mixed(_ count: Int, _ stream: Int) -> [UInt32] {
        (0..<count).map { index in
            var x = UInt64(index + 1_000_003 * stream) &* 2_654_435_761 & 0xFFFF_FFFF
            x ^= x >> 15
            x = x &* 2_246_822_519 & 0xFFFF_FFFF
            return UInt32(x ^ (x >> 13))
        }
    }

    private static func weights(_ manifest: NetworkManifest) throws -> WeightFile {
        let graph = try NetworkGraph(manifest, batch: 1)
        var shapes: [String: [Int]] = [:]
        for layer in manifest.layers {
            switch layer.kind {
            case .convolution(let convolution):
                shapes[convolution.weight] = [convolution.outputs, graph.channels[layer.name] ?? 0, convolution.window.height, convolution.window.width]
                if let bias = convolution.bias { shapes[bias] = [convolution.outputs] }
            case .perceptual(let weight, _): shapes[weight] = [1, graph.channels[layer.name] ?? 0, 1, 1]
            default: break
            }
        }
        let tensors = shapes.sorted { $0.key < $1.key }.enumerated().map { stream, tensor -> (name: String, shape: [Int], values: [Float]) in
            let count = tensor.value.reduce(1, *), name = tensor.key, bound = (6 / Double(count / tensor.value[0])).squareRoot()
            let values = mixed(count, stream).map { word -> Float in
                let unit = Double(word) / 4_294_967_296
                if name.hasPrefix("lin") { return Float(unit) }
                let factor: Double = name.hasSuffix("bias") ? 0.1 : bound
                return Float((2 * unit - 1) * factor)
            }
            return (name, tensor.value, values)
        }
        return try WeightFile(SafetensorsFile.bytes(tensors))
    }

    private static func pairs(height: Int, width: Int) -> [(first: [UInt8], second: [UInt8])] {
        (0..<2).map { pair in
            let size = height * width * 3, first = mixed(size, 1000 + pair).map { UInt8($0 >> 24) }
            let second = zip(first, mixed(size, 2000 + pair)).map { (level: UInt8, word: UInt32) -> UInt8 in
                let more = word >> UInt32(27 - pair)
                return UInt8(min(255, UInt32(level) + more))
            }
            return (first, second)
        }
    }

    /// VGG16 has 15 million weights.
    @Test(arguments: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] == nil ? ["alex"] : ["alex", "vgg"])
    func agreesWithTheLpipsPackage(net: String) throws {
        let expected = try JSONValue(parsing: Fixtures.bytes("extractors/lpips.json")), known = try #require(NetworkManifest.known(named: "lpips-\(net)"))
        #expect(known.isPerceptual)
        var file: WeightFile?
        for (height, width) in [(64, 64), (35, 48)] {
            let manifest = known.reading(height: height, width: width), weights = try file ?? Self.weights(manifest)
            file = weights
            let conversion = try WeightConversion(manifest, weights)
            #expect(conversion.unused.isEmpty)
            let extractor = try ImportedExtractor(name: "lpips", archive: ExtractorArchive.make(manifest, conversion), device: CPUDevice(threads: 1), batchSize: 2)
            #expect(extractor.isPerceptual)
            let wanted = try #require(expected["\(net)-\(height)x\(width)"]?.arrayValue).compactMap(\.numberValue)
            for (pair, value) in zip(Self.pairs(height: height, width: width), wanted) {
                let features = try extractor.features(of: pair.first + pair.second, count: 2, height: height, width: width, channels: 3).features
                var distance = 0.0
                for i in 0..<extractor.dimension {
                    let apart = Double(features[i]) - Double(features[extractor.dimension + i])
                    distance += apart * apart
                }
                #expect(abs(distance - value) <= 1e-6 * value, "\(net) \(height)x\(width): \(distance) for \(value)")
            }
        }
    }

    @Test func weightsOfDistancesAreNotNegative() throws {
        let manifest = try NetworkManifest(
            reading: [
                "format": "fidelio network 1", "name": "p", "input": ["height": 4, "width": 4, "channels": 3, "resize": "none"],
                "layers": [["name": "l", "kind": "perceptual", "weight": "w"]], "outputs": ["d": "l"], "features": "d",
            ])
        #expect(manifest.isPerceptual && manifest.layers[0].kind == .perceptual(weight: "w", epsilon: 1e-10))
        func entries(_ shape: [Int], _ values: [Float]) throws -> [ArrayEntry] {
            try WeightConversion(manifest, WeightFile(SafetensorsFile.bytes([("w", shape, values)]))).entries()
        }
        #expect(try entries([1, 3, 1, 1], [0, 4, 2.25]) == [ArrayEntry(name: "l/weight", shape: [3], elements: .float32([0, 2, 1.5]))])
        for (shape, values, words) in [([1, 3, 1, 1], [1, -1, 2], "element 1 is negative"), ([3], [1, 1, 2], "[1, 3, 1, 1]")] as [([Int], [Float], String)] {
            let error = #expect(throws: NetworkError.self) { () throws in _ = try entries(shape, values) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
        #expect(try !SmallNetwork.manifest().isPerceptual)
    }
}
