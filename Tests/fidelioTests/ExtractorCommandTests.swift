import Archives
import Canonical
import Codecs
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
                let first = index % 8 * 51
                let pixels = picture[first..<first + 12 * 51].map { (value: UInt8) -> UInt8 in name == "a" ? value : value / 2 + UInt8(index) }
                let place = index % 2 == 0 ? "\(name)/inner/\(index).png" : "\(name)/\(index).png"
                _ = try folder.write(PNG.encode(PixelImage(width: 17, height: 12, channels: 3, pixels: pixels)), as: place)
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
