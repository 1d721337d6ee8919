import Archives
import Canonical
import Codecs
import Datasets
import Engine
import Extractors
import Metrics
import Models
import Studies
import TestSupport
import Testing

@testable import Training

/// A network of other people, imported into the shared storage, as the extractor of an evaluation and of `fidelio fid`.
@Suite struct ImportedEncoderTests {
    private static let record = Result {
        try ExtractorStore(storage: TrainingFixture.storage).add(
            NetworkManifest(reading: JSONValue(parsing: Fixtures.bytes("extractors/network.json"))), from: Fixtures.path("extractors/network.pth")
        ).record
    }

    @Test func isOfferedForImagesThatItReads() throws {
        let record = try Self.record.get(), datasets = DatasetStore(root: "\(TrainingFixture.storage)/datasets")
        let images = EncoderChoices(for: .polygons, in: datasets), points = EncoderChoices(for: .ring, in: datasets)
        #expect(images.names == EncoderSpecification.choices(for: .polygons) + [record.encoder] && images.classifiers.last == record.encoder)
        #expect(points.names == ["coordinates"])
    }

    /// The name alone selects it; specification and protocol have the digest.
    @Test func evaluationsNameItByDigest() throws {
        let record = try Self.record.get()
        let own = try #require(TrainingFixture.facts.first { $0.name == "polygons" })
        let facts = DatasetFacts(
            name: own.name, digest: own.digest, encoders: own.encoders + [record.encoder], classifiers: own.classifiers + [record.encoder], splits: own.splits)
        func specification(_ encoder: String) throws -> Specification {
            try Specification(
                reading: [
                    "model": "ns-gan", "dataset": "polygons", "steps": 2, "batch_size": 8, "architecture": ["width": 0.0625],
                    "evaluation": ["every": 2, "samples": 256, "encoder": .string(encoder), "metrics": ["fid", "is"]],
                ], models: ModelCatalog.schemas, datasets: [facts])
        }
        let short = try specification("small")
        #expect(try short.evaluation.encoder == record.encoder && short.digest == specification(record.encoder).digest)
        #expect(throws: FieldError.self) { try specification("smal") }
        let trained = try TrainingFixture.train(short)
        let values = trained.results.filter { $0.contains("\"encoder\":\"\(record.encoder)\"") }
        #expect(values.count == 2 && values.allSatisfy { $0.contains(record.digest.hex) })
        #expect(try TrainingFixture.train(short, threads: 2) == trained)
        #expect(try MemoryNeed(short, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets")).evaluation > 100_000)
    }

    // MARK: Folders

