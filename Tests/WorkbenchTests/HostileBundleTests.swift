import Canonical
import Catalog
import Codecs
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Archives
@testable import Execution
@testable import Results
@testable import Storage

/// Bundles that somebody made to do harm, or that were damaged on their way: each is refused with its reason, and leaves nothing behind.
@Suite("Hostile bundles", .serialized)
struct HostileBundleTests {
    private struct Importer: AuditActor {
        var name = "ada", member: String? = nil, address = "", via = "local"
    }

    /// One good bundle for all.
    private static let good = Result { () -> (fixture: BundleFixture, path: String) in
        let fixture = try BundleFixture()
        return (fixture, try fixture.export())
    }

    private func opened() throws -> OpenedBundle { try OpenedBundle(try Self.good.get().path) }

    /// An empty storage, which every refusal leaves empty.
    private static let target = Result { try BundleFixture.empty() }

    /// Imports a file into the empty storage.
    private func expectRefusal(_ bytes: [UInt8], _ words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let target = try Self.target.get()
        let path = target.folder.path("hostile.zip")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var refusal = ""
        do {
            let report = try await BundleImport(storage: target.storage, catalog: target.catalog).take(path, by: Importer())
            Issue.record("it was imported: \(report)", sourceLocation: sourceLocation)
        } catch let error as BundleError {
            refusal = error.reason
        }
        #expect(words.isEmpty ? !refusal.isEmpty : refusal.contains(words), "\(refusal)", sourceLocation: sourceLocation)
        let rest = target.folder.files.filter { !$0.hasPrefix("storage/fidelio.sqlite") && $0 != "hostile.zip" }
        #expect(rest.isEmpty, "\(rest)", sourceLocation: sourceLocation)
        let rows = try target.catalog.readNow { (try $0.everyRunID().count, try $0.studies().count, try $0.audit(limit: 3).count) }
        #expect(rows.0 == 0 && rows.1 == 0 && rows.2 == 0, "\(rows)", sourceLocation: sourceLocation)
    }

    // MARK: - The zip

    @Test(arguments: [
        ("../evil.png", "leads out of the bundle"), ("runs/../../evil.png", "leads out of the bundle"), ("/etc/evil.png", "an absolute path"), ("runs\\evil.png", "other characters"),
        (".hidden", "other characters"), ("runs//evil.png", "other characters"), ("report/evil\u{202E}gnp", "other characters"), ("report/a\0b", "other characters"),
        ("evil.sh", "is not a file that bundles of this version have"), ("runs/000000000000-1/evil.png", "is not a file that bundles"), ("REPORT/../x", "leads out"),
    ])
    func names(_ name: String, _ words: String) async throws {
        var bundle = try opened()
        bundle.members[name] = Array("x".utf8)
        try await expectRefusal(bundle.packed(), words)
    }

    @Test func membersThatNobodyLists() async throws {
        var bundle = try opened()
        let manifest = bundle.fitting
        bundle.members["report/more.csv"] = Array("x".utf8)
        try await expectRefusal(bundle.packed(manifest), "which bundle.json does not list")
        bundle = try opened()
        bundle.members["README.md"] = nil
        try await expectRefusal(bundle.packed(manifest), "which the bundle does not have")
        bundle = try opened()
        bundle.members["readme.md"] = bundle.members["README.md"]
        try await expectRefusal(bundle.packed(), "would be one file on some disks")
    }

    /// Two members of one name: the second would replace the first.
    @Test func duplicates() async throws {
        let bundle = try opened()
        // A name of the same length, over which the other is written in both headers.
        var more = bundle
        more.members["stuDy.json"] = Array("{}".utf8)
        var text = more.packed()
        let from = Array("study.json".utf8), odd = Array("stuDy.json".utf8)
        for place in text.indices.dropLast(odd.count) where text[place..<place + odd.count].elementsEqual(odd) { text.replaceSubrange(place..<place + odd.count, with: from) }
        try await expectRefusal(text, "duplicate member")
    }

    private func end(_ count: Int, _ list: [UInt8], at offset: Int) -> [UInt8] { ZipWriter.end(count: count, directorySize: list.count, at: offset) }

    @Test func links() async throws {
        let content = Array("/etc/passwd".utf8)
        let member = ZipWriter.Packed(name: "README.md", size: content.count, crc: CRC32.checksum(content), data: Deflate.compress(content, format: .raw))
        let body = ZipWriter.localHeader(member) + member.data
        for (mode, words) in [(UInt32(0o120777), "is a link"), (0o040755, "is not an ordinary file"), (0o010644, "is not an ordinary file")] {
            var central = ZipWriter.centralHeader(member, at: 0)
            for (place, byte) in [UInt8(truncatingIfNeeded: mode), UInt8(truncatingIfNeeded: mode >> 8)].enumerated() { central[40 + place] = byte }
            try await expectRefusal(body + central + end(1, central, at: body.count), words)
        }
    }

