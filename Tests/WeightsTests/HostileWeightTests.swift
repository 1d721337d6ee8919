import Archives
import TestSupport
import Testing

@testable import Weights

/// Files that lie: refused with the reason, in memory that their own size bounds.
@Suite struct HostileWeightTests {
    private func refusal(_ bytes: [UInt8], _ location: SourceLocation = #_sourceLocation) -> String {
        do {
            _ = try WeightFile(bytes)
            Issue.record("was accepted", sourceLocation: location)
            return ""
        } catch { return error.description }
    }

    private func refusal(pickle items: [(String, [UInt8])], _ location: SourceLocation = #_sourceLocation) -> String {
        refusal(WeightSamples.zip(WeightSamples.pickle(items)), location)
    }

    @Test func executesNothing() {
        let call = WeightSamples.name("os", "system") + WeightSamples.text("true") + [0x85] + Array("R".utf8)
        #expect(refusal(pickle: [("a", call)]).contains("the name os.system is not allowed"))
        #expect(refusal(pickle: [("a", WeightSamples.name("builtins", "eval"))]).contains("builtins.eval is not allowed"))
        let stacked = WeightSamples.text("posix") + WeightSamples.text("system") + [0x93]
        #expect(refusal(pickle: [("a", stacked)]).contains("posix.system is not allowed"))
        // INST, OBJ, EXT1, NEXT_BUFFER and the text forms of protocol 0 are no part of what is read.
        for opcode in [UInt8(ascii: "i"), UInt8(ascii: "o"), 0x82, 0x97, UInt8(ascii: "P"), UInt8(ascii: "V"), 0x92] {
            #expect(refusal(pickle: [("a", [opcode])]).contains("the opcode 0x\(String(opcode, radix: 16)) is not allowed"))
        }
        // A class of a script has attributes; it is not called, and an allowed class is not instantiated.
        #expect(refusal(pickle: [("a", WeightSamples.name("__torch__", "M") + Array(")R".utf8))]).contains("a call of a class"))
        #expect(refusal(pickle: [("a", WeightSamples.name("torch", "FloatStorage") + Array(")".utf8) + [0x81])]).contains("not a TorchScript module"))
    }

    @Test func refusesViewsThatReachBeyondTheirStorageOrOverlap() {
        func view(_ shape: [Int], _ strides: [Int], offset: Int = 0, count: Int = 6, key: String = "0") -> String {
            refusal(pickle: [("a", WeightSamples.tensor(shape: shape, strides: strides, offset: offset, count: count, key: key))])
        }
        #expect(view([2, 3], [3, 1], offset: 1) == "tensor a: the shape [2, 3] at offset 1 reaches beyond its storage of 6 elements")
        #expect(view([2, 3], [0, 1]) == "tensor a: the strides [0, 1] of the shape [2, 3] overlap or leave gaps")
        #expect(view([2, 2], [1, 1]).contains("overlap"))
        #expect(view([3], [2]).contains("leave gaps"))
        #expect(view([2, 3], [3, 1], count: 7) == "tensor a: its storage has 24 bytes; expected 7 elements of 4 bytes")
        #expect(view([1], [1], key: "1").contains("its storage 1 is missing"))
        #expect(view([1], [1], key: "../w").contains("is missing"))
        #expect(view([Int(Int32.max), Int(Int32.max), Int(Int32.max)], [1, 1, 1]).contains("out of range"))
        #expect(view([Int(Int32.max)], [1]).contains("more than 2147483648 bytes together"))
        #expect(view([-1], [1]).contains("invalid"))
        #expect(view([Int](repeating: 1, count: 9), [Int](repeating: 1, count: 9)).contains("invalid"))
    }

    /// Many tensors of one storage are bounded together, before one is made.
    @Test func boundsTheSumOfAllTensors() {
        let many = (0..<80).map { ("t\($0)", WeightSamples.tensor(shape: [1 << 23], strides: [1], count: 1 << 23)) }
        #expect(refusal(pickle: many).contains("the tensors take more than"))
    }

