import Codecs
import TestSupport
import Testing

@Suite struct DeflateTests {
    static func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = TestRandom(seed: seed)
        return (0..<count).map { $0 % 7 == 0 ? UInt8.random(in: 0...255, using: &random) : UInt8($0 % 11) }
    }

    @Test(arguments: DeflateFormat.allCases, [0, 1, 100, 65_535, 200_000]) func roundTrip(format: DeflateFormat, count: Int) throws {
        let content = Self.content(count)
        for level in [0, 1, 6, 9] {
            let packed = Deflate.compress(content, format: format, level: level)
            #expect(try Deflate.decompress(packed, format: format, limit: count) == content)
            #expect(packed == Deflate.compress(content, format: format, level: level))
        }
    }

    @Test(arguments: DeflateStrategy.allCases) func strategies(strategy: DeflateStrategy) throws {
        let content = Self.content(10_000) + [UInt8](repeating: 0, count: 10_000)
        let packed = Deflate.compress(content, format: .raw, level: 1, strategy: strategy)
        #expect(packed.count < content.count / 2 + 1000)
        #expect(try Deflate.decompress(packed, format: .raw, limit: content.count) == content)
    }

    /// The bound also holds for incompressible data.
    @Test func noiseFits() throws {
        var random = TestRandom(seed: 3)
        for count in [1, 10, 5000, 1_000_000] {
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            for level in [0, 1, 9] {
                let packed = Deflate.compress(noise, format: .gzip, level: level)
                #expect(try Deflate.decompress(packed, format: .gzip, limit: count) == noise)
            }
        }
    }

    @Test func limits() {
        let packed = Deflate.compress([UInt8](repeating: 0, count: 10_000_000), format: .zlib)
        #expect(packed.count < 20_000)
        let error = #expect(throws: CompressionError.self) { try Deflate.decompress(packed, format: .zlib, limit: 9999) }
        #expect(error?.problem == .tooLarge(limit: 9999))
    }

    @Test(arguments: DeflateFormat.allCases) func everyTruncationIsFound(format: DeflateFormat) {
        let packed = Deflate.compress(Self.content(500), format: format)
        for length in packed.indices {
            let error = #expect(throws: CompressionError.self) {
                try Deflate.decompress(packed[..<length], format: format, limit: 1000)
            }
            #expect(error?.problem == .truncated)
            #expect(error?.offset == length)
        }
        let error = #expect(throws: CompressionError.self) {
            try Deflate.decompress(packed + [0], format: format, limit: 1000)
        }
        #expect(error == CompressionError(problem: .trailing, offset: packed.count))
    }

    /// The checksums of zlib and gzip detect every flipped byte, except in fields of the gzip header without content.
    @Test(arguments: [DeflateFormat.zlib, .gzip]) func everyFlippedByteIsFound(format: DeflateFormat) {
        let content = Self.content(300)
        let packed = Deflate.compress(content, format: format)
        for index in packed.indices {
            var damaged = packed
            damaged[index] ^= 0xFF
            let result = try? Deflate.decompress(damaged, format: format, limit: 1000)
            #expect(result == nil || (result == content && format == .gzip && 4..<10 ~= index), "byte \(index)")
        }
    }

    @Test func steps() throws {
        let content = Self.content(100_000)
        let packed = Deflate.compress(content, format: .zlib)
        var inflater = Inflater(.zlib)
        var output: [UInt8] = []
        var position = 0
        while !inflater.isFinished {
            let piece = packed[position..<min(position + 777, packed.count)]
            position += try inflater.step(piece, into: &output, capacity: 1000)
        }
        #expect(output == content)
        #expect(inflater.consumed == packed.count)
    }

    @Test func knownChecksum() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        let first = CRC32.checksum(Array("12345".utf8))
        #expect(CRC32.checksum(Array("6789".utf8), continuing: first) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
    }
}