    /// A bomb of one layer (a thousand to one), one whose members share their bytes, and one that declares little and unpacks to much.
    @Test func bombs() async throws {
        var bundle = try opened()
        bundle.members["report/zeros.csv"] = [UInt8](repeating: 48, count: 150 << 20)
        try await expectRefusal(bundle.packed(), "exceeds the limit")

        let content = [UInt8](repeating: 0, count: 1 << 16), data = Deflate.compress(content, format: .raw)
        let shared = (0..<10).map { ZipWriter.Packed(name: "report/\($0).csv", size: content.count, crc: CRC32.checksum(content), data: data) }
        let body = ZipWriter.localHeader(shared[0]) + data
        let list = shared.flatMap { ZipWriter.centralHeader($0, at: 0) }
        try await expectRefusal(body + list + end(10, list, at: body.count), "overlaps another member")

        let liar = ZipWriter.Packed(name: "bundle.json", size: 100, crc: CRC32.checksum(content), data: data)
        let head = ZipWriter.localHeader(liar) + data, central = ZipWriter.centralHeader(liar, at: 0)
        try await expectRefusal(head + central + end(1, central, at: head.count), "the size is")
        // A member that declares more than deflate can make of its bytes.
        let boast = ZipWriter.Packed(name: "bundle.json", size: 1 << 40, crc: 0, data: [3, 0])
        let boasting = ZipWriter.localHeader(boast) + boast.data, row = ZipWriter.centralHeader(boast, at: 0)
        try await expectRefusal(boasting + row + end(1, row, at: boasting.count), "exceeds the limit")
    }

    /// A million members, told honestly, and told as ten.
    @Test func aMillionMembers() async throws {
        var list: [UInt8] = []
        list.reserveCapacity(62 << 20)
        var header = ZipWriter.centralHeader(ZipWriter.Packed(name: "report/0000000", size: 0, crc: 0, data: []), at: 0)
        let last = header.count - 1
        for number in 0..<1_000_000 {
            var rest = number
            for place in 0..<7 {
                header[last - place] = UInt8(48 + rest % 10)
                rest /= 10
            }
            list += header
        }
        try await expectRefusal(list + end(1_000_000, list, at: 0), "it has 1000000 members; at most 200000 are allowed")
        try await expectRefusal(list + end(10, list, at: 0), "the number of members is more; expected 10")
    }

    @Test func truncations() async throws {
        let whole = try opened().packed()
        for part in 0..<8 { try await expectRefusal(Array(whole[..<(whole.count * part / 8)]), "") }
        try await expectRefusal([], "not a zip archive")
        try await expectRefusal(Array(whole.dropLast()), "the end record is missing")
        // Bytes of one content were changed on the way.
        var damaged = whole
        let name = Array("index.html".utf8)
        let place = try #require(whole.indices.first { whole[$0...].starts(with: name) })
        damaged[place + 300] ^= 0x10
        try await expectRefusal(damaged, "")
    }

    @Test func lyingSizes() async throws {
        var bundle = try opened()
        let files = bundle.fitting["files"]?.objectValue ?? [:]
        for (bytes, words) in [(5, "bundle.json says 5"), (-1, "files.README.md.bytes")] {
            let lie: JSONValue = ["bytes": .count(bytes), "sha256": files["README.md"]?["sha256"] ?? .null]
            try await expectRefusal(bundle.packed(bundle.manifest.adding("files", .object(files.merging(["README.md": lie]) { $1 }))), words)
        }
        // A stored member whose two sizes differ.
        bundle.members = [:]
        let content = Array("abc".utf8)
        var central = ZipWriter.centralHeader(ZipWriter.Packed(name: "bundle.json", size: 3, crc: CRC32.checksum(content), data: [], storedSize: 3), at: 0)
        let body = ZipWriter.localHeader(ZipWriter.Packed(name: "bundle.json", size: 3, crc: CRC32.checksum(content), data: [], storedSize: 3)) + content
        central[24] = 200
        try await expectRefusal(body + central + end(1, central, at: body.count), "the size is 200; expected 3")
    }

    // MARK: - The content

    @Test func forgedManifests() async throws {
        let bundle = try opened()
        let files = bundle.fitting["files"]?.objectValue ?? [:]
        let forged: JSONValue = ["bytes": files["plan.json"]?["bytes"] ?? .null, "sha256": .string(String(repeating: "0", count: 64))]
        try await expectRefusal(bundle.packed(bundle.manifest.adding("files", .object(files.merging(["plan.json": forged]) { $1 }))), "plan.json does not have the SHA-256")
        for (key, value, words) in [
            ("format", "something else", "format"), ("version", 2, "of a newer program"), ("kind", "virus", "kind"), ("extra", 1, "extra"), ("files", [], "files"), ("title", 7, "title"),
            ("subject", "000000000000", "is not that of the bundle's study"), ("runs", ["0123456789ab-1"], "runs/0123456789ab-1"),
        ] as [(String, JSONValue, String)] {
            try await expectRefusal(bundle.packed(bundle.fitting.adding(key, value)), words)
        }
        var empty = bundle
        empty.members = [:]
        try await expectRefusal(empty.packed("not json"), "bundle.json")
        try await expectRefusal(ZipWriter.pieces([]).flatMap { $0 }, "it has no bundle.json")
    }