    /// A million tuples within each other: tables instead of recursion.
    @Test func survivesDeepNesting() {
        let deep = [UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 1_000_000)
        #expect(refusal(pickle: [("a", deep)]) == "the file contains no named tensors; save a state dictionary")
        // Each dictionary holds the one before it twice: 2^40 paths.
        var doubling: [UInt8] = [UInt8(ascii: "}"), UInt8(ascii: "q"), 0]
        for level in 1...40 {
            let (first, second) = (WeightSamples.text("a"), WeightSamples.text("b") + [UInt8(ascii: "h"), UInt8(level - 1), UInt8(ascii: "s")])
            doubling = [UInt8(ascii: "}")] + first + doubling + [UInt8(ascii: "s")] + second + [UInt8(ascii: "q"), UInt8(level)]
        }
        #expect(refusal(WeightSamples.zip([0x80, 2] + doubling + Array(".".utf8))) == "more than 400000 values")
        // A dictionary within itself.
        let loop = [0x80, 2] + Array("}q\u{0}".utf8) + WeightSamples.text("x") + [UInt8(ascii: "h"), 0, UInt8(ascii: "s"), UInt8(ascii: ".")]
        #expect(refusal(WeightSamples.zip(loop)).contains("nested more than 64 levels deep"))
    }

