import Archives

@testable import Weights

/// Small files of weights, made by hand.
enum WeightSamples {
    static func text(_ text: String) -> [UInt8] { [0x58] + little(text.utf8.count, 4) + Array(text.utf8) }

    static func little(_ number: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

    static func name(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    static func integer(_ number: Int) -> [UInt8] { [UInt8(ascii: "J")] + little(number, 4) }

    static func tuple(_ numbers: [Int]) -> [UInt8] { Array("(".utf8) + numbers.flatMap(integer) + Array("t".utf8) }

    /// A tensor of a storage "0" of floats with `count` elements.
    static func tensor(shape: [Int], strides: [Int], offset: Int = 0, count: Int, key: String = "0", type: String = "FloatStorage") -> [UInt8] {
        var bytes = name("torch._utils", "_rebuild_tensor_v2") + Array("(".utf8)
        bytes += Array("(".utf8) + text("storage") + name("torch", type) + text(key) + text("cpu") + integer(count) + Array("tQ".utf8)
        bytes += integer(offset) + tuple(shape) + tuple(strides) + [0x89]
        return bytes + name("collections", "OrderedDict") + Array(")RtR".utf8)
    }

    /// A state dictionary with the given values, as a pickle.
    static func pickle(_ items: [(String, [UInt8])]) -> [UInt8] {
        [0x80, 2] + name("collections", "OrderedDict") + Array(")R".utf8) + items.flatMap { text($0.0) + $0.1 + Array("s".utf8) } + Array(".".utf8)
    }

    static func zip(_ pickle: [UInt8], storage: [Float] = [1, 2, 3, 4, 5, 6]) -> [UInt8] {
        ZipWriter.pieces([
            ZipMember(name: "w/data.pkl", content: pickle), ZipMember(name: "w/byteorder", content: Array("little".utf8)),
            ZipMember(name: "w/data/0", content: storage.flatMap { little(Int($0.bitPattern), 4) }),
        ]).flatMap(\.self)
    }

    static func safetensors(_ header: String, _ data: [UInt8]) -> [UInt8] { little(header.utf8.count, 8) + Array(header.utf8) + data }

    // MARK: Protocol buffers

    static func varint(_ number: Int) -> [UInt8] { number < 128 ? [UInt8(number)] : [UInt8(number & 127 | 128)] + varint(number >> 7) }

    static func field(_ number: Int, _ value: Int) -> [UInt8] { varint(number << 3) + varint(value) }

    static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(bytes.count) + bytes }

    static func constant(_ name: String, shape: [Int], content: [UInt8]) -> [UInt8] {
        let tensor = field(1, 1) + field(2, shape.flatMap { field(2, field(1, $0)) }) + field(4, content)
        return field(1, field(1, Array(name.utf8)) + field(2, Array("Const".utf8)) + field(5, field(1, Array("value".utf8)) + field(2, field(8, tensor))))
    }

    /// An initializer of an ONNX model: its values are bytes in a field, 9 for little-endian bytes, others for packed lists.
    static func onnx(_ name: String, _ shape: [Int], kind: Int, _ values: Int, _ content: [UInt8]) -> [UInt8] {
        field(5, field(1, shape.flatMap(varint)) + field(2, kind) + field(values, content) + field(8, Array(name.utf8)))
    }

    /// An ONNX model with the given initializers.
    static func model(_ tensors: [UInt8]) -> [UInt8] { field(1, 8) + field(7, tensors) }
}
