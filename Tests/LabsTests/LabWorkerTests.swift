import Canonical
import Foundation
import Testing

@testable import Labs

@Suite("Workers of labs")
struct LabWorkerTests {
    /// Lets a worker work through commands; each is given when the lines before it were said.
    private static func work(_ folder: LabFolder, _ commands: [(after: (JSONValue) -> Bool, line: String)]) throws -> [JSONValue] {
        var said: [JSONValue] = [], left = commands[...]
        let worker = try LabWorker(folder, say: { said.append($0) }, next: { wait in
            if let first = left.first, said.contains(where: first.after) {
                left.removeFirst()
                return first.line
            }
            // Waiting without end for a command that nothing would bring.
            return wait == nil ? nil : ""
        })
        // The first command is there from the beginning.
        said.append(["state": "begun"])
        worker.run()
        return said
    }

    private static func begun(_ line: JSONValue) -> Bool { line["state"] == "begun" }

    @Test func recordedFramesAreThoseOfTheBranchFromItsRoot() throws {
        try LabFixture.inFolder { path in
            let (folder, isNew) = try LabFolder.create(LabFixture.specification(), in: path)
            let again = try LabFolder.create(LabFixture.specification(), in: path)
            #expect(isNew && !again.isNew && again.0 == folder)
            let root = try folder.branches()[0], branch = try root.branch(after: 12, changes: ["generator_optimizer": ["learning_rate": 0.01]])
            try folder.add(branch)
            func play(_ id: String, _ from: Int) -> String { #"{"branch":"\#(id)","command":"play","every":4,"from":\#(from),"rate":60}"# }
            let said = try Self.work(folder, [
                (Self.begun, play(root.id, 0)), ({ $0["frame"] == 20 && $0["branch"] == .string(root.id) }, play(branch.id, 12)),
                ({ $0["frame"] == 24 && $0["branch"] == .string(branch.id) }, #"{"command":"pause"}"#),
                ({ $0["state"] == "paused" && $0["branch"] == .string(branch.id) }, #"{"branch":"\#(root.id)","command":"advance","from":2,"steps":1}"#),
            ])
            let (ofRoot, ofBranch) = (try folder.recorded(root.id), try folder.recorded(branch.id))
            #expect(Array(ofRoot.prefix(8)) == [0, 2, 3, 4, 8, 12, 16, 20] && Array(ofBranch.prefix(4)) == [12, 16, 20, 24])
            let states = said.map { $0["state"] }
            #expect(states.contains("playing") && states.last == "paused" && said.last?["step"] == 3)
            for id in [root.id, branch.id] {
                let trainer = try LabTrainer(folder.chain(to: id))
                for step in try folder.recorded(id) {
                    try trainer.advance(to: step)
                    let bytes = try FileSystem.read(folder.frame(id, step: step))
                    #expect(bytes == trainer.frame().bytes, "\(id) \(step)")
                }
                let bytes = try FileSystem.read(folder.reference(id))
                #expect(bytes == trainer.reference().bytes)
            }
        }
    }

    @Test func badCommandsAreSaidAndSurvived() throws {
        try LabFixture.inFolder { path in
            let (folder, _) = try LabFolder.create(LabFixture.specification(), in: path), root = try folder.branches()[0].id
            let said = try Self.work(folder, [
                (Self.begun, "nonsense"), (Self.begun, #"{"command":"fly"}"#), (Self.begun, #"{"branch":"0123456789abcdef","command":"advance","from":0,"steps":1}"#),
                (Self.begun, #"{"branch":"\#(root)","command":"advance","from":0,"steps":2}"#),
            ])
            let reasons = said.compactMap { $0["reason"]?.stringValue }
            #expect(reasons.count == 3)
            let steps = try folder.recorded(root)
            #expect(steps == [0, 2])
        }
    }

    @Test func damagedFilesAreNoticed() throws {
        try LabFixture.inFolder { path in
            let (folder, _) = try LabFolder.create(LabFixture.specification(), in: path), root = try folder.branches()[0]
            #expect(throws: LabError.unknownBranch("../../etc/passwd")) { try folder.branch("../../etc/passwd") }
            #expect(throws: LabError.unknownLab("x")) { try LabFolder("x", in: path) }
            let frame = try LabFixture.frame([root], step: 0)
            let again = try LabFrame(reading: frame.bytes)
            #expect(again == frame)
            for bytes in [[], Array(frame.bytes.dropLast()), frame.bytes + [0], Array(repeating: UInt8(7), count: 64)] {
                #expect(throws: LabError.self) { try LabFrame(reading: bytes) }
            }
            try FileSystem.makeFolder(FileSystem.folder(of: folder.frame(root.id, step: 6)))
            try AtomicFile.write([1, 2], to: folder.frame(root.id, step: 6))
            _ = try Self.work(folder, [])
            let steps = try folder.recorded(root.id)
            #expect(steps.isEmpty)
            try AtomicFile.write(Array(root.json.adding("start", 1).canonicalText.utf8), to: "\(folder.path)/branches/\(root.id).json")
            #expect(throws: LabError.self) { try folder.branch(root.id) }
        }
    }
}
