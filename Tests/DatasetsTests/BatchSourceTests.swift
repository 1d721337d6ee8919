import Testing

@testable import Datasets

/// Named fields of examples.
@Suite struct BatchSourceTests {
    private static let dataset = ImageDataset(
        name: "d", shape: ImageShape(height: 1, width: 1, channels: 2), classes: 3,
        splits: [DatasetSplit(name: "train", shape: ImageShape(height: 1, width: 1, channels: 2), pixels: .bytes([0, 4, 1, 2, 3, 4], white: 4), labels: [2, 0, 1])])

    private static func values(_ source: SplitBatches, _ field: String, _ batch: ExampleBatch, _ count: Int) -> [Float] {
        var values = [Float](repeating: -1, count: count)
        unsafe values.withUnsafeMutableBufferPointer { unsafe source.copy(field, of: batch, into: $0) }
        return values
    }

    @Test func imagesAreNumbersAndLabelsAreOneHotRows() throws {
        let source = SplitBatches(try Self.dataset.split("train"), of: Self.dataset)
        #expect(source.fields == [ExampleField(name: "images", shape: [1, 1, 2]), ExampleField(name: "labels", shape: [3])] && source.count == 3)
        let batch = ExampleBatch(indices: [2, 0], first: 10, seed: 7)
        #expect(Self.values(source, "images", batch, 4) == [0.75, 1, 0, 1])
        #expect(Self.values(source, "labels", batch, 6) == [0, 1, 0, 0, 0, 1])
    }

    /// Indices wrap around after the last example.
    @Test func rangesGoRound() throws {
        let source = SplitBatches(try Self.dataset.split("train"), of: Self.dataset)
        #expect(ExampleBatch(2..<6, of: source) == ExampleBatch(indices: [2, 0, 1, 2], first: 2, seed: 0))
    }

    @Test func descriptionsSayWhatTheirDataWillHave() {
        #expect(DatasetDescription.ring.fields.map(\.description) == [#""images" [1,1,2]"#, #""labels" [8]"#])
        #expect(DatasetDescription.swissRoll.fields.map(\.name) == ["images"])
    }
}
