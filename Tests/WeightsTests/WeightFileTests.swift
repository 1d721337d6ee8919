import Archives
import TestSupport
import Testing

@testable import Weights

@Suite struct WeightFileTests {
    /// The values of one state dictionary, whatever format it was saved in.
    @Test func formatsAgree() throws {
        let files = try ["network.pth", "network-legacy.pth", "network.safetensors", "network.npz", "network-script.pt", "network.onnx"].map {
            try WeightFile(Fixtures.bytes("extractors/\($0)"))
        }
        #expect(files.map(\.format) == [.torch, .torchLegacy, .safetensors, .npz, .torch, .onnx])
        let first = files[0]
        #expect(first.tensors.count == 26 && first.leftOut.count == 4 && first.leftOut[0] == "depth_bn.num_batches_tracked")
        for file in files.dropFirst() { #expect(file.tensors == first.tensors) }
        #expect(first.tensors.first { $0.name == "wide.conv.weight" }?.shape == [6, 8, 1, 7])
    }

    /// The graph has kernels as [height, width, in, out]; the constants that are not numbers are left out.
    @Test func readsTheConstantsOfAGraph() throws {
        let graph = try WeightFile(Fixtures.bytes("extractors/network.pb")), torch = try WeightFile(Fixtures.bytes("extractors/network.pth"))
        #expect(graph.format == .tensorFlow && graph.leftOut == ["DecodeJpeg/contents"] && graph.tensors.count == 26)
        let own = try #require(torch.tensors.first { $0.name == "stem.conv.weight" }), other = try #require(graph.tensors.first { $0.name == "scope/stem/conv/weight" })
        #expect(own.shape == [8, 3, 3, 3] && other.shape == [3, 3, 3, 8])
        for out in 0..<8 {
            for channel in 0..<3 {
                for tap in 0..<9 { #expect(own.values[out * 27 + channel * 9 + tap] == other.values[(tap * 3 + channel) * 8 + out]) }
            }
        }
        let bias = try #require(torch.tensors.first { $0.name == "head.bias" })
        #expect(graph.tensors.first { $0.name == "scope/head/bias" }?.values == bias.values)
    }

    @Test func readsViewsInAnyOrderOfTheirAxes() throws {
        let items = [
            ("a", WeightSamples.tensor(shape: [2, 3], strides: [3, 1], count: 6)), ("b", WeightSamples.tensor(shape: [3, 2], strides: [1, 3], count: 6)),
            ("c", WeightSamples.tensor(shape: [2], strides: [1], offset: 4, count: 6)), ("d", WeightSamples.tensor(shape: [], strides: [], offset: 5, count: 6)),
            ("e", WeightSamples.tensor(shape: [1, 2, 1], strides: [7, 1, 9], count: 6)),
        ]
        let file = try WeightFile(WeightSamples.zip(WeightSamples.pickle(items)))
        #expect(file.tensors.map(\.values) == [[1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6], [5, 6], [6], [1, 2]])
    }

    @Test func convertsOtherPrecisions() throws {
        let header = #"{"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},"d":{"dtype":"F64","shape":[1],"data_offsets":[12,20]},"i":{"dtype":"I64","shape":[],"data_offsets":[20,28]}}"#
        let data: [UInt8] = [0, 0x3C, 1, 0, 0xFF, 0x7B, 0, 0xFC, 0x80, 0x3F, 0x49, 0xC0, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F] + [UInt8](repeating: 0, count: 8)
        let file = try WeightFile(WeightSamples.safetensors(header, data))
        #expect(file.tensors.map(\.name) == ["b", "d", "h"] && file.leftOut == ["i"])
        #expect(file.tensors[0].values == [1, -3.140625] && file.tensors[1].values == [1.5])
        #expect(file.tensors[2].values == [1, 0x1p-24, 65504, -.infinity])
    }

    /// Values of an ONNX tensor as bytes or as a list, of each kind of number.
    @Test func readsListsOfNumbers() throws {
        let tensors = WeightSamples.onnx("raw", [2], kind: 1, 9, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]) + WeightSamples.onnx("list", [2], kind: 1, 4, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
            + WeightSamples.onnx("double", [], kind: 11, 10, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]) + WeightSamples.onnx("half", [1, 2], kind: 10, 5, WeightSamples.varint(0x3C00) + WeightSamples.varint(0x7BFF))
            + WeightSamples.onnx("brain", [1], kind: 16, 5, WeightSamples.varint(0xC049)) + WeightSamples.onnx("whole", [1], kind: 7, 7, [5])
        let file = try WeightFile(WeightSamples.model(tensors))
        #expect(file.format == .onnx && file.tensors.map(\.name) == ["brain", "double", "half", "list", "raw"] && file.leftOut == ["whole"])
        #expect(file.tensors.map(\.values) == [[-3.140625], [1.5], [1, 65504], [1, -2], [1, -2]] && file.tensors[2].shape == [1, 2] && file.tensors[1].shape == [])
    }
}
