import Archives
import Canonical
import TestSupport

/// Archives for tests.
enum Samples {
    static func entries(seed: UInt64 = 1, size: Int = 40) -> [ArrayEntry] {
        var random = TestRandom(seed: seed)
        let floats = (0..<size * 3).map { _ in Float.random(in: -1...1, using: &random) }
        let bytes = (0..<7).map { _ in UInt8.random(in: 0...255, using: &random) }
        return [
            ArrayEntry(name: "generator/linear1/weight", shape: [size, 3], elements: .float32(floats)),
            ArrayEntry(name: "zeros", shape: [2, 5], elements: .float32([Float](repeating: 0, count: 10))),
            ArrayEntry(name: "empty", shape: [0, 4], elements: .float64([])),
            ArrayEntry(name: "adam/step", shape: [], elements: .int64([-12_345_678_901])),
            ArrayEntry(name: "streams/state", shape: [7], elements: .uint8(bytes)),
            ArrayEntry(
                name: "special", shape: [6],
                elements: .float64([.nan, -.infinity, -0.0, .leastNonzeroMagnitude, .pi, .greatestFiniteMagnitude])),
        ]
    }

    static func archive(seed: UInt64 = 1, size: Int = 40) -> Archive {
        Archive(
            entries: entries(seed: seed, size: size),
            manifest: ["kind": "checkpoint", "step": 12, "metrics": ["fid": 3.25], "numerics": 1])
    }

    static func joined(_ pieces: [[UInt8]]) -> [UInt8] { Array(pieces.joined()) }

    static func areIdentical(_ a: [ArrayEntry], _ b: [ArrayEntry]) -> Bool {
        a.elementsEqual(b) {
            $0.name == $1.name && $0.shape == $1.shape && $0.elements.isIdentical(to: $1.elements)
        }
    }
}
