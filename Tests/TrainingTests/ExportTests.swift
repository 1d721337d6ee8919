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

    /// The cells of a grid of 28 x 28 images with one channel, row by row.
    private func cells(_ png: [UInt8], count: Int, columns: Int) throws -> [[UInt8]] {
        let picture = try PNG.decode(png)
        return (0..<count).map { index in
            (0..<28).flatMap { y in
                let start = (index / columns * 29 + y) * picture.width + index % columns * 29
                return picture.pixels[start..<start + 28]
            }
        }
    }

    /// Ends, centers and ranges are those of the numbered samples and of latents computed here from their numbers.
    @Test func imagesOfLatentsLieWhereTheyShould() throws {
        let digest = try Digest(hex: #require(Self.run(TrainingFixture.specification(model: "ns-gan", seed: 35, steps: 6)).last { $0["type"] == "checkpoint" }?["digest"]?.stringValue))
        let samples = try cells(make(.picture(checkpoint: digest, SampleRange(stream: .samples, count: 16))), count: 16, columns: 4)
        for path in LatentRequest.Path.allCases {
            let request = Export.latents(checkpoint: digest, LatentRequest(.between(3, 7, path), count: 11)), png = try make(request), strip = try cells(png, count: 11, columns: 8)
            #expect(strip[0] == samples[3] && strip[10] == samples[7] && strip[5] != samples[3], "\(path)")
            #expect(try make(request, threads: 1) == png)
            let around = try cells(make(.latents(checkpoint: digest, LatentRequest(.around(3, share: 1, first: 8, path), count: 5))), count: 5, columns: 5)
            #expect(around == [samples[3]] + samples[8..<12], "\(path)")
            let none = try cells(make(.latents(checkpoint: digest, LatentRequest(.around(3, share: 0, first: 8, path), count: 3))), count: 3, columns: 3)
            #expect(none == [samples[3], samples[3], samples[3]], "\(path)")
        }
        let along = try cells(make(.latents(checkpoint: digest, LatentRequest(.along(3, dimension: 2), count: 9))), count: 9, columns: 8)
        #expect(along.count == 9 && along[0] != along[8])
        #expect(throws: ExportError.noSuchDimension(4000, of: 64)) { try make(.latents(checkpoint: digest, LatentRequest(.along(3, dimension: 4000), count: 2))) }
    }

    /// Distances are those that are computed here from the exported arrays; the picture shows the images that the numbers name.
    @Test func nearestTrainingImagesAreFound() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan", seed: 37, steps: 6)
        let digest = try Digest(hex: #require(Self.run(specification).last { $0["type"] == "checkpoint" }?["digest"]?.stringValue))
        let dataset = try Self.maker.loaded(specification.dataset.name, specification.dataset.digest), train = try dataset.split("train")
        guard case .float32(let images)? = try Archive.decode(make(.samples(checkpoint: digest, SampleRange(stream: .samples, start: 4, count: 3))))["images"]?.elements else { throw ExportError.notACheckpoint(digest) }
        let request = NeighborRequest(.samples(first: 4, count: 3), neighbors: 4), bytes = try make(.neighbors(checkpoint: digest, request)), json = try JSONValue(parsing: bytes)
        #expect(try make(.neighbors(checkpoint: digest, request), threads: 1) == bytes && json["images"]?.integerValue == Int64(train.count) && json["held_out"]?["images"] == 64)
        for (place, sample) in (json["samples"]?.arrayValue ?? []).enumerated() {
            let own = images[place * 784..<(place + 1) * 784]
            func distance(_ index: Int) -> Double { zip(own, train.images(at: CollectionOfOne(index))).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) } }
            let found = (sample["neighbors"]?.arrayValue ?? []).compactMap { one in one["distance"]?.numberValue.map { ExportMaker.Neighbor(index: Int(one["index"]?.integerValue ?? -1), distance: $0) } }
            #expect(found.count == 4 && found.allSatisfy { $0.distance == distance($0.index) } && found == found.sorted { $0.distance < $1.distance })
            let others = stride(from: place, to: train.count, by: max(1, train.count / 97)).filter { index in !found.contains { $0.index == index } }
            #expect(others.count > 50 && others.allSatisfy { distance($0) >= found[3].distance } && sample["sample"]?.integerValue == Int64(4 + place))
        }
        let png = try make(.neighborPicture(checkpoint: digest, request)), first = Int(json["samples"]?[0]?["neighbors"]?[0]?["index"]?.integerValue ?? 0)
        #expect(Base64.text(of: png) == json["png"]?.stringValue && Digest.sha256(png).hex == json["digest"]?.stringValue)
        let shown = try cells(png, count: 15, columns: 5), known = SampleGrid(rows: 1, columns: 1, height: 28, width: 28, channels: 1).image(train.images(at: CollectionOfOne(first)))
        #expect(shown[1] == known.pixels)
        // By features others may be nearest; on the way between samples the ends are the samples.
        let features = try JSONValue(parsing: make(.neighbors(checkpoint: digest, NeighborRequest(.samples(first: 4, count: 1), neighbors: 4, space: .features))))
        #expect(features["encoder_digest"]?.stringValue?.count == 64 && features["samples"]?[0]?["neighbors"]?.arrayValue?.count == 4)
        let way = try JSONValue(parsing: make(.neighbors(checkpoint: digest, NeighborRequest(.latents(LatentRequest(.between(4, 5, .spherical), count: 2)), neighbors: 4))))
        #expect(way["samples"]?[0]?["neighbors"] == json["samples"]?[0]?["neighbors"] && way["samples"]?[1]?["neighbors"] == json["samples"]?[1]?["neighbors"] && way["samples"]?[0]?["sample"] == .null)
    }

    /// Ties go to the lower index, blocks do not matter, and what is not finite is near to none.
    @Test func nearestVectors() {
        let many: [Float] = (0..<3000).map { Float($0 % 7) }
        let found = ExportMaker.nearest(3, to: [2, .nan, 6.5], count: 3, of: 3000) { Array(many[$0]) }
        #expect(found[0] == [2, 9, 16].map { ExportMaker.Neighbor(index: $0, distance: 0) } && found[1].isEmpty)
        #expect(found[2] == [6, 13, 20].map { ExportMaker.Neighbor(index: $0, distance: 0.25) })
        #expect(ExportMaker.nearest(3, to: [1], count: 1, of: 2) { Array(many[$0]) }[0].map(\.index) == [1, 0])
    }

    @Test func theSphericalPathKeepsTheLength() {
        let (a, b): ([Float], [Float]) = ([3, 0, 4], [0, 10, 0])
        #expect(LatentRequest.Path.linear.point(a, b, 0.5) == [1.5, 5, 2])
        let halfway = LatentRequest.Path.spherical.point(a, b, 0.5)
        // Halfway between the lengths 5 and 10, in the direction of the straight line's point.
        #expect(abs(halfway.reduce(0) { $0 + $1 * $1 }.squareRoot() - 7.5) < 1e-5 && abs(halfway[0] / halfway[1] - 0.3) < 1e-6)
        for path in LatentRequest.Path.allCases { #expect(path.point(a, b, 0) == a && path.point(a, b, 1) == b && path.point([0], [0], 0.5) == [0]) }
    }

    @Test func samplesAsSinglePictures() throws {
        let digest = try Digest(hex: #require(Self.run(TrainingFixture.specification(model: "ns-gan", seed: 36, steps: 6)).last { $0["type"] == "checkpoint" }?["digest"]?.stringValue))
        let range = SampleRange(stream: .samples, start: 2, count: 5), bytes = try make(.pictures(checkpoint: digest, range))
        #expect(try make(.pictures(checkpoint: digest, range), threads: 1) == bytes)
        let members = try ZipReader.members(bytes, limit: 1 << 20)
        #expect(members.map(\.name) == ["manifest.json"] + (2..<7).map { "sample-0000000\($0).png" })
        let samples = try cells(make(.picture(checkpoint: digest, SampleRange(stream: .samples, count: 9))), count: 9, columns: 3)
        #expect(try members.dropFirst().map { try PNG.decode($0.content).pixels } == Array(samples[2..<7]))
        #expect(throws: ExportError.tooManyForPictures(count: 10_001)) { try make(.pictures(checkpoint: digest, SampleRange(count: 10_001))) }
    }

    @Test func examplesAreThoseOfTheDataset() throws {
        let description = try #require(DatasetDescription.all.first { $0.name == "polygons" }), digest = try #require(description.digest)
        let dataset = try DatasetStore(root: TrainingFixture.storage + "/datasets").load("polygons"), split = try dataset.split("test")
        guard case .bytes(let levels, let white) = split.pixels else { throw ExportError.noPictures(dataset: "polygons") }
        let shown = try cells(make(.examples(dataset: "polygons", digest: digest, split: "test", start: 10, count: 5)), count: 5, columns: 3)
        for index in 0..<5 {
            let wanted = levels[(10 + index) * 784..<(11 + index) * 784].map { UInt8(Float($0) / Float(white) * 255 + 0.5) }
            #expect(shown[index] == wanted, "example \(10 + index)")
        }
        let last = ExportError.noSuchImage(index: 2000, split: "test", count: 2000)
        #expect(throws: last) { try make(.examples(dataset: "polygons", digest: digest, split: "test", start: 2000, count: 1)) }
        let ring = try #require(DatasetDescription.ring.digest)
        #expect(try PNG.decode(make(.examples(dataset: "ring", digest: ring, split: "test", start: 0, count: 1))).width == 256)
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
        .pictures(checkpoint: Digest.sha256("a"), SampleRange(stream: .samples, start: 3, count: 7)),
        .latents(checkpoint: Digest.sha256("a"), LatentRequest(.between(3, 4, .linear), count: 2)),
        .latents(checkpoint: Digest.sha256("a"), LatentRequest(.around(3, share: 0.25, first: 9, .spherical), count: 9)),
        .latents(checkpoint: Digest.sha256("a"), LatentRequest(.along(3, dimension: 99), count: 64)),
        .neighbors(checkpoint: Digest.sha256("a"), NeighborRequest(.samples(first: 3, count: 64), neighbors: 16, space: .features)),
        .neighborPicture(checkpoint: Digest.sha256("a"), NeighborRequest(.latents(LatentRequest(.around(3, share: 0.25, first: 9, .linear), count: 9)))),
        .examples(dataset: "d", digest: Digest.sha256("d"), split: "test", start: 5, count: 1024),
        .arrays(dataset: "d", digest: Digest.sha256("d")), .content(dataset: "d", digest: Digest.sha256("d")), .encoder(Digest.sha256("e")),
    ])
    func aRequestReadsBack(export: Export) throws {
        #expect(try Export(reading: JSONValue(parsing: export.json.canonicalText)) == export)
        #expect(throws: FieldError.self) { try Export(reading: ["kind": "samples", "checkpoint": "x"]) }
    }
}
