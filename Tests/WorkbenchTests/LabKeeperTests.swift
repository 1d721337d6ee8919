import Canonical
import Foundation
import HTTPTypes
import Labs
import TestSupport
import Testing

@testable import API
@testable import Execution

/// The server's side of labs, with a program that repeats what it is told.
@Suite("Labs of a server")
struct LabKeeperTests {
    private struct Place {
        let folder: TemporaryFolder
        let keeper: LabKeeper
        let clock = TestClock()
        var processes: String { folder.path("ids") }

        /// - Parameter script: what the program does; each writes its id first
        init(_ script: String = "while read line; do echo '{\"frame\":1,\"branch\":\"0123456789abcdef\"}'; done", live: Int = 10, ofMember: Int = 4) throws {
            folder = try TemporaryFolder("labs")
            let path = folder.path("program")
            try Data("#!/bin/sh\necho $$ >>\(folder.path("ids"))\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            var settings = LabKeeper.Settings()
            (settings.mostLive, settings.mostLiveOfMember, settings.mostLabs) = (live, ofMember, 5)
            keeper = LabKeeper(labs: folder.path("labs"), hub: LiveHub(startedAt: 0), executable: path, settings: settings, uptime: { [clock] in clock.now })
        }

        func ids() throws -> [Int32] { try String(contentsOfFile: processes, encoding: .utf8).split(separator: "\n").compactMap { Int32($0) } }
    }

    private static func specification(_ seed: Int) -> JSONValue { ["seed": .integer(Int64(seed))] }

    @Test func aLabThatNobodyAsksForStops() async throws {
        let place = try Place(), lab = try await place.keeper.create(Self.specification(0)).folder
        let isNew = try await place.keeper.create(["batch": 128]).isNew
        #expect(!isNew)
        try await place.keeper.play(lab.id, branch: lab.id, from: 0, every: 1, rate: 30, by: "ada")
        try await waitUntil { await place.keeper.state(lab.id)?["step"] == 1 }
        let id = try #require(try place.ids().first)
        place.clock.advance(seconds: 10)
        let isKept = await place.keeper.heartbeat(lab.id)
        #expect(isKept)
        place.clock.advance(seconds: 8)
        try await Task.sleep(for: .milliseconds(1200))
        let state = await place.keeper.state(lab.id)
        #expect(state != nil)
        place.clock.advance(seconds: 8)
        try await waitUntil { await place.keeper.state(lab.id) == nil }
        try await waitUntil { kill(id, 0) != 0 }
        // It comes back when it is asked for again.
        try await place.keeper.advance(lab.id, branch: lab.id, from: 0, steps: 1, by: "ada")
        try await waitUntil { await place.keeper.state(lab.id)?["step"] == 1 }
        try await place.keeper.remove(lab.id)
        #expect(!FileManager.default.fileExists(atPath: lab.path))
        await #expect(throws: LabError.unknownLab(lab.id)) { try await place.keeper.folder(lab.id) }
    }

    @Test func thereAreLimits() async throws {
        let place = try Place(live: 3, ofMember: 2)
        var labs: [LabFolder] = []
        for seed in 0..<5 { labs.append(try await place.keeper.create(Self.specification(seed)).folder) }
        await #expect(throws: LabKeeperError.tooManyLabs(5)) { try await place.keeper.create(Self.specification(9)) }
        func play(_ index: Int, _ member: String) async throws { try await place.keeper.play(labs[index].id, branch: labs[index].id, from: 0, every: 1, rate: 1, by: member) }
        try await play(0, "ada")
        try await play(1, "ada")
        await #expect(throws: LabKeeperError.tooManyOfMember(2)) { try await play(2, "ada") }
        try await play(2, "bob")
        await #expect(throws: LabKeeperError.tooManyLive(3)) { try await play(3, "cyd") }
        // Whoever takes part in a lab that trains needs no place.
        try await play(0, "cyd")
        await place.keeper.stop()
    }

    @Test func aProgramThatEndsOrBabblesIsNoLab() async throws {
        let place = try Place("echo nonsense; echo '[1]'; exit 3"), lab = try await place.keeper.create(Self.specification(0)).folder
        try await place.keeper.play(lab.id, branch: lab.id, from: 0, every: 1, rate: 30, by: "ada")
        try await waitUntil { await place.keeper.state(lab.id) == nil }
    }