    private func run(_ bundle: OpenedBundle) -> String { bundle.manifest["runs"]?[0]?.stringValue ?? "" }

    /// Manifests that fit, around contents that cannot be what they pass for.
    @Test func forgedContents() async throws {
        let bundle = try opened(), id = run(bundle)
        func text(_ name: String) -> String { String(decoding: bundle.members[name] ?? [], as: UTF8.self) }
        func changed(_ name: String, _ content: String) -> [UInt8] {
            var copy = bundle
            copy.members[name] = Array(content.utf8)
            return copy.packed()
        }
        let specification = text("runs/\(id)/specification.json"), record = text("runs/\(id)/run.json"), log = text("runs/\(id)/events.ndjson")
        try await expectRefusal(changed("runs/\(id)/specification.json", specification.replacing("\"steps\":40", with: "\"steps\":41")), "is not the specification of the run")
        try await expectRefusal(changed("runs/\(id)/specification.json", specification + " "), "not a canonical JSON object")
        try await expectRefusal(changed("runs/\(id)/run.json", record.replacing("\"outcome\":\"done\"", with: "\"outcome\":\"diverged\"")), "the log ends with done, and the record says diverged")
        try await expectRefusal(changed("runs/\(id)/run.json", record.replacing("\"outcome\":\"done\"", with: "\"outcome\":\"interrupted\"")), "outcome")
        try await expectRefusal(changed("runs/\(id)/run.json", record.replacing("\"state\":\"ended\"", with: "\"state\":\"running\"")), "attempts[0].state")
        try await expectRefusal(changed("runs/\(id)/run.json", record.replacing("\"study\":", with: "\"studie\":")), "studie")
        for (steps, words) in [("[21]", "names a deleted checkpoint at step 21, which the log does not have"), ("[40,20]", "must be in ascending order"), ("[]", "deleted_checkpoints"), ("[-1]", "deleted_checkpoints[0]")] {
            try await expectRefusal(changed("runs/\(id)/run.json", record.replacing("\"history\":", with: "\"deleted_checkpoints\":\(steps),\"history\":")), words)
        }
        try await expectRefusal(changed("runs/\(id)/events.ndjson", String(log.dropLast(3))), "does not end with a whole line")
        try await expectRefusal(changed("runs/\(id)/events.ndjson", log.replacing("step-00000020.png", with: "step-00000099.png")), "which the bundle does not have")
        try await expectRefusal(changed("study.json", text("study.json").replacing("Two models", with: "Ten models")), "is not the bundle's title")
        let digest = String(bundle.members.keys.first { $0.hasPrefix("checkpoints/") }?.dropFirst("checkpoints/".count).dropLast(4) ?? "")
        var other = bundle
        other.members["checkpoints/\(digest).npz"] = Array(BundleFixture.archive(try Self.good.get().fixture.runs()[0], 99, 3).filePieces().joined())
        try await expectRefusal(other.packed(), "is not the archive that its name says")
        other.members["checkpoints/\(digest).npz"] = Array("no archive".utf8)
        try await expectRefusal(other.packed(), "not a zip archive")
        other = bundle
        let stray = BundleFixture.archive(try Self.good.get().fixture.runs()[0], 99, 3)
        other.members["checkpoints/\(stray.digest.hex).npz"] = Array(stray.filePieces().joined())
        try await expectRefusal(other.packed(), "was written by none of the bundle's runs")
        other = bundle
        other.members["runs/\(id)/events.ndjson"] = nil
        try await expectRefusal(other.packed(), "has no log")
    }

    /// An archive within a bundle that unpacks to much: it is hashed in pieces, and never unpacked.
    @Test func bombsWithin() async throws {
        var bundle = try opened()
        let name = try #require(bundle.members.keys.first { $0.hasPrefix("checkpoints/") })
        let content = [UInt8](repeating: 0, count: 64 << 20)
        bundle.members[name] = ZipWriter.pieces([ZipMember(name: "a.npy", content: content), ZipMember(name: "manifest.json", content: [])]).flatMap { $0 }
        try await expectRefusal(bundle.packed(), "is not the archive that its name says")
    }

    /// Random damage: refused, or harmless and then without a trace of the damage.
    @Test func randomDamage() async throws {
        let whole = try opened().packed()
        var random = TestRandom(seed: 16)
        let target = try BundleFixture.empty(), path = target.folder.path("damaged.zip")
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0...Int.random(in: 0...2, using: &random) { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            guard let bundle = try? BundleFile(path) else { continue }
            for name in bundle.manifest.files.keys { try? bundle.check(name) }
        }
        #expect(try FileSystem.names(in: target.storage.runs).isEmpty)
    }
}
