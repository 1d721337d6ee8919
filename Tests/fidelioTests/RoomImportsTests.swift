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
    private static func imports(of room: String, among rooms: Set<String>) throws -> [String: String] { try imports(in: "Sources/\(room)", among: rooms) }

    /// Those of `modules` that the Swift files of a folder import, each with one of the files.
    private static func imports(in folder: String, among modules: Set<String>) throws -> [String: String] {
        var found: [String: String] = [:]
        let path = root.appendingPathComponent(folder).path
        for file in try FileManager.default.subpathsOfDirectory(atPath: path) where file.hasSuffix(".swift") {
            let content = try text("\(folder)/\(file)")
            for match in content.matches(of: /(?m)^[ ]*(?:@\w+ )?(?:public |package |internal |private )?import (?:\w+ )?(\w+)/) {
                let name = String(match.1)
                if modules.contains(name) { found[name] = file }
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

    /// The names by which `Package.swift` refers to products of other packages, with their modules.
    private static func products() throws -> [String: String] {
        let found = try text("Package.swift").matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/).map { (String($0.1), String($0.2)) }
        try #require(found.count >= 6, "Package.swift names its products")
        return Dictionary(found) { first, _ in first }
    }

    /// What `Package.swift` declares for a target: modules of this package, and products by their modules.
    private static func declared(target: String, _ kind: String, _ products: [String: String]) throws -> Set<String> {
        let head = target == "fidelio" && kind == "room" ? #"name: "fidelio",\s*dependencies: "# : "\(kind)\\(\\s*\"\(target)\",\\s*"
        let list = try #require(
            try text("Package.swift").firstMatch(of: try Regex(head + #"\[([^\]]*)\]"#))?.output[1].substring, "Package.swift declares no \(kind) \(target)")
        let modules = list.matches(of: /"(\w+)"/).map { String($0.1) }
        let named = list.replacing(/"\w+"/, with: "").matches(of: /\w+/).map { String($0.0) }
        return Set(modules + (try named.map { try #require(products[$0], "\(target) depends on \($0), which is no product") }))
    }

    /// Each room declares exactly the products of other packages that it imports, and only the catalog imports the database.
    @Test func everyProductIsImportedWhereItIsDeclared() throws {
        let products = try Self.products(), modules = Set(products.values)
        var users: [String: Set<String>] = [:]
        for room in try Self.table().keys.sorted() {
            let imported = Set(try Self.imports(in: "Sources/\(room)", among: modules).keys)
            let declared = try Self.declared(target: room, "room", products).intersection(modules)
            #expect(imported == declared, "\(room) imports \(imported.sorted()) and declares \(declared.sorted())")
            for module in imported { users[module, default: []].insert(room) }
        }
        #expect(users["GRDB"] == ["Catalog"] && users["ArgumentParser"] == ["fidelio"] && users["CryptoExtras"] == ["Access"], "\(users)")
    }

    /// Each test target declares exactly what its files import. TestSupport is declared for all.
    @Test func everyTestTargetDeclaresWhatItImports() throws {
        let products = try Self.products()
        let modules = Set(try Self.table().keys).union(products.values).union(["CKernels", "CCodecs", "CEpoll", "CMarkdown", "AllocationCounter", "DiskProbe", "GraphReference"])
        let targets = try Self.text("Package.swift").matches(of: /(?m)^ +tests\("(\w+)"/).map { String($0.1) }
        #expect(targets.count >= 18)
        for target in targets {
            let imported = Set(try Self.imports(in: "Tests/\(target)Tests", among: modules).keys)
            let declared = try Self.declared(target: target, "tests", products)
            #expect(imported == declared, "\(target)Tests imports \(imported.sorted()) and declares \(declared.sorted())")
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
