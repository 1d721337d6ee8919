import Foundation
import Testing

/// The table in ARCHITECTURE.md, `Package.swift`, and the imports of every file agree.
@Suite("Rooms and their imports")
struct RoomImportsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The rows of the table: each room with the rooms that it may import.
    private static func table() throws -> [String: Set<String>] {
        var rooms: [String: Set<String>] = [:]
        let section = try text("ARCHITECTURE.md").components(separatedBy: "<!-- rooms -->")
        try #require(section.count == 3, "the table of rooms lies between two marks")
        for line in section[1].split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { cell in cell.matches(of: /`(\w+)`/).map { String($0.1) } }
            rooms[try #require(cells.first?.first)] = Set(cells.dropFirst().joined())
        }
        return rooms
    }

    /// Rooms that the Swift files of a room import.
    private static func imports(of room: String, among rooms: Set<String>) throws -> [String: String] {
        var found: [String: String] = [:]
        let folder = root.appendingPathComponent("Sources/\(room)")
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
            let content = try text("Sources/\(room)/\(file)")
            for match in content.matches(of: /(?m)^[ ]*(?:@\w+ )?(?:public |package |internal |private )?import (?:\w+ )?(\w+)/) {
                let name = String(match.1)
                if rooms.contains(name) { found[name] = file }
            }
        }
        return found
    }

    /// Rooms among a room's dependencies in `Package.swift`.
    private static func declared(_ room: String, among rooms: Set<String>) throws -> Set<String> {
        let package = try text("Package.swift")
        let head = room == "fidelio" ? #"name: "fidelio",\s*dependencies: "# : "room\\(\\s*\"\(room)\",\\s*"
        let pattern = try Regex(head + #"\[([^\]]*)\]"#)
        let list = try #require(package.firstMatch(of: pattern)?.output[1].substring, "Package.swift declares no room \(room)")
        return Set(list.matches(of: /"(\w+)"/).map { String($0.1) }).intersection(rooms)
    }

    @Test func everyImportIsInTheTable() throws {
        let table = try Self.table()
        let foundations: Set<String> = ["CKernels", "CCodecs", "CEpoll", "CMarkdown", "CSQLite"]
        let rooms = Set(table.keys).union(foundations)
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appendingPathComponent("Sources").path)
        #expect(Set(folders.filter { !$0.hasPrefix(".") }) == rooms, "Sources and the table of ARCHITECTURE.md name the same rooms")
        for (room, allowed) in table.sorted(by: { $0.key < $1.key }) {
            let imported = try Self.imports(of: room, among: rooms)
            for (name, file) in imported.sorted(by: { $0.key < $1.key }) where !allowed.contains(name) {
                Issue.record("Sources/\(room)/\(file) imports \(name), which the table does not allow; allowed: \(allowed.sorted())")
            }
            let unused = allowed.subtracting(imported.keys)
            #expect(unused.isEmpty, "no file of \(room) imports \(unused.sorted())")
            #expect(try Self.declared(room, among: rooms) == allowed, "Package.swift and ARCHITECTURE.md differ about \(room)")
        }
    }

    /// The dependencies are acyclic.
    @Test func theTableHasNoCircle() throws {
        var left = try Self.table()
        var placed: Set<String> = ["CKernels", "CCodecs", "CEpoll", "CMarkdown", "CSQLite"]
        while !left.isEmpty {
            let next = left.filter { $0.value.isSubset(of: placed) }.keys
            try #require(!next.isEmpty, "these import each other: \(left.keys.sorted())")
            placed.formUnion(next)
            for room in next { left[room] = nil }
        }
    }
}