    @Test func routesAnswerAndRefuse() async throws {
        let fixture = try await APIFixture()
        let made = try await fixture.post("/labs", #"{"specification":{"model":"wgan-gp","hyperparameters":{"lambda":0.1}}}"#)
        let id = try #require(made.json["id"]?.stringValue)
        #expect(made.status == 201 && made.fields[.location] == "/api/v1/labs/\(id)" && made.json["live"] == .null)
        #expect(try await fixture.post("/labs", #"{"specification":{"model":"wgan-gp","hyperparameters":{"lambda":0.1}}}"#).status == 200)
        #expect(try await fixture.get("/labs").json["labs"]?[0]?["model"] == "wgan-gp")
        let branched = try await fixture.post("/labs/\(id)/actions", #"{"action":"branch","branch":"\#(id)","after":40,"changes":{"batch":64}}"#)
        let branch = try #require(branched.json["branch"]?["id"]?.stringValue)
        #expect(branched.json["branch"]?["specification"]?["batch"] == 64)
        let listed = try await fixture.get("/labs/\(id)").json["branches"]
        #expect(listed?[0]?["id"] == .string(id) && listed?[1]?["id"] == .string(branch) && listed?[2] == nil)
        // A frame that a worker would write.
        let folder = try await fixture.workbench.labs.folder(id), trainer = try LabTrainer(folder.chain(to: id))
        try FileSystem.makeFolder(FileSystem.folder(of: folder.frame(id, step: 0)))
        try AtomicFile.write(trainer.frame().bytes, to: folder.frame(id, step: 0))
        let frame = try await fixture.get("/labs/\(id)/branches/\(id)/frames/0.frame")
        #expect(frame.status == 200 && frame.bytes == trainer.frame().bytes && frame.fields[.cacheControl] == "private, max-age=31536000, immutable")
        #expect(frame.fields[.eTag] == "\"\(Digest.sha256(frame.bytes).hex)\"")
        try AtomicFile.write(trainer.reference().bytes, to: folder.reference(id))
        let animation = try await fixture.get("/labs/\(id)/branches/\(id)/animation.png?frames=5")
        #expect(animation.status == 200 && animation.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) && animation.bytes.count > 2000)
        #expect(try await fixture.get("/labs/\(id)/branches/\(id)/animation.png?frames=1").status == 400)
        let refused: [(String, Int, String)] = [
            (#"{"action":"branch","branch":"\#(id)","after":40,"changes":{"seed":1}}"#, 422, "invalid-field"), (#"{"action":"fly"}"#, 422, "invalid-field"),
            (#"{"action":"play","branch":"\#(branch)","from":3,"every":1,"rate":30}"#, 422, "invalid-field"), (#"{"action":"keep","also":1}"#, 422, "invalid-field"),
            (#"{"action":"play","branch":"0123456789abcdef","from":3,"every":1,"rate":30}"#, 404, "branch-unknown"), (#"{"action":"play","branch":"\#(id)","from":0,"every":0,"rate":30}"#, 422, "invalid-field"),
        ]
        for (body, status, code) in refused {
            let answer = try await fixture.post("/labs/\(id)/actions", body)
            #expect(answer.status == status && answer.json["code"] == .string(code), "\(body): \(answer.text)")
        }
        for (path, code) in [("/labs/0123456789abcdef", "lab-unknown"), ("/labs/\(id)/branches/\(id)/frames/7.frame", "frame-unknown"), ("/labs/\(id)/branches/\(id)/frames/07.frame", "frame-unknown"), ("/labs/\(id)/branches/x/frames/0.frame", "branch-unknown")] {
            let answer = try await fixture.get(path)
            #expect(answer.status == 404 && answer.json["code"] == .string(code), "\(path): \(answer.text)")
        }
        #expect(try await fixture.ask(.delete, "/api/v1/labs/\(id)").status == 204)
        #expect(try await fixture.get("/labs/\(id)").status == 404)
        await fixture.workbench.stop()
    }
}
