import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

/// `fidelio enlarge`: from a run to judged pictures and files.
@Suite("Enlarging pictures by the command", .serialized)
struct EnlargeCommandTests {
    private static func picture(_ height: Int, _ width: Int, shift: Int) -> [UInt8] {
        PNG.encode(PixelImage(width: width, height: height, channels: 3, pixels: (0..<height * width * 3).map { UInt8(($0 * 7 + $0 / (3 * width) * 11 + shift) % 251) }))
    }

    @Test func fromARunToPictures() async throws {
        let folder = try TemporaryFolder("enlarge"), storage = folder.path("storage")
        for (split, count) in [("train", 2), ("test", 2)] {
            try FileSystem.makeFolder(folder.path("set/\(split)"))
            for i in 0..<count { try folder.write(Self.picture(12, 12, shift: i), as: "set/\(split)/\(i).png") }
        }
        try FileSystem.makeFolder(folder.path("photos"))
        try folder.write(Self.picture(15, 22, shift: 5), as: "photos/a.png")
        try folder.write(Self.picture(16, 16, shift: 9), as: "photos/b.png")
        let added = try await Program.run("dataset", "add", "tiny", "--from", folder.path("set"), "--low-resolution", "2", "--storage", storage)
        #expect(added.code == 0, "\(added)")
        let trained = try await Program.run(
            "run", "-", "--json", "--storage", storage, input: #"{"model":"bicubic","dataset":"tiny","steps":2,"batch_size":2}"#)
        let run = try #require(trained.json["id"]?.stringValue, "\(trained)")

        let table = try await Program.run("enlarge", run, folder.path("photos"), "--storage", storage, "--output", folder.path("out"), "--border", "2")
        #expect(table.code == 0, "\(table)")
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 8 && lines[0].hasPrefix("PICTURE") && lines[1].hasPrefix("a ") && lines[1].contains("14 x 22") && lines[5].hasPrefix("mean of 2"), "\(table.output)")
        #expect(try FileSystem.names(in: folder.path("out")).sorted() == ["a-0.png", "a-bicubic.png", "a-low.png", "b-0.png", "b-bicubic.png", "b-low.png"])
        let json = try await Program.run("enlarge", run, folder.path("photos"), "--storage", storage, "--border", "2", "--threads", "2", "--json").json
        #expect(json["protocol_digest"]?.stringValue.map { lines[7].hasSuffix($0.prefix(12)) } == true && json["pictures"]?.arrayValue?.count == 2)

        // Each temperature has its protocol; a model without latents has the same images at each.
        let evaluated = try await Program.run("evaluate", run, "--metrics", "psnr", "--temperature", "0,0.5", "--storage", storage, "--json").json
        let values = evaluated["evaluations"]?.arrayValue?.compactMap { $0["values"]?.arrayValue?.first { $0["metric"] == "psnr" } } ?? []
        #expect(values.count == 2 && values[0]["value"] == values[1]["value"] && values[0]["value"] != .null && values[0]["protocol"] != values[1]["protocol"], "\(evaluated)")

        for (arguments, problem) in [
            (["--tile", "20"], "--tile 20 is no multiple of 16 in 16...1024"), (["--temperature", "0,x"], "--temperature has \"x\""),
            (["--temperature", "0.5"], "the samples of the model bicubic have no temperature"), (["--samples", "0"], "--samples 0 is not in 1...100"),
        ] {
            let outcome = try await Program.run(["enlarge", run, folder.path("photos"), "--storage", storage] + arguments)
            #expect(outcome.code == 64 && outcome.complaint.contains(problem), "\(outcome)")
        }
    }
}
