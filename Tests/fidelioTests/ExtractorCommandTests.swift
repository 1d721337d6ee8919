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

    /// All metrics under torch-fidelity's names, from features that are kept; what cannot be computed has a reason.
    @Test func metricsOfPictures() async throws {
        let folder = try TemporaryFolder("metrics"), storage = folder.path("storage")
        try #require(try await Self.add(storage).code == 0)
        for (name, factor) in [("a", 3), ("b", 5)] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
            for index in 0..<40 {
                let pixels = (0..<12 * 17 * 3).map { UInt8(truncatingIfNeeded: ($0 * $0 / (7 + index) * factor) % 200 + index) }
                _ = try folder.write(PNG.encode(PixelImage(width: 17, height: 12, channels: 3, pixels: pixels)), as: "\(name)/\(index).png")
            }
        }
        func metrics(_ arguments: String...) async throws -> Program.Outcome { try await Program.run(["metrics"] + arguments + ["--extractor", "small", "--storage", storage]) }
        let all = try await metrics(folder.path("a"), folder.path("b"), "--json")
        let names = [
            "inception_score_mean", "inception_score_std", "frechet_inception_distance", "kernel_inception_distance_mean", "kernel_inception_distance_std", "precision", "recall",
            "f_score", "density", "coverage", "prd_f8", "prd_f1_8",
        ]
        #expect(all.code == 0 && names.allSatisfy { all.json[$0]?.numberValue?.isFinite == true }, "\(all)")
        #expect(all.json["samples"] == [40, 40] && all.json["options"]?["kid_subset_size"] == 40 && all.json["problems"] == nil)
        let fid = try await Program.run(["fid", folder.path("a"), folder.path("b"), "--extractor", "small", "--storage", storage, "--json"])
        #expect(fid.json["fid"] == all.json["frechet_inception_distance"] && fid.json["encoder"] == all.json["encoder"])
        // One estimate of the bias, also where the features are those of the storage.
        #expect(fid.json["bias"]?.numberValue != nil && fid.json["bias"] == all.json["frechet_inception_distance_bias"], "\(fid) \(all)")
        // The same from features of the storage, and without them, on one thread.
        for more in [["--num-workers", "1"], ["--no-cache", "--batch-size", "3"]] {
            let again = try await Program.run(["metrics", folder.path("a"), folder.path("b"), "--extractor", "small", "--storage", storage, "--json"] + more)
            #expect(again.json == all.json, "\(more) \(again)")
        }
        let text = try await metrics(folder.path("a"), folder.path("b"), "--fid", "--kid", "--kid-subsets", "3", "--kid-subset-size", "10")
        let lines = text.output.split(separator: "\n").map { $0.split(separator: ":").first.map(String.init) }
        #expect(text.code == 0 && lines == ["frechet_inception_distance", "kernel_inception_distance_mean", "kernel_inception_distance_std"] && text.complaint.contains("N = 40 and 40") && text.complaint.contains("bias at this N: about"), "\(text)")
        let few = try await metrics(folder.path("a"), folder.path("b"), "--kid")
        #expect(few.code == 0 && !few.complaint.contains("bias"), "\(few)")
        // Statistics alone have a distance and no single images.
        try #require(try await Program.run(["fid", "--save-stats", folder.path("b"), folder.path("b.npz"), "--extractor", "small", "--storage", storage]).code == 0)
        let statistics = try await metrics(folder.path("a"), folder.path("b.npz"), "--json", "--fid", "--kid")
        #expect(statistics.json["frechet_inception_distance"] == all.json["frechet_inception_distance"] && statistics.json["kernel_inception_distance_mean"] == .null, "\(statistics)")
        #expect(statistics.json["problems"]?["kernel_inception_distance_mean"]?.stringValue?.contains("no features of single images") == true)
        let large = try await metrics(folder.path("a"), folder.path("b"), "--kid", "--kid-subset-size", "41")
        #expect(large.code == 64 && large.complaint.contains("40 samples are too few: at least 41"), "\(large)")
    }

    /// A reference has the network of its name, and is refused beside another one.
    @Test func referencesByName() async throws {
        let folder = try TemporaryFolder("references"), storage = folder.path("storage")
        try #require(try await Self.add(storage).code == 0)
        let statistics = [
            ArrayEntry(name: "mu", shape: [20], elements: .float64([Double](repeating: 0, count: 20))),
            ArrayEntry(name: "sigma", shape: [20, 20], elements: .float64((0..<400).map { $0 % 21 == 0 ? 1 : 0 })),
        ]
        try Archive(entries: statistics, manifest: [:]).write(to: folder.path("cifar10_clean_train_32.npz"))
        let added = try await Program.run(["reference", "add", folder.path("cifar10_clean_train_32.npz"), "--storage", storage])
        #expect(added.code == 0 && added.output.contains("50000 images"), "\(added)")
        let list = try await Program.run("reference", "list", "--storage", storage)
        #expect(list.code == 0 && list.output.contains("cifar10_clean_train_32") && list.output.contains("clean"), "\(list)")
        let twice = try await Program.run(["reference", "add", folder.path("cifar10_clean_train_32.npz"), "--storage", storage])
        #expect(twice.code == 64 && twice.complaint.contains("there is a reference"), "\(twice)")
        let other = try await Program.run(["reference", "add", folder.path("cifar10_clean_train_32.npz"), "--name", "other", "--network", "legacy_pytorch", "--samples", "500", "--storage", storage])
        #expect(other.code == 0, "\(other)")
        let mixed = try await Program.run("fid", "cifar10_clean_train_32", "other", "--storage", storage)
        #expect(mixed.code == 64 && mixed.complaint.contains("different protocols"), "\(mixed)")
        let same = try await Program.run("fid", "cifar10_clean_train_32", folder.path("cifar10_clean_train_32.npz"), "--storage", storage)
        #expect(same.code == 0 && same.output.hasPrefix("FID:  0"), "\(same)")
        try FileManager.default.createDirectory(atPath: folder.path("a"), withIntermediateDirectories: true)
        for index in 0..<3 { _ = try folder.write(PNG.encode(PixelImage(width: 17, height: 12, channels: 3, pixels: [UInt8](repeating: UInt8(index), count: 612))), as: "a/\(index).png") }
        let wrong = try await Program.run(["fid", folder.path("a"), "cifar10_clean_train_32", "--extractor", "small", "--storage", storage])
        #expect(wrong.code == 64 && wrong.complaint.contains("is of the protocol clean"), "\(wrong)")
        let absent = try await Program.run(["fid", folder.path("a"), "cifar10_clean_train_32", "--storage", storage])
        #expect(absent.code == 64 && absent.complaint.contains("there is no extractor clean"), "\(absent)")
        #expect(try await Program.run("reference", "remove", "other", "--storage", storage).code == 0)
        #expect(try await Program.run("reference", "remove", "other", "--storage", storage).code == 64)
    }
}
