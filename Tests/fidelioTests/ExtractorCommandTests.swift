import Archives
import Canonical
import Foundation
import TestSupport
import Testing

/// `fidelio extractor` and `fidelio fid`, with a small network in place of one that people know.
@Suite("Imported extractors by the command", .serialized)
struct ExtractorCommandTests {
    private static func add(_ storage: String, _ more: String...) async throws -> Program.Outcome {
        try await Program.run(
            ["extractor", "add", "small", "--manifest", Fixtures.path("extractors/network.json"), "--from", Fixtures.path("extractors/network.pth"), "--storage", storage] + more)
    }

    @Test func addsListsShowsAndRemoves() async throws {
        let folder = try TemporaryFolder("extractors"), storage = folder.path("storage")
        let added = try await Self.add(storage, "--json")
        #expect(added.code == 0 && added.json["dimension"] == 20 && added.json["provenance"]?["format"] == "pytorch", "\(added)")
        let encoder = try #require(added.json["encoder"]?.stringValue)
        let list = try await Program.run("extractor", "list", "--storage", storage)
        #expect(list.code == 0 && list.output.contains(encoder) && list.output.contains("network.pth"), "\(list)")
        let shown = try await Program.run("extractor", "show", "small", "--storage", storage)
        #expect(shown.json["network"]?["layers"]?.arrayValue?.count == 15)
        let known = try await Program.run("extractor", "known", "--json")
        #expect(known.json.arrayValue?.compactMap { $0["name"]?.stringValue }.contains("pytorch-fid") == true)
        // Weights of another network: the first tensor that is missing is named.
        let wrong = try await Program.run("extractor", "add", "vgg16-torchvision", "--from", Fixtures.path("extractors/network.pth"), "--storage", storage)
        #expect(wrong.code == 64 && wrong.complaint.contains("the file has no tensor features.0.weight, which layer features.0 needs with the shape [64, 3, 3, 3]"), "\(wrong)")
        let unknown = try await Program.run("extractor", "add", "resnet", "--from", "x", "--storage", storage)
        #expect(unknown.code == 64 && unknown.complaint.contains("describe others with --manifest"), "\(unknown)")
        let absent = try await Program.run("extractor", "add", "clean", "--from", folder.path("absent.pth"), "--storage", storage)
        #expect(absent.code == 64 && absent.complaint.contains("absent.pth"), "\(absent)")
        #expect(try await Program.run("extractor", "remove", "small", "--storage", storage).code == 0)
        #expect(try await Program.run("extractor", "remove", "small", "--storage", storage).code == 64)
    }

    /// The last line has pytorch-fid's form, and statistics in files give the same number.
    @Test func distancesAreThoseOfPictures() async throws {
        let folder = try TemporaryFolder("fid"), storage = folder.path("storage")
        try #require(try await Self.add(storage).code == 0)
        guard case .uint8(let picture)? = try Npz.arrays(Fixtures.bytes("extractors/resizes.npz")).first(where: { $0.name == "picture" })?.elements else { return }
        for name in ["a", "b"] {
            try FileManager.default.createDirectory(atPath: folder.path("\(name)/inner"), withIntermediateDirectories: true)
            for index in 0..<24 {
                // Twelve rows of the picture, from another one on.
                let rows = (0..<12).flatMap { row in picture[((row + index % 8) * 51)..<((row + index % 8) * 51 + 51)].map { name == "a" ? $0 : $0 / 2 + UInt8(index) } }
                try PictureFile.write(rows, width: 17, height: 12, to: folder.path("\(name)/\(index % 2 == 0 ? "inner/" : "")\(index).png"))
            }
        }
        func fid(_ arguments: String...) async throws -> Program.Outcome { try await Program.run(["fid"] + arguments + ["--extractor", "small", "--storage", storage]) }
        let first = try await fid(folder.path("a"), folder.path("b"), "--batch-size", "8", "--num-workers", "1", "--device", "cuda:0")
        let last = try #require(first.output.split(separator: "\n").last, "\(first)")
        let number = try #require(Double(last.dropFirst("FID:  ".count)))
        #expect(first.code == 0 && last.hasPrefix("FID:  ") && number > 0 && first.complaint.contains("computed on the CPU") && first.complaint.contains("bias at this N"), "\(first)")
        let saved = try await fid("--save-stats", folder.path("a"), folder.path("a.npz"))
        let again = try await fid(folder.path("a.npz"), folder.path("b"), "--json", "--bootstrap", "4")
        #expect(saved.code == 0 && again.json["fid"]?.numberValue == number && again.json["interval"]?.arrayValue?.count == 2, "\(saved) \(again)")
        let other = try await fid(folder.path("a.npz"), folder.path("b"), "--dims", "low")
        #expect(other.code == 64 && other.complaint.contains("20 features"), "\(other)")
        let none = try await fid(folder.path("a"), folder.path("nowhere"))
        #expect(none.code == 64 && none.complaint.contains("neither a folder"), "\(none)")
    }
}

/// An uncompressed PNG of three channels, written without the program.
private enum PictureFile {
    static func write(_ pixels: [UInt8], width: Int, height: Int, to path: String) throws {
        func big(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
        func crc(_ bytes: [UInt8]) -> UInt32 {
            ~bytes.reduce(~UInt32(0)) { crc, byte in (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 } }
        }
        func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] { big(UInt32(content.count)) + Array(kind.utf8) + content + big(crc(Array(kind.utf8) + content)) }
        let rows = (0..<height).flatMap { [0] + pixels[($0 * width * 3)..<(($0 + 1) * width * 3)] }
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in rows { (a, b) = ((a + UInt32(byte)) % 65521, (a + UInt32(byte) + b) % 65521) }
        let length = [UInt8(truncatingIfNeeded: rows.count), UInt8(truncatingIfNeeded: rows.count >> 8)]
        let packed: [UInt8] = [0x78, 1, 1] + length + length.map { ~$0 } + rows + big(b << 16 | a)
        let header = big(UInt32(width)) + big(UInt32(height)) + [8, 2, 0, 0, 0]
        try AtomicFile.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", packed) + chunk("IEND", []), to: path)
    }
}