    /// Forty pictures of three sizes, gray and color.
    private static func picture(_ index: Int, brightness: Int = 200) -> PixelImage {
        var random = TestRandom(seed: UInt64(index + 1))
        let (height, width, channels) = (9 + index % 3, 11, index % 5 == 0 ? 1 : 3)
        let pixels = (0..<height * width * channels).map { _ in UInt8(truncatingIfNeeded: Int(random.next() % UInt64(brightness))) }
        return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    private func maker(_ storage: String = TrainingFixture.storage, threads: Int = 1, batchSize: Int = 7, keepsFeatures: Bool = false) throws -> StatisticsMaker {
        _ = try Self.record.get()
        return try StatisticsMaker(extractor: "small", storage: storage, threads: threads, batchSize: batchSize, keepsFeatures: keepsFeatures)
    }

    @Test func aFolderCountsByItsContent() throws {
        let folder = try TemporaryFolder()
        func write(_ index: Int, to path: String, level: Int = 6) throws {
            try FileSystem.makeFolder(FileSystem.folder(of: folder.path(path)))
            try AtomicFile.write(PNG.encode(Self.picture(index), level: level), to: folder.path(path))
        }
        for index in 0..<40 {
            try write(index, to: "a/\(index).png")
            try write(39 - index, to: "b/\(index % 3)/\(index % 2)/x\(index).PNG", level: 1)
        }
        try AtomicFile.write(Array("notes".utf8), to: folder.path("b/0/readme.txt"))
        try AtomicFile.write(Array("x".utf8), to: folder.path("b/.hidden.png"))
        let first = try maker(keepsFeatures: true), second = try maker(threads: 2, batchSize: 3, keepsFeatures: true)
        let (a, b) = try (first.statistics(of: .folder(folder.path("a"))), second.statistics(of: .folder(folder.path("b"))))
        #expect(a.fit == b.fit && a.count == 40 && first.others == 0 && second.others == 1 && a.half?.count == 20)
        #expect(try a.distance(to: b, threads: 1) < 1e-9)
        try write(99, to: "b/more.png")
        #expect(try second.statistics(of: .folder(folder.path("b"))).fit != a.fit)
        // One picture that cannot be decoded is named.
        try AtomicFile.write(Array("x".utf8), to: folder.path("b/bad.png"))
        let error = #expect(throws: DatasetError.self) { try second.statistics(of: .folder(folder.path("b"))) }
        #expect("\(try #require(error))".contains("bad.png"))
    }

    /// Statistics are written as pytorch-fid reads them, read back to the same number, and kept by content.
    @Test func statisticsAreFilesAndAreKept() throws {
        let folder = try TemporaryFolder()
        for index in 0..<40 {
            for (name, brightness) in [("a", 200), ("b", 120)] {
                try FileSystem.makeFolder(folder.path(name))
                try AtomicFile.write(PNG.encode(Self.picture(index, brightness: brightness)), to: folder.path("\(name)/\(index).png"))
            }
        }
        let maker = try maker()
        var computed = 0
        maker.tell = { activity, _, _ in computed += activity.hasPrefix("features") ? 1 : 0 }
        let (a, b) = try (maker.statistics(of: .folder(folder.path("a"))), maker.statistics(of: .folder(folder.path("b"))))
        let distance = try a.distance(to: b, threads: 1), before = computed
        #expect(distance > 0 && before > 0)
        let again = try maker.statistics(of: .folder(folder.path("a")))
        #expect(computed == before && again.fit == a.fit && again.half == a.half)
        let path = folder.path("a.npz")
        try a.write(to: path)
        let read = try #require(try FeatureStatistics(file: path))
        #expect(read.fit == a.fit && read.count == 40 && read.extractor == a.extractor)
        #expect(try Npz.arrays(FileSystem.read(path)).map(\.name) == ["mu", "sigma"])
        #expect(try read.distance(to: b, threads: 1) == distance)
        #expect(try #require(try a.bias(to: b, distance: distance, threads: 1)).isFinite)
        // Another output is another extractor: no distance.
        let other = try StatisticsMaker(extractor: "small", output: "low", storage: TrainingFixture.storage, threads: 1, batchSize: 4, keepsFeatures: false)
        let low = try other.statistics(of: .folder(folder.path("a")))
        #expect(low.fit.dimension == 8 && low.extractor != a.extractor)
        #expect(throws: StatisticsError.self) { try low.distance(to: a, threads: 1) }
        #expect(throws: StatisticsError.self) { try StatisticsMaker(extractor: "absent", storage: TrainingFixture.storage, threads: 1, batchSize: 4, keepsFeatures: false) }
    }

    /// Resampling gives the same numbers every time, around a distance that is larger by its own bias.
    @Test func resamplesBothSides() throws {
        let folder = try TemporaryFolder()
        for index in 0..<40 {
            for (name, brightness) in [("a", 200), ("b", 120)] {
                try FileSystem.makeFolder(folder.path(name))
                try AtomicFile.write(PNG.encode(Self.picture(index, brightness: brightness)), to: folder.path("\(name)/\(index).png"))
            }
        }
        let maker = try maker(keepsFeatures: true)
        let (a, b) = try (maker.statistics(of: .folder(folder.path("a"))), maker.statistics(of: .folder(folder.path("b"))))
        let draws = try a.resampled(against: b, draws: 5, threads: 1)
        #expect(draws.count == 5 && Set(draws).count == 5 && draws.allSatisfy { $0.isFinite && $0 > 0 })
        #expect(try a.resampled(against: b, draws: 3, threads: 2) == Array(draws.prefix(3)))
    }

    @Test func aDataSetIsASource() throws {
        let maker = try maker()
        let some = try maker.statistics(of: .dataset("polygons", split: "test", samples: 64))
        #expect(some.count == 64 && some.fit.dimension == 20)
    }
}
