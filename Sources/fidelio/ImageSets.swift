import ArgumentParser
import Canonical
import Catalog
import Datasets
import Extractors
import Foundation
import Metrics
import Storage
import Training

/// Options of commands that measure sets of images with an imported extractor.
struct ImageSetOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Images that are computed together; the number does not depend on it.") var batchSize = 50
    @Option(parsing: .unconditional, help: "Threads (default: all cores); the number does not depend on it.") var numWorkers: Int?
    @Option(parsing: .unconditional, help: "Accepted for compatibility: every device gives the number of the CPU.") var device: String?
    @Option(parsing: .unconditional, help: "Images that a run generates (default: 10000).") var samples: Int?
    @Flag(help: "Keep no features and statistics in the storage folder, and use none.") var noCache = false

    mutating func validate() throws {
        guard 1...1024 ~= batchSize else { throw ValidationError("--batch-size \(batchSize) is not in 1...1024") }
        guard 0...256 ~= numWorkers ?? 1 else { throw ValidationError("--num-workers \(numWorkers ?? 0) is not in 0...256") }
        guard 2...SampleLimit.most ~= samples ?? 2 else { throw ValidationError("--samples \(samples ?? 0) is not in 2...\(SampleLimit.most)") }
    }

    private enum SampleLimit { static let most = 1_000_000 }

    /// Tells that a device other than the CPU is not used.
    func remarkOnDevice() {
        if let device, device != "cpu" { Console.remark("note: computed on the CPU instead of \(device)") }
    }

    var threads: Int { Swift.max(1, numWorkers ?? ProcessInfo.processInfo.activeProcessorCount) }
}

/// The sets of images that a command was given, in words: folders, `.npz` files, references, data sets, runs.
struct ImageSets {
    let common: CommonOptions
    let options: ImageSetOptions

    /// One set, before anything is computed.
    enum Input {
        case statistics(FeatureStatistics)
        case reference(ReferenceStore.Record)
        case images(StatisticsMaker.Source)

        /// Whether it needs a network.
        var needsExtractor: Bool { if case .images = self { true } else { false } }

        /// Nil for other sets.
        var reference: ReferenceStore.Record? {
            guard case .reference(let record) = self else { return nil }
            return record
        }
    }

    private var storage: String { common.storageFolder.root }

    /// - Errors: `CommandFailure` for what is none of these
    func input(_ text: String) throws -> Input {
        if FileSystem.isFolder(text) { return .images(.folder(text)) }
        if text.hasSuffix(".npz") {
            guard let statistics = try FeatureStatistics(file: text) else { return .images(.array(text)) }
            return .statistics(statistics)
        }
        if text.hasPrefix("run:") { return .images(.checkpoint(try checkpoint(String(text.dropFirst(4))), samples: options.samples ?? 10_000)) }
        if let reference = ReferenceStore(storage: storage).find(text) { return .reference(reference) }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first, DatasetStore(root: common.storageFolder.datasets).list().contains(where: { $0.description.name == name }) else {
            throw CommandFailure("\(text) is neither a folder, an .npz file, a reference, a data set, nor run:ID", code: CommandFailure.Code.badInput)
        }
        return .images(.dataset(name, split: parts.count == 2 ? parts[1] : "test", samples: options.samples))
    }

    /// The digest of the checkpoint of ID, ID:STEP, ID:best or ID:last.
    private func checkpoint(_ text: String) throws -> String {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var chosen = CheckpointOptions()
        (chosen.run, chosen.step, chosen.best) = (parts[0], nil, false)
        switch parts.count == 2 ? parts[1] : "last" {
        case "last": break
        case "best": chosen.best = true
        case let word:
            guard let step = Int(word, in: 0...Int.max) else { throw CommandFailure("run:\(text): expected a step, best or last after the ID, not \(word)", code: CommandFailure.Code.badInput) }
            chosen.step = step
        }
        return try chosen.digest(common).hex
    }

    /// All sets. Two references must be of one network.
    /// - Errors: `CommandFailure`
    func inputs(_ texts: [String]) throws -> [Input] {
        let inputs = try texts.map(input)
        let references = inputs.compactMap(\.reference)
        let networks = references.map { NetworkManifest.known(named: $0.network)?.functionalDigest }
        if references.count == 2, networks[0] != networks[1] {
            throw CommandFailure(
                "the references are of different protocols (\(references[0].network) and \(references[1].network)); their distance has no meaning", code: CommandFailure.Code.badInput)
        }
        return inputs
    }

