import Foundation
import TestSupport
import Testing

@testable import Archives
@testable import Canonical
@testable import Codecs
@testable import Datasets

/// Randomly mutated files of every external format: each yields a value or an error, and what is read has the announced sizes.
/// The same files in each run; with FIDELIO_LONG_TESTS a hundred times as many. Finds of coverage-guided fuzzing are in Tests/Fuzz/finds.
@Suite("Mutated files of external formats")
struct ChangedFilesTests {
    private static let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil

    /// - Returns: how many mutated files could still be read: a test that reads none would check a single error only
    private func rounds(_ count: Int, seed: UInt64, from examples: [[UInt8]], read: ([UInt8]) -> Bool) async -> Int {
        var changes = ByteChanges(seed: seed)
        for example in examples { #expect(read(example), "an example cannot be read") }
        var readable = 0
        var end = ContinuousClock.now + .seconds(Self.isLong ? 60 : 4)
        for round in 0..<(Self.isLong ? count * 100 : count) {
            if round % 64 == 0 { end += await othersTurn() }
            if round % 64 == 0, ContinuousClock.now > end { break }
            let example = examples[changes.below(examples.count)]
            if read(changes.change(example, with: examples[changes.below(examples.count)])) { readable += 1 }
        }
        return readable
    }

    private static let entry = ArrayEntry(name: "a", shape: [2, 2], elements: .float32([1, 2, 3, 4]))

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8).map { UInt8(Character(UnicodeScalar($0)).hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test func arrays() async {
        let readable = await rounds(3000, seed: 1, from: [NpyFormat.encode(Self.entry)]) { bytes in
            guard let entry = try? NpyFormat.decode(bytes, name: "a") else { return false }
            #expect(entry.elements.count == entry.shape.reduce(1, *))
            return true
        }
        #expect(readable > 50)
    }

    @Test func archives() async {
        let archive = Archive(entries: [Self.entry], manifest: [:])
        // Few mutations pass the checksums, and those must not change the numbers.
        _ = await rounds(1500, seed: 2, from: [archive.filePieces().flatMap { $0 }]) { bytes in
            guard let changed = try? Archive.decode(bytes, limit: 1 << 20) else { return false }
            #expect(changed.entries.map(\.elements.count) == changed.entries.map { $0.shape.reduce(1, *) })
            return true
        }
    }

    @Test func pictures() async throws {
        let gray = PixelImage(width: 5, height: 4, channels: 1, pixels: [UInt8](repeating: 9, count: 20))
        let color = PixelImage(width: 3, height: 4, channels: 3, pixels: [UInt8](repeating: 7, count: 36))
        _ = await rounds(2000, seed: 3, from: [PNG.encode(gray), PNG.encode(color)]) { bytes in
            guard let image = try? PNG.decode(bytes, limit: 256) else { return false }
            #expect(image.pixels.count == image.width * image.height * image.channels)
            return true
        }
        let files = try ["colour-17x21", "grey-13x9", "progressive-16x24"].map { try Fixtures.bytes("jpeg/\($0).jpg") }
        let jpeg = await rounds(2000, seed: 4, from: files) { bytes in
            guard let image = try? JPEG.decode(bytes, limit: 256) else { return false }
            #expect(image.pixels.count == image.width * image.height * image.channels)
            return true
        }
        #expect(jpeg > 10)
    }

    @Test func packedFiles() async {
        let text = "hello hello hello"
        _ = await rounds(3000, seed: 5, from: [Gzip.compress(Array(text.utf8)), Gzip.compress([])]) { bytes in
            guard let read = try? Gzip.decompress(bytes, limit: 1 << 20) else { return false }
            // A gzip file with several members is the concatenation of their contents.
            #expect(String(decoding: read, as: UTF8.self).replacing(text, with: "").isEmpty, "a changed file passed its check sum")
            return true
        }
    }

    @Test func tapes() async {
        var header = [UInt8](repeating: 0, count: 512)
        header.replaceSubrange(0..<5, with: Array("a.bin".utf8))
        header.replaceSubrange(124..<135, with: Array("00000000005".utf8))
        header[156] = UInt8(ascii: "0")
        header.replaceSubrange(257..<262, with: Array("ustar".utf8))
        let sum = header.reduce(8 * 32) { $0 + Int($1) }
        header.replaceSubrange(148..<154, with: Array(("000000" + String(sum, radix: 8)).suffix(6).utf8))
        let body = Array("hello".utf8) + [UInt8](repeating: 0, count: 507)
        let readable = await rounds(4000, seed: 6, from: [header + body + [UInt8](repeating: 0, count: 1024)]) { bytes in
            guard let members = try? Tar.members(bytes) else { return false }
            #expect(members.allSatisfy { $0.range.lowerBound >= 0 && $0.range.upperBound <= bytes.count })
            return true
        }
        #expect(readable > 50)
    }

    @Test func records() async {
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3]
        let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]
        let readable = await rounds(4000, seed: 7, from: [labels, images]) { bytes in
            [1, 3].contains { (try? IDXArray(parsing: bytes, rank: $0, file: "a")) != nil }
        }
        #expect(readable > 50)
        // The pickle of numpy 2 (protocol 2): {"data": uint8 [2, 3], "labels": [1, 2], "batch_label": "x"}.
        let pickle = Self.bytes("80027d7100285804000000646174617101636e756d70792e5f636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7102636e756d70790a6e6461727261790a71034b00857104635f636f646563730a656e636f64650a7105580100000062710658060000006c6174696e31710786710852710987710a52710b284b014b024b0386710c636e756d70790a64747970650a710d58020000007531710e898887710f527110284b0358010000007c71114e4e4e4affffffff4affffffff4b00747112628968055806000000000102030405711368078671145271157471166258060000006c6162656c7371175d7118284b014b0265580b00000062617463685f6c6162656c7119580100000078711a752e")
        let pickles = await rounds(4000, seed: 8, from: [pickle]) { bytes in
            var reader = PickleReader(bytes)
            return (try? reader.value()) != nil
        }
        #expect(pickles > 50)
    }

    @Test func documents() async {
        let examples = [#"{"a":[1,-2.5e-3,true,null,"\u00e9\ud83d\ude00"]}"#, "[[[[]]]]", "-0", "1e300", #"{"model":"ns-gan","steps":20}"#]
        let readable = await rounds(4000, seed: 9, from: examples.map { Array($0.utf8) }) { bytes in
            guard let value = try? JSONValue(parsing: bytes) else { return false }
            let text = value.canonicalText
            if (try? JSONValue(parsing: text))?.canonicalText != text { Issue.record("\(bytes) is written as another value") }
            return true
        }
        #expect(readable > 50)
    }
}