    @Test func refusesHeadersThatLie() {
        func safetensors(_ entry: String, _ bytes: Int = 8) -> String { refusal(WeightSamples.safetensors(#"{"a":\#(entry)}"#, [UInt8](repeating: 0, count: bytes))) }
        #expect(safetensors(#"{"dtype":"F32","shape":[3],"data_offsets":[0,8]}"#) == "tensor a: 8 bytes for the shape [3] of F32")
        #expect(safetensors(#"{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#).contains("out of range"))
        #expect(safetensors(#"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#).contains("has a gap before it"))
        #expect(safetensors(#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#).contains("bytes behind the last tensor"))
        #expect(safetensors(#"{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}"#).contains("out of range"))
        #expect(safetensors(#"{"dtype":"F8","shape":[8],"data_offsets":[0,8]}"#).contains("unsupported dtype F8"))
        #expect(safetensors(#"{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#).contains("overlaps another tensor"))
        #expect(refusal([255, 255, 255, 255, 255, 255, 255, 127, 123]).contains("not a file of weights"))
    }

    @Test func refusesDamagedGraphs() {
        let good = WeightSamples.constant("a", shape: [2], content: [UInt8](repeating: 0, count: 8))
        #expect((try? WeightFile(good))?.tensors.first?.values == [0, 0])
        #expect(refusal(WeightSamples.constant("a", shape: [3], content: [UInt8](repeating: 0, count: 8))).contains("8 bytes for the shape [3]"))
        #expect(refusal(good + good).contains("the name occurs twice"))
        #expect(refusal(Array(good.dropLast())).contains("unexpected end"))
        #expect(refusal([0x0A, 0x02, 0x0B, 0x0C]).contains("the wire type 3 is not supported"))
        #expect(refusal([0x0A] + [UInt8](repeating: 0xFF, count: 11)).contains("more than 64 bits"))
        #expect(refusal([0x0A, 0x00]).contains("no constants"))
        // One number stands for a million at most.
        let lazy = WeightSamples.field(1, 1) + WeightSamples.field(2, WeightSamples.field(2, WeightSamples.field(1, 1 << 28))) + WeightSamples.field(5, [0, 0, 0, 0])
        let node = WeightSamples.field(1, Array("a".utf8)) + WeightSamples.field(2, Array("Const".utf8))
            + WeightSamples.field(5, WeightSamples.field(1, Array("value".utf8)) + WeightSamples.field(2, WeightSamples.field(8, lazy)))
        #expect(refusal(WeightSamples.field(1, node)).contains("1 numbers for the shape"))
    }

    @Test func refusesModelsThatLie() {
        func model(_ tensors: [UInt8]) -> String { refusal(WeightSamples.model(tensors)) }
        let good = WeightSamples.onnx("a", [2], kind: 1, 9, [UInt8](repeating: 0, count: 8))
        #expect((try? WeightFile(WeightSamples.model(good)))?.tensors.first?.values == [0, 0])
        #expect(model(WeightSamples.onnx("a", [3], kind: 1, 9, [UInt8](repeating: 0, count: 8))).contains("8 bytes for the shape [3]"))
        #expect(model(WeightSamples.onnx("a", [1 << 30], kind: 1, 4, [0, 0, 0, 0])).contains("take more than"))
        #expect(model(WeightSamples.onnx("a", [1 << 20], kind: 1, 4, [0, 0, 0, 0])).contains("1 numbers for the shape"))
        #expect(model(WeightSamples.onnx("a", [1 << 40, 1 << 40], kind: 1, 9, [])).contains("out of range"))
        #expect(model(WeightSamples.onnx("a", [Int](repeating: 1, count: 9), kind: 1, 9, [])).contains("more than 8 axes"))
        #expect(model(good + good).contains("the name occurs twice"))
        #expect(model(WeightSamples.field(5, WeightSamples.field(8, Array("a".utf8)) + WeightSamples.field(14, 1))).contains("values are in another file"))
        #expect(model([]).contains("no initializers") && model(Array(good.dropLast())).contains("unexpected end"))
        // Text and complex numbers are no weights.
        #expect(model(WeightSamples.onnx("a", [1], kind: 8, 6, [65])).contains("no initializers"))
    }

    @Test func refusesArraysThatLie() {
        func npz(_ header: String, _ data: Int, name: String = "a.npy") -> [UInt8] {
            let text = Array((header + String(repeating: " ", count: 117 - header.utf8.count) + "\n").utf8)
            let array = [0x93] + Array("NUMPY".utf8) + [1, 0] + WeightSamples.little(text.count, 2) + text + [UInt8](repeating: 0, count: data)
            return ZipWriter.pieces([ZipMember(name: name, content: array)]).flatMap(\.self)
        }
        func header(_ shape: String) -> String { "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }" }
        #expect((try? WeightFile(npz(header("(2,)"), 8)))?.tensors.first?.values == [0, 0])
        #expect(!refusal(npz(header("(3,)"), 8)).isEmpty && !refusal(npz(header("(2305843009213693952, 8)"), 8)).isEmpty && !refusal(npz(header("(-2,)"), 8)).isEmpty)
        #expect(!refusal(npz("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8)).isEmpty)
        // A directory that says less than what is packed.
        var bytes = npz(header("(2,)"), 8)
        if let place = bytes.lastIndex(of: 0x01).map({ _ in bytes.count }) { bytes.replaceSubrange((place - 22)..<(place - 21), with: [0x51]) }
        #expect(!refusal(bytes).isEmpty)
    }

    @Test func refusesBombsInZipFiles() {
        let pickle = WeightSamples.pickle([("a", WeightSamples.tensor(shape: [1], strides: [1], count: 1))])
        var bytes = WeightSamples.zip(pickle)
        let zeros = ZipWriter.pieces([ZipMember(name: "w/data.pkl", content: [UInt8](repeating: 0, count: TorchReader.longestPickle + 1))]).flatMap(\.self)
        #expect(refusal(zeros).contains("at most 16777216 are supported"))
        // The directory says more than there may be.
        if let place = bytes.lastIndex(of: 0x01).map({ _ in bytes.count }) { bytes.replaceSubrange((place - 22)..<(place - 21), with: [0x51]) }
        #expect(!refusal(bytes).isEmpty)
    }

    /// Seeded mutations of one small file of each format: a value or an error.
    @Test func survivesMutations() {
        let tensor = WeightSamples.tensor(shape: [2, 3], strides: [3, 1], count: 6)
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, UInt8(ascii: ".")]
        let legacy = magic + [0x80, 2, UInt8(ascii: "M"), 0xE9, 3, UInt8(ascii: ".")] + [0x80, 2] + Array("}.".utf8) + WeightSamples.pickle([("a", tensor)])
            + [0x80, 2] + Array("]".utf8) + WeightSamples.text("0") + Array("a.".utf8) + WeightSamples.little(6, 8) + [UInt8](repeating: 1, count: 24)
        let seeds = [
            WeightSamples.zip(WeightSamples.pickle([("a", tensor)])), legacy, WeightSamples.constant("a", shape: [2], content: [UInt8](repeating: 0, count: 8)),
            WeightSamples.safetensors(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, [UInt8](repeating: 0, count: 8)),
            WeightSamples.model(WeightSamples.onnx("a", [2], kind: 1, 9, [UInt8](repeating: 0, count: 8))),
        ]
        for seed in seeds { #expect((try? WeightFile(seed))?.tensors.count == 1) }
        var changes = ByteChanges(seed: 15), read = 0
        for round in 0..<4000 {
            let seed = seeds[round % seeds.count]
            if (try? WeightFile(changes.change(seed, with: seeds[changes.below(seeds.count)]))) != nil { read += 1 }
        }
        #expect(read > 0 && read < 4000)
    }
}
