import Canonical
import Foundation
import TestSupport
import Testing

/// A lab on a server with real processes: played, branched, closed, and computed again.
@Suite("Labs on a server", .serialized)
struct LabServerTests {
    private struct Server {
        let program: ServingProgram
        let url: String, token: String

        init(_ storage: String) async throws {
            program = try await ServingProgram(storage: storage)
            let file = try JSONValue(parsing: try String(contentsOfFile: program.storage + "/server.json", encoding: .utf8))
            (url, token) = (try #require(file["url"]?.stringValue), try #require(file["token"]?.stringValue))
        }

        func ask(_ path: String, _ body: String? = nil) async throws -> JSONValue {
            let data = body.map { ["-H", "Content-Type: application/json", "-d", $0] } ?? []
            let answer = try await Tool.finish("curl", ["-sS", "--max-time", "60", "-H", "Authorization: Bearer \(token)"] + data + ["\(url)/api/v1\(path)"])
            return try JSONValue(parsing: answer.output)
        }
    }

    @Test func whatWasPlayedIsComputedAgain() async throws {
        let folder = try TemporaryFolder("lab"), storage = folder.path("storage")
        let server = try await Server(storage)
        let small = #"{"specification":{"batch":16,"generator":{"units":12},"discriminator":{"units":12}}}"#
        let id = try #require(try await server.ask("/labs", small)["id"]?.stringValue)
        #expect(try await server.ask("/labs/\(id)/actions", #"{"action":"play","branch":"\#(id)","from":0,"every":5,"rate":60}"#)["live"] != nil)
        try await waitUntil { try await server.ask("/labs/\(id)")["branches"]?[0]?["recorded"]?.arrayValue?.count ?? 0 >= 4 }
        // Changed while it runs: it goes on with the branch.
        let branched = try await server.ask("/labs/\(id)/actions", #"{"action":"branch","branch":"\#(id)","after":10,"changes":{"generator_optimizer":{"learning_rate":0.01}}}"#)
        let branch = try #require(branched["branch"]?["id"]?.stringValue, "\(branched)")
        try await waitUntil { try await server.ask("/labs/\(id)")["branches"]?[1]?["recorded"]?.arrayValue?.count ?? 0 >= 4 }
        #expect(try await server.ask("/labs/\(id)")["live"]?["branch"] == .string(branch))
        _ = try await server.ask("/labs/\(id)/actions", #"{"action":"pause"}"#)
        try await waitUntil { try await server.ask("/labs/\(id)")["live"]?["state"] == "paused" }
        let again = try await Program.run("lab", "--replay", id, "--json", "--storage", storage)
        #expect(again.code == 0 && again.json["different"] == [] && again.json["branches"] == 2 && again.json["frames"]?.integerValue ?? 0 >= 8, "\(again)")
        #expect(try await server.program.end(SIGTERM) == 0)
        // A byte that is not what it should be is found.
        let frame = "\(storage)/labs/\(id)/frames/\(branch)/10.frame"
        var bytes = try FileSystem.read(frame)
        bytes[bytes.count - 1] ^= 1
        try AtomicFile.write(bytes, to: frame)
        let changed = try await Program.run("lab", "--replay", id, "--json", "--storage", storage)
        #expect(changed.code == 2 && changed.json["different"]?[0]?["step"] == 10, "\(changed)")
    }

    /// Whoever has a link to the lab is told of each frame while a member trains, and reads it as a file.
    @Test func readersOfALinkFollowALab() async throws {
        let folder = try TemporaryFolder("lab"), server = try await Server(folder.path("storage"))
        let id = try #require(try await server.ask("/labs", #"{"specification":{"batch":16,"generator":{"units":12},"discriminator":{"units":12}}}"#)["id"]?.stringValue)
        let link = try await server.ask("/shares", #"{"view":{"kind":"page","name":"lab","lab":"\#(id)"}}"#)
        let url = try #require(link["url"]?.stringValue, "\(link)"), jar = folder.path("cookies")
        // Only an answer in the browser's own window takes the link.
        _ = try await Tool.finish("curl", ["-sS", "-L", "--max-time", "20", "-c", jar, "-b", jar, "-o", "/dev/null", url])
        let heard = folder.path("events")
        async let stream = Tool.finish("curl", ["-sS", "--no-buffer", "--max-time", "8", "-b", jar, "-o", heard, "\(server.url)/api/v1/events?lab=\(id)"])
        try await waitUntil { (try? String(contentsOfFile: heard, encoding: .utf8))?.contains("event: hello") == true }
        _ = try await server.ask("/labs/\(id)/actions", #"{"action":"advance","branch":"\#(id)","from":0,"steps":5}"#)
        try await waitUntil { (try? String(contentsOfFile: heard, encoding: .utf8))?.contains(#""frame":5"#) == true }
        let frame = try await Tool.finish("curl", ["-sS", "--max-time", "20", "-b", jar, "-o", folder.path("frame"), "-w", "%{http_code}", "\(server.url)/api/v1/labs/\(id)/branches/\(id)/frames/5.frame"])
        #expect(try frame.output == "200" && FileSystem.read(folder.path("frame")).starts(with: Array("FLABFRM1".utf8)))
        let refused = try await Tool.finish("curl", ["-sS", "--max-time", "20", "-b", jar, "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d", #"{"action":"keep"}"#, "\(server.url)/api/v1/labs/\(id)/actions"])
        #expect(refused.output == "403")
        #expect(try await server.program.end(SIGTERM) == 0)
        _ = try? await stream
    }

    @Test func theCommandRecordsALab() async throws {
        let folder = try TemporaryFolder("lab"), output = folder.path("out")
        let standard = try await Program.run("lab", "--json")
        #expect(standard.code == 0 && standard.json["model"] == "ns-gan")
        try Data(#"{"batch":16,"generator":{"units":8},"discriminator":{"units":8},"model":"wgan-gp"}"#.utf8).write(to: URL(fileURLWithPath: folder.path("lab.json")))
        let made = try await Program.run("lab", folder.path("lab.json"), "--steps", "30", "--every", "15", "--output", output, "--animation", "--pictures", "--json")
        #expect(made.code == 0 && made.json["frames"]?.arrayValue?.count == 3, "\(made)")
        let names = try FileSystem.names(in: output)
        #expect(Set(names) == ["branch.json", "reference.frame", "0.frame", "15.frame", "30.frame", "0.png", "15.png", "30.png", "animation.png"])
        let last = Digest.sha256(try FileSystem.read("\(output)/30.frame"))
        #expect(made.json["frames"]?[2]?["digest"] == .string(last.hex))
        for wrong in [["lab", "--steps", "3"], ["lab", "--output", output, "--steps", "0"], ["lab", "--replay", "zzz"], ["lab", "--replay", "0123456789abcdef", "--steps", "3"]] {
            #expect(try await Program.run(wrong).code == 64, "\(wrong)")
        }
    }
}
