import Testing

@testable import Datasets

@Suite struct IDXArrayTests {
    private static let sound: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]

    @Test func soundFile() throws {
        let array = try IDXArray(parsing: Self.sound, rank: 2, file: "f")
        #expect(array.dimensions == [2, 3])
        #expect(array.elements == [1, 2, 3, 4, 5, 6])
    }

    struct Bad: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let error: DatasetError
    }

    static let bad: [Bad] = [
        Bad(testDescription: "empty", bytes: [], error: .truncated(file: "f", part: "the IDX header", expected: 12, actual: 0)),
        Bad(
            testDescription: "cut in the header", bytes: Array(sound.prefix(11)),
            error: .truncated(file: "f", part: "the IDX header", expected: 12, actual: 11)),
        Bad(
            testDescription: "cut in the elements", bytes: Array(sound.dropLast()),
            error: .truncated(file: "f", part: "6 elements", expected: 18, actual: 17)),
        Bad(testDescription: "goes on", bytes: sound + [0, 0], error: .trailingBytes(file: "f", offset: 18, count: 2)),
        Bad(
            testDescription: "other rank", bytes: [0, 0, 8, 3] + sound.dropFirst(4),
            error: .wrongValue(file: "f", offset: 0, field: "magic number", expected: "2050", actual: "2051")),
        Bad(
            testDescription: "other element type", bytes: [0, 0, 13, 2] + sound.dropFirst(4),
            error: .wrongValue(file: "f", offset: 0, field: "magic number", expected: "2050", actual: "3330")),
        Bad(
            testDescription: "no rows", bytes: [0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3],
            error: .wrongValue(file: "f", offset: 4, field: "dimension 1", expected: "a positive size", actual: "0")),
        Bad(
            testDescription: "absurd size", bytes: [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255],
            error: .wrongValue(file: "f", offset: 8, field: "dimension 2", expected: "a size that fits memory", actual: "4294967295")),
    ]

    @Test("invalid files", arguments: bad) func unsound(bad: Bad) {
        #expect(throws: bad.error) { try IDXArray(parsing: bad.bytes, rank: 2, file: "f") }
    }

    @Test func everyPrefixIsRefused() {
        for length in 0..<Self.sound.count {
            #expect(throws: DatasetError.self) { try IDXArray(parsing: Array(Self.sound.prefix(length)), rank: 2, file: "f") }
        }
    }
}