    /// The extractor of a name; without one, the one that the references need, or the usual one.
    /// - Errors: of `StatisticsMaker`
    func maker(_ extractor: String?, usual: String, output: String?, for inputs: [Input], keepsFeatures: Bool) throws -> StatisticsMaker {
        try StatisticsMaker(
            extractor: extractor ?? ImageSets.needed(inputs, storage) ?? usual, output: output, storage: storage, threads: options.threads, batchSize: options.batchSize,
            keepsFeatures: keepsFeatures, isCached: !options.noCache)
    }

    /// The imported extractor with the network that a reference is of: the one that has the name of the network, or the first of others.
    private static func needed(_ inputs: [Input], _ storage: String) -> String? {
        guard let record = inputs.compactMap(\.reference).first else { return nil }
        let digest = NetworkManifest.known(named: record.network)?.functionalDigest
        let fitting = ExtractorStore(storage: storage).list().filter { $0.network.functionalDigest == digest }
        return (fitting.first { $0.name == record.network } ?? fitting.first)?.name ?? record.network
    }

    /// Checks that a reference is of the network that the other side is measured with, and opens it.
    /// - Errors: `CommandFailure`
    func open(_ record: ReferenceStore.Record, _ maker: StatisticsMaker?) throws -> FeatureMetrics.Side {
        let network = NetworkManifest.known(named: record.network)
        if let maker, let network, maker.network.functionalDigest != network.functionalDigest {
            throw CommandFailure(
                "the reference \(record.name) is of the protocol \(record.network), and \(maker.encoder) measures by \(maker.network.name); their distance has no meaning", code: CommandFailure.Code.badInput)
        }
        if let maker, maker.dimension != record.dimension { throw dimensions(maker.encoder, maker.dimension, record.name, record.dimension) }
        return try ReferenceStore(storage: storage).open(record, extractor: maker?.digest)
    }

    /// - Errors: `CommandFailure` for statistics of different numbers of features
    func check(_ a: FeatureStatistics, _ first: String, _ b: FeatureStatistics, _ second: String) throws {
        guard a.fit.dimension == b.fit.dimension else { throw dimensions(first, a.fit.dimension, second, b.fit.dimension) }
    }

    private func dimensions(_ first: String, _ count: Int, _ second: String, _ other: Int) -> CommandFailure {
        CommandFailure("\(first) has \(count) features and \(second) \(other); choose another --dims or other statistics", code: CommandFailure.Code.badInput)
    }

    /// What a reader must know of a Frechet distance: extractor, number of images, its bias, and whether the images are too few.
    /// - Parameter distance: nil if it was not computed
    func remark(_ maker: StatisticsMaker?, dimension: Int, counts: [Int?], distance: Double?, bias: Double?) {
        if let maker { Console.remark("extractor \(maker.encoder), \(dimension) features, N = \(counts.map { $0.map(String.init) ?? "unknown" }.joined(separator: " and "))") }
        guard let distance else { return }
        if let bias { Console.remark("bias at this N: about \(Duration.short(bias)), estimated from halves; without it the distance is about \(Duration.short(distance - bias))") }
        if let least = counts.compactMap(\.self).min(), least <= dimension {
            Console.remark("warning: \(least) images for \(dimension) features: the covariance is singular and the distance mostly bias; use more images, or smaller --dims")
        }
    }

    /// Calls `work` with a status line on the terminal.
    func showing<Result>(_ maker: StatisticsMaker, _ text: String, _ work: () throws -> Result) rethrows -> Result {
        var line = ProgressLine(isQuiet: common.json)
        return try withoutActuallyEscaping({ (activity: String, done: Int, total: Int) in line.show("\(activity)  \(done) of \(total)") }) { tell in
            maker.tell = tell
            defer { maker.tell = { _, _, _ in } }
            let result = try work()
            line.clear()
            if maker.others > 0 { Console.remark("note: \(maker.others) files of \(text) are not PNG or JPEG pictures and were left out") }
            return result
        }
    }
}
