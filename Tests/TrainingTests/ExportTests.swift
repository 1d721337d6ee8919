import Archives
import Canonical
import Codecs
import Datasets
import Foundation
import Studies
import Testing

@testable import Training

/// Exports are what training produced, and deterministic.
@Suite("Exports", .serialized)
struct ExportTests {
    private static let maker = ExportMaker(storage: TrainingFixture.storage, threads: 2)

    private func make(_ export: Export, threads: Int = 2) throws -> [UInt8] {
        let path = "\(TrainingFixture.storage)/export-\(UInt64.random(in: 0 ... .max)).\(export.suffix)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try ExportMaker(storage: TrainingFixture.storage, threads: threads).make(export, to: path)
        return try FileSystem.read(path)
    }

    /// A run with its events.
    private static func run(_ specification: Specification) throws -> [JSONValue] {
        let folder = try TrainingFixture.folder("export", specification)
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 2).run()
        return try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }

    private static func last(_ events: [JSONValue], _ type: String) throws -> JSONValue {
        try #require(events.last { $0["type"]?.stringValue == type })
    }

    @Test func samplesAreThoseOfTheGridAndTheSameAgain() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan", seed: 31)
        let events = try Self.run(specification)
        let digest = try Digest(hex: try #require(Self.last(events, "checkpoint")["digest"]?.stringValue))
        let range = SampleRange(stream: .samples, count: 64)
        let bytes = try make(.samples(checkpoint: digest, range))
        #expect(try make(.samples(checkpoint: digest, range), threads: 1) == bytes)
        let archive = try Archive.decode(bytes)
        guard case .float32(let images)? = archive["images"]?.elements else { throw ExportError.notACheckpoint(digest) }
        let grid = SampleGrid(rows: 8, columns: 8, height: 28, width: 28, channels: 1).image(images)
        #expect(try Digest.sha256(grid.pixels).hex == Self.last(events, "samples")["digest"]?.stringValue)
        let folder = TrainingFixture.storage + "/export-grid.png"
        try Self.maker.make(.picture(checkpoint: digest, range), to: folder)
        #expect(try FileSystem.read(folder).starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // The grid of a checkpoint has the pixels that training stored at its step.
        let drawn = try make(.grid(checkpoint: digest))
        #expect(try Digest.sha256(PNG.decode(drawn).pixels).hex == Self.last(events, "samples")["digest"]?.stringValue && make(.grid(checkpoint: digest), threads: 1) == drawn)
        // A part of the stream equals that part of the whole.
        guard case .float32(let part)? = try Archive.decode(make(.samples(checkpoint: digest, SampleRange(stream: .samples, start: 13, count: 5))))["images"]?.elements
        else { throw ExportError.notACheckpoint(digest) }
        #expect(part == Array(images[13 * 784..<18 * 784]))
        let features = try Archive.decode(make(.features(checkpoint: digest, SampleRange(count: 20))))
        #expect(features["features"]?.shape == [20, 64] && features["logits"]?.shape == [20, 5])
        #expect(try features.manifest["encoder_digest"] == Self.last(events, "evaluation")["encoder_digest"])
    }

    /// Training from the exported initial state leads to the same checkpoints.
    @Test func theInitialStateIsWhereTrainingBegins() throws {
        let specification = try TrainingFixture.specification(model: "wgan", seed: 32, steps: 8)
        let archive = try Archive.decode(make(.initial(specification: specification.json)))
        #expect(archive.manifest["step"] == 0 && archive.manifest["kind"] == "checkpoint")
        let later = try #require(Self.run(specification).last { $0["type"] == "checkpoint" }?["digest"]?.stringValue)
        let names = try ArchiveStore(root: TrainingFixture.storage + "/archives").read(Digest(hex: later)).entries.map(\.name)
        #expect(archive.entries.map(\.name) == names)
        // A worker that finds it as its newest checkpoint trains to the same bits.
        let store = try ArchiveStore(root: TrainingFixture.storage + "/archives")
        try store.put(archive)
        let folder = try TrainingFixture.folder("from-initial", specification)
        let event = #"{"type":"checkpoint","time":1,"step":0,"digest":"\#(archive.digest.hex)","bytes":1,"final":false}"# + "\n"
        try AtomicFile.write(Array(event.utf8), to: folder.events)
        #expect(try EventLog(path: folder.events).earlier.count == 1, "the worker cannot read the line")
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        let lines = try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
        #expect(try Self.last(lines, "checkpoint")["digest"]?.stringValue == later && lines.contains { $0["type"] == "metrics" && $0["step"] == 1 })
    }

    /// The exported protocols have the digests stored with the values, whatever their options.
    @Test func protocolsArePreimagesOfTheirDigests() throws {
        var specification = try TrainingFixture.specification(model: "ns-gan", seed: 33, steps: 6)
        specification.evaluation.metrics = ["fid", "is", "kid", "prd"]
        specification.evaluation.options = ["prd": ["clusters": 7]]
        let events = try Self.run(specification).filter { $0["type"] == "evaluation" }
        let recorded = Set(events.compactMap { $0["protocol"]?.stringValue })
        let event = try #require(events.first)
        let built = try ExportMaker.protocols(
            of: specification.json, encoder: event["encoder"]?.stringValue ?? "", digest: Digest(hex: event["encoder_digest"]?.stringValue ?? ""))
        #expect(recorded.count == 4 && Set(built.map(\.digest.hex)) == recorded)
        let encoder = try Archive.decode(make(.encoder(Digest(hex: event["encoder_digest"]?.stringValue ?? ""))))
        #expect(encoder.digest.hex == event["encoder_digest"]?.stringValue && encoder.manifest["kind"] == "encoder")
    }

    @Test func aDataSetIsItsArraysAndItsContent() throws {
        let description = DatasetDescription.polygonsLabelled
        let digest = try #require(description.digest)
        #expect(try Digest.sha256(make(.content(dataset: description.name, digest: digest))) == digest)
        let archive = try Archive.decode(make(.arrays(dataset: description.name, digest: digest)))
        let dataset = try DatasetStore(root: TrainingFixture.storage + "/datasets").load(description.name)
        #expect(archive.manifest["white"] == 64 && archive["test/images"]?.shape == [2000, 28, 28, 1])
        #expect(archive["train/labels"]?.elements == .uint8(try #require(try dataset.split("train").labels)))
        let ring = try #require(DatasetDescription.ring.digest)
        #expect(try Archive.decode(make(.arrays(dataset: "ring", digest: ring)))["train/images"]?.elements.kind == .float32)
    }

    @Test func whatCannotBeMadeSaysWhy() throws {
        let nothing = Digest.sha256("nothing")
        #expect(throws: ExportError.noEncoder(nothing)) { try make(.encoder(nothing)) }
        #expect(throws: ArchiveError.self) { try make(.samples(checkpoint: nothing, SampleRange(count: 1))) }
        #expect(throws: TrainingError.self) { try make(.arrays(dataset: "ring", digest: nothing)) }
        let specification = try TrainingFixture.specification(model: "ns-gan", seed: 34, steps: 6)
        let digest = try Digest(hex: #require(Self.run(specification).last { $0["type"] == "checkpoint" }?["digest"]?.stringValue))
        #expect(throws: ExportError.tooManyForAPicture(count: 1025)) { try make(.picture(checkpoint: digest, SampleRange(count: 1025))) }
        let encoder = try Archive.decode(make(.initial(specification: specification.json)))
        #expect(encoder.digest != digest)
    }

    @Test(arguments: [
        Export.samples(checkpoint: Digest.sha256("a"), SampleRange(stream: .samples, start: 3, count: 7)), .picture(checkpoint: Digest.sha256("a"), SampleRange(count: 1)),
        .grid(checkpoint: Digest.sha256("a")),
        .features(checkpoint: Digest.sha256("b"), SampleRange(count: 100_000)), .checkpoint(Digest.sha256("c")), .initial(specification: ["a": 1]),
        .arrays(dataset: "d", digest: Digest.sha256("d")), .content(dataset: "d", digest: Digest.sha256("d")), .encoder(Digest.sha256("e")),
    ])
    func aRequestReadsBack(export: Export) throws {
        #expect(try Export(reading: JSONValue(parsing: export.json.canonicalText)) == export)
        #expect(throws: FieldError.self) { try Export(reading: ["kind": "samples", "checkpoint": "x"]) }
    }
}
