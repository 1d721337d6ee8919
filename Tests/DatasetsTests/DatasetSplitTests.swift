import Testing

@testable import Datasets

@Suite struct DatasetSplitTests {
    private let shape = ImageShape(height: 2, width: 1, channels: 3)

    @Test func bytesBecomeExactQuotients() {
        let split = DatasetSplit(name: "train", shape: shape, pixels: .bytes((0..<18).map { UInt8($0 * 15) }, white: 255), labels: [7, 8, 9])
        #expect(split.count == 3)
        #expect(split.images(at: [2, 0]) == (Array(12..<18) + Array(0..<6)).map { Float($0 * 15) / 255 })
        #expect(split.labels(at: [2, 0, 2]) == [9, 7, 9])
        #expect(split.images(at: [17, 0].filter { $0 < 3 }).first == 0)
    }

    @Test func whiteIsOne() {
        let split = DatasetSplit(name: "train", shape: shape, pixels: .bytes([0, 16, 32, 48, 63, 64], white: 64), labels: nil)
        #expect(split.images(at: [0]) == [0, 0.25, 0.5, 0.75, 0.984375, 1])
    }

    @Test func floatsStayAsTheyAre() {
        let values: [Float] = (0..<12).map { Float($0) / 11 }
        let split = DatasetSplit(name: "train", shape: shape, pixels: .floats(values), labels: nil)
        #expect(split.images(at: 0..<2) == values)
        #expect(split.images(at: [Int]()).isEmpty)
    }

    @Test func copiesIntoABuffer() {
        let split = DatasetSplit(name: "train", shape: shape, pixels: .floats((0..<12).map { Float($0) }), labels: nil)
        var target = [Float](repeating: -1, count: 14)
        unsafe target.withUnsafeMutableBufferPointer { buffer in
            unsafe split.copyImages(at: [1, 1], into: UnsafeMutableBufferPointer(rebasing: buffer[1..<13]))
        }
        #expect(target == [-1, 6, 7, 8, 9, 10, 11, 6, 7, 8, 9, 10, 11, -1])
    }

    @Test func splitsByName() throws {
        let splits = ["train", "test"].map { DatasetSplit(name: $0, shape: shape, pixels: .floats([]), labels: nil) }
        let dataset = ImageDataset(name: "tiny", shape: shape, classes: 0, splits: splits)
        #expect(try dataset.split("test").name == "test")
        #expect(throws: DatasetError.unknownSplit(name: "dev", dataset: "tiny", known: ["train", "test"])) { try dataset.split("dev") }
    }
}
