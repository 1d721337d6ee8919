import Canonical
import Foundation
import Models
import Studies
import Testing

@testable import Training

/// With what a worker computes, and which weights are equal.
@Suite("Provenance of attempts", .serialized)
struct ProvenanceTests {
    private static func specification(_ members: [String: JSONValue]) throws -> Specification {
        let common: [String: JSONValue] = ["model": "ns-gan", "dataset": "ring", "steps": 4, "batch_size": 8, "sample_every": 4, "checkpoint_every": 4, "evaluation": ["every": 4, "samples": 256]]
        return try Specification(reading: .object(common.merging(members) { $1 }), models: ModelCatalog.schemas, datasets: TrainingFixture.facts)
    }

    private static func events(of specification: Specification) throws -> [JSONValue] {
        let folder = try TrainingFixture.folder("provenance", specification)
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        return try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }

    private static func weights(_ events: [JSONValue]) throws -> String {
        let last = try #require(events.last { $0["type"] == "checkpoint" && $0["final"] == true })
        return try #require(last["weights"]?.stringValue)
    }

    /// How often samples are drawn has no effect on the weights; the seed has.
    @Test func equalWeightsHaveOneDigestWhateverTheSpecification() throws {
        let whole = try Self.events(of: Self.specification([:]))
        let other = try Self.events(of: Self.specification(["sample_every": 2])), seed = try Self.events(of: Self.specification(["seed": 1]))
        let digests = try [whole, other, seed].map { try #require($0.last { $0["type"] == "checkpoint" })["digest"] }
        #expect(digests[0] != digests[1])
        #expect(try Self.weights(whole) == Self.weights(other) && Self.weights(whole) != Self.weights(seed))
        #expect(try Self.weights(whole).utf8.count == 64)

        let started = try #require(whole.first { $0["type"] == "started" }), provenance = try #require(started["provenance"])
        #expect(provenance["numerics"] == .integer(Int64(Version.numerics)) && provenance["dataset"]?["name"] == "ring")
        #expect(provenance["dataset"]?["digest"]?.stringValue?.utf8.count == 64)
        let libraries = try #require(provenance["libraries"]?.objectValue)
        #expect(Set(libraries.keys).isSuperset(of: ["zlib", "libpng"]) && libraries.values.allSatisfy { $0.stringValue?.contains(".") == true })
        #expect(provenance["processor"]?.stringValue?.isEmpty == false && provenance["system"]?.stringValue?.isEmpty == false)
    }

    /// A little-endian number.
    private static func bytes(_ number: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }

    /// An ELF file of 64 bits with one segment of notes: another program's note, then the build ID.
    private static func elf(notes: [UInt8], offset: UInt64 = 120, type: UInt64 = 4) -> [UInt8] {
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 25)
        header += bytes(64, 8) + bytes(0, 8) + bytes(0, 4) + bytes(64, 2) + bytes(56, 2) + bytes(1, 2) + bytes(0, 6)
        let segment = bytes(type, 4) + bytes(4, 4) + bytes(offset, 8) + bytes(0, 16) + bytes(UInt64(notes.count), 8) + bytes(UInt64(notes.count), 8) + bytes(4, 8)
        return header + segment + notes
    }

    private static func note(_ name: String, _ type: UInt64, _ content: [UInt8]) -> [UInt8] {
        let name = Array(name.utf8) + [0]
        let padding = [UInt8](repeating: 0, count: (4 - name.count % 4) % 4), end = [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        return bytes(UInt64(name.count), 4) + bytes(UInt64(content.count), 4) + bytes(type, 4) + name + padding + content + end
    }

    @Test func theBuildIDIsReadFromTheProgramsNotes() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/fidelio-build-id-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func read(_ bytes: [UInt8]) throws -> String? {
            try AtomicFile.write(bytes, to: folder + "/program")
            return BuildID.read(folder + "/program")
        }
        let id: [UInt8] = [0x0A, 0xFF, 0x00, 0x7B, 1], good = Self.note("Go", 4, [9, 9, 9]) + Self.note("GNU", 1, [0, 0, 0, 0]) + Self.note("GNU", 3, id)
        #expect(try read(Self.elf(notes: good)) == "0aff007b01")
        #expect(try read(Self.elf(notes: Self.note("GNU", 1, [0]))) == nil && read(Self.elf(notes: good, type: 1)) == nil && read([]) == nil && read([1, 2, 3]) == nil)
        // Nothing in a file can trap: numbers that point outside, and cut files.
        #expect(try read(Self.elf(notes: good, offset: .max)) == nil && read(Self.elf(notes: Self.bytes(.max, 8) + Self.bytes(3, 4))) == nil)
        let whole = Self.elf(notes: good)
        for count in stride(from: 0, to: whole.count - 5, by: 3) { #expect(try read(Array(whole.prefix(count))) == nil, "\(count)") }
        var program = whole
        for place in 4..<120 {
            let old = program[place]
            program[place] = 0xFF
            _ = try read(program)
            program[place] = old
        }
        #expect(BuildID.read("/no-such-program") == nil)
    }
}
