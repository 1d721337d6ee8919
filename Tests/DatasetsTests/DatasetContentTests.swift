import Canonical
import TestSupport
import Testing

@testable import Datasets

extension DatasetContent {
    fileprivate var bytes: [UInt8] {
        var bytes: [UInt8] = []
        forEachPiece { bytes += $0 }
        return bytes
    }
}

@Suite struct DatasetContentTests {
    private static let shape = ImageShape(height: 1, width: 2, channels: 1)
    private static let labelled = DatasetContent(
        shape: shape, classes: 3,
        splits: [
            DatasetSplit(name: "train", shape: shape, pixels: .bytes([0, 64, 32, 7], white: 64), labels: [2, 0]),
            DatasetSplit(name: "test", shape: shape, pixels: .bytes([1, 2], white: 64), labels: [1]),
        ])
    private static let floating = DatasetContent(
        shape: shape, classes: 0, splits: [DatasetSplit(name: "train", shape: shape, pixels: .floats([0.25, 1]), labels: nil)])
    private static let header =
        #"{"channels":1,"classes":3,"height":1,"pixels":"uint8","splits":[{"images":2,"name":"train"},{"images":1,"name":"test"}],"white":64,"width":2}"#

    @Test func layout() {
        #expect(Self.labelled.bytes == Array("fidelio images 1\n\(Self.header)\n".utf8) + [0, 64, 32, 7, 2, 0, 1, 2, 1])
        #expect(Self.floating.bytes.suffix(8) == [0, 0, 0x80, 0x3e, 0, 0, 0x80, 0x3f])
    }

    @Test func readsWhatItWrites() throws {
        for content in [Self.labelled, Self.floating] {
            let read = try DatasetContent(parsing: content.bytes, file: "f")
            #expect(read.shape == content.shape && read.classes == content.classes && read.splits == content.splits)
        }
    }

    @Test func digestIsOfTheContentAndNotOfTheName() {
        let one = ImageDataset(name: "a", shape: Self.shape, classes: 3, splits: Self.labelled.splits)
        #expect(one.digest == Digest.sha256(Self.labelled.bytes))
        #expect(one.digest == ImageDataset(name: "b", shape: Self.shape, classes: 3, splits: Self.labelled.splits).digest)
        #expect(one.digest != ImageDataset(name: "a", shape: Self.shape, classes: 4, splits: Self.labelled.splits).digest)
    }

    @Test func unsoundContent() {
        let good = Self.labelled.bytes
        for length in 0..<good.count {
            #expect(throws: DatasetError.self) { try DatasetContent(parsing: Array(good.prefix(length)), file: "f") }
        }
        #expect(throws: DatasetError.trailingBytes(file: "f", offset: good.count, count: 1)) {
            try DatasetContent(parsing: good + [0], file: "f")
        }
        #expect(throws: DatasetError.wrongValue(file: "f", offset: good.count - 1, field: "label", expected: "0 to 2", actual: "3")) {
            try DatasetContent(parsing: good.dropLast() + [3], file: "f")
        }
    }

    @Test(arguments: [
        ("\"classes\":3", "\"classes\":300"), ("\"width\":2", "\"width\":0"), ("\"white\":64", "\"white\":\"64\""), ("uint8", "uint16"),
        ("\"channels\":1,", ""), ("{\"channels\"", "{\"colour\":1,\"channels\""), ("\"images\":1", "\"images\":-1"), ("}", ""),
    ]) func unsoundHeader(old: String, new: String) {
        let header = Self.header.replacing(old, with: new, maxReplacements: 1)
        let bytes = Array("fidelio images 1\n\(header)\n".utf8) + [0, 64, 32, 7, 2, 0, 1, 2, 1]
        #expect(throws: DatasetError.self) { try DatasetContent(parsing: bytes, file: "f") }
    }

    @Test func aHeaderOfAbsurdSizesIsRefused() {
        let header = #"{"channels":256,"classes":0,"height":65536,"pixels":"float32","splits":[{"images":1000000000,"name":"train"}],"white":1,"width":65536}"#
        #expect(throws: DatasetError.self) { try DatasetContent(parsing: Array("fidelio images 1\n\(header)\n".utf8), file: "f") }
    }

    @Test func noDamageTraps() {
        var random = TestRandom(seed: 5)
        for _ in 0..<3000 {
            var bytes = Int.random(in: 0..<2, using: &random) == 0 ? Self.labelled.bytes : Self.floating.bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8(Int.random(in: 0..<256, using: &random))
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(ascii: ["0", "9", "-", "\"", ",", "}"][Int.random(in: 0..<6, using: &random)]), at: place)
                }
            }
            // Either it is rejected, or the result is complete.
            if let content = try? DatasetContent(parsing: bytes, file: "f") { #expect(content.bytes.count <= bytes.count + 64) }
        }
    }
}
