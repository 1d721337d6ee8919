import Foundation
import Testing

/// `Tools/test` runs targets that contain servers or start programs separately from those that compute: a server, its client, and their deadlines need
/// the few threads that a computing test would occupy.
@Suite("Test phases")
struct TestPhaseTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The targets that `Tools/test` lists in a line such as `servers='A|B'`.
    private func targets(_ phase: String) throws -> Set<String> {
        let script = try String(contentsOf: Self.root.appendingPathComponent("Tools/test"), encoding: .utf8)
        let line = try #require(script.split(separator: "\n").first { $0.hasPrefix("\(phase)='") })
        return Set(line.dropFirst(phase.count + 2).dropLast().split(separator: "|").map(String.init))
    }

    @Test func whatServesOrStartsProgramsRunsApart() throws {
        let apart = try targets("servers").union(targets("programs"))
        let tests = Self.root.appendingPathComponent("Tests")
        var computing = 0
        for target in try FileManager.default.contentsOfDirectory(atPath: tests.path).filter({ $0.hasSuffix("Tests") }).sorted() {
            let folder = tests.appendingPathComponent(target)
            let texts = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
                .map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
            guard !texts.isEmpty, !apart.contains(target) else { continue }
            computing += 1
            for (file, text) in texts {
                for mark in ["import HTTPServer", "import Execution", "import API", "import Server", "Browser(", "ChildProcess("] {
                    #expect(!text.contains(mark), "Tests/\(target)/\(file) has \(mark): name its target in Tools/test, beside \(apart.sorted())")
                }
            }
        }
        #expect(computing > 5 && apart.allSatisfy { FileManager.default.fileExists(atPath: tests.appendingPathComponent($0).path) })
    }
}
