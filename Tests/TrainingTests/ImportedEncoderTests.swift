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
        return try StatisticsMaker(extractor: "small", storage: storage, threads: threads, batchSize: batchSize, keepsFeatures: keepsFeatures, isCached: !keepsFeatures)
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

    /// A file of the same pictures is the same set as a folder; features are kept with and without logits.
    @Test func arraysAreSetsAndFeaturesAreKept() throws {
        let folder = try TemporaryFolder(), pictures = (0..<12).map { index in Self.picture(3 * index + 1) }.filter { $0.channels == 3 }
        try FileSystem.makeFolder(folder.path("a"))
        for (index, picture) in pictures.enumerated() { try AtomicFile.write(PNG.encode(picture), to: folder.path("a/\(index).png")) }
        let entry = ArrayEntry(name: "arr_0", shape: [pictures.count, pictures[0].height, 11, 3], elements: .uint8(pictures.reversed().flatMap(\.pixels)))
        try Archive(entries: [entry], manifest: [:]).write(to: folder.path("a.npz"))
        let plain = try maker(keepsFeatures: true)
        let (a, b) = try (plain.statistics(of: .folder(folder.path("a"))), plain.statistics(of: .array(folder.path("a.npz"))))
        #expect(a.fit == b.fit && a.count == pictures.count && a.features == b.features)
        let maker = try maker()
        var computed = 0
        maker.tell = { activity, _, _ in computed += activity.hasPrefix("features") ? 1 : 0 }
        let without = try maker.features(of: .folder(folder.path("a")), wantsLogits: false), first = computed
        #expect(first > 0 && without.classes == 0 && without.features == a.features)
        let with = try maker.features(of: .array(folder.path("a.npz")), wantsLogits: true), second = computed
        #expect(second > first && with.features == without.features && with.classes == maker.classes && with.logits.count == with.count * with.classes)
        let again = try maker.features(of: .folder(folder.path("a")), wantsLogits: true), fewer = try maker.features(of: .folder(folder.path("a")), wantsLogits: false)
        #expect(computed == second && again.logits == with.logits && fewer.features == with.features)
        #expect(try maker.statistics(of: again).fit == a.fit)
        try Archive(entries: [ArrayEntry(name: "x", shape: [2], elements: .float32([0, 1]))], manifest: [:]).write(to: folder.path("b.npz"))
        #expect(throws: DatasetError.self) { try maker.features(of: .array(folder.path("b.npz")), wantsLogits: false) }
    }

    /// What an evaluation computes of a reference is there for commands, and the other way round; the numbers are the same.
    @Test func referencesAreSharedByRuns() throws {
        let record = try Self.record.get(), storage = TrainingFixture.storage
        let extractor = try ExtractorStore(storage: storage).open(record, device: CPUDevice(threads: 1))
        let dataset = try DatasetStore(root: "\(storage)/datasets").load("polygons"), split = try dataset.split("test")
        let own = try #require(TrainingFixture.facts.first { $0.name == "polygons" })
        let specification = try Specification(
            reading: ["model": "ns-gan", "dataset": "polygons", "steps": 2, "batch_size": 8, "evaluation": ["every": 2, "samples": 300, "metrics": ["fid", "kid"]]],
            models: ModelCatalog.schemas, datasets: [own])
        let temporary = try TemporaryFolder()
        func reference(_ storage: String?) throws -> ReferenceImages {
            try ReferenceImages(specification, encoder: Encoder(extractor, shape: split.shape), dataset: dataset, storage: storage)
        }
        let (plain, first, second) = try (reference(nil), reference(temporary.path), reference(temporary.path))
        let (fit, features) = try (plain.fit(), plain.features())
        #expect(!first.hasStoredFit && !first.knows(training: false))
        let (ownFit, ownFeatures) = try (first.fit(), first.features())
        #expect(ownFit == fit && ownFeatures == features && second.hasStoredFit && second.knows(training: false))
        var computed = 0
        second.onImages = { computed += $0 }
        let (keptFit, keptFeatures) = try (second.fit(), second.features())
        #expect(keptFit == fit && keptFeatures == features && computed == 0)
        // The commands have the same key.
        let key = FeatureCache.Key.dataset(dataset.digest, split: "test", count: 300, extractor: record.digest)
        #expect(FeatureCache(storage: temporary.path).statistics(key)?.fit == fit)
    }

    /// clean-fid's files by their names, with the number of images where it is known.
    @Test func publishedReferencesHaveNames() throws {
        let name = try #require(ReferenceStore.PublishedName("cifar10_clean_train_32"))
        #expect(name.network == "clean" && name.samples == 50_000)
        #expect(ReferenceStore.PublishedName("lsun_church_legacy_pytorch_trainfull_256_kid")?.network == "legacy_pytorch")
        #expect(ReferenceStore.PublishedName("mine_legacy_tensorflow_custom_na") == ReferenceStore.PublishedName("mine_legacy_tensorflow_custom_na"))
        #expect(ReferenceStore.PublishedName("mine_legacy_tensorflow_custom_na")?.samples == nil)
        #expect(ReferenceStore.PublishedName("ffhq_clean_clip_vit_b_32_trainval_256") == nil && ReferenceStore.PublishedName("statistics") == nil)
        let folder = try TemporaryFolder(), store = ReferenceStore(storage: folder.path("storage")), features: [Float] = (0..<24).map { Float($0 * $0 % 7) }
        let mean = ArrayEntry(name: "mu", shape: [2], elements: .float64([1, 2])), covariance = ArrayEntry(name: "sigma", shape: [2, 2], elements: .float64([2, 1, 1, 3]))
        try Archive(entries: [mean, covariance], manifest: [:]).write(to: folder.path("afhq_cat_clean_train_512.npz"))
        try Archive(entries: [ArrayEntry(name: "feats", shape: [12, 2], elements: .float32(features))], manifest: [:]).write(to: folder.path("mine_clean_custom_na_kid.npz"))
        let first = try store.add(folder.path("afhq_cat_clean_train_512.npz")), second = try store.add(folder.path("mine_clean_custom_na_kid.npz"), name: "mine")
        #expect(first.samples == 5153 && !first.hasFeatures && second.samples == 12 && second.hasFeatures && store.list() == [first, second])
        let (a, b) = try (store.open(first, extractor: nil), store.open(second, extractor: nil))
        #expect(a.statistics.fit.mean == [1, 2] && a.statistics.count == 5153 && a.features == nil && b.features?.features == features)
        #expect(try b.statistics.fit == GaussianFit(features: features, dimension: 2))
        #expect(throws: StatisticsError.self) { try store.add(folder.path("afhq_cat_clean_train_512.npz")) }
        #expect(throws: StatisticsError.self) { try store.add(folder.path("afhq_cat_clean_train_512.npz"), name: "other", network: "resnet") }
        try Archive(entries: [mean], manifest: [:]).write(to: folder.path("statistics.npz"))
        #expect(throws: StatisticsError.self) { try store.add(folder.path("statistics.npz"), network: "clean") }
        try store.remove("mine")
        #expect(store.list() == [first])
        #expect(throws: StatisticsError.self) { try store.remove("mine") }
    }

    @Test func aDataSetIsASource() throws {
        let maker = try maker()
        let some = try maker.statistics(of: .dataset("polygons", split: "test", samples: 64))
        #expect(some.count == 64 && some.fit.dimension == 20)
    }
}
