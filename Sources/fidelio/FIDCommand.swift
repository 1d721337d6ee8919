import ArgumentParser
import Canonical
import Catalog
import Datasets
import Extractors
import Foundation
import Metrics
import Storage
import Training

struct FIDCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "fid", abstract: "The Frechet distance of two sets of images, as pytorch-fid computes it.",
        discussion: """
            A and B are folders of PNG or JPEG pictures, .npz files with the statistics mu and sigma, data sets (NAME or NAME:SPLIT), or
            runs (run:ID, its last checkpoint). The number depends on the pictures alone, not on their names or order. Options are those of
            pytorch-fid; the last line of the output has its form. Bias and interval are printed on standard error.

            EXAMPLE
              fidelio fid generated real
              fidelio fid generated statistics.npz --extractor clean --dims 768
              fidelio fid --save-stats real statistics.npz
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The first set of images, or with --save-stats the only one.") var first: String
    @Argument(help: "The second set, or with --save-stats the file to write.") var second: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The imported feature extractor.", valueName: "name")) var extractor = "pytorch-fid"
    @Option(parsing: .unconditional, help: "The output of the network: 64, 192, 768 or 2048 (default: the extractor's).") var dims: String?
    @Option(parsing: .unconditional, help: "Images that are computed together; the number does not depend on it.") var batchSize = 50
    @Option(parsing: .unconditional, help: "Threads (default: all cores); the number does not depend on it.") var numWorkers: Int?
    @Option(parsing: .unconditional, help: "Accepted for compatibility: every device gives the number of the CPU.") var device: String?
    @Flag(help: "Write the statistics of the first set to the file that the second argument names.") var saveStats = false
    @Option(parsing: .unconditional, help: "Resampled sets for a 95 % interval (default: 0, none).") var bootstrap = 0
    @Option(parsing: .unconditional, help: "Images that a run generates (default: 10000).") var samples: Int?

    mutating func validate() throws {
        guard 1...1024 ~= batchSize else { throw ValidationError("--batch-size \(batchSize) is not in 1...1024") }
        guard 0...256 ~= numWorkers ?? 1 else { throw ValidationError("--num-workers \(numWorkers ?? 0) is not in 0...256") }
        guard 0...10_000 ~= bootstrap else { throw ValidationError("--bootstrap \(bootstrap) is not in 0...10000") }
        guard 2...SampleLimit.most ~= samples ?? 2 else { throw ValidationError("--samples \(samples ?? 0) is not in 2...\(SampleLimit.most)") }
    }

    private enum SampleLimit { static let most = 1_000_000 }

    private var threads: Int { Swift.max(1, numWorkers ?? ProcessInfo.processInfo.activeProcessorCount) }

    mutating func perform() async throws -> Int32 {
        do {
            return try compute()
        } catch let error as StatisticsError {
            throw CommandFailure(error.description, code: CommandFailure.Code.badInput)
        } catch let error as NetworkError {
            throw CommandFailure(error.description, code: CommandFailure.Code.badInput)
        }
    }

    private func compute() throws -> Int32 {
        if let device, device != "cpu" { Console.remark("note: computed on the CPU instead of \(device)") }
        if saveStats {
            guard !FileSystem.exists(second) else { throw CommandFailure("\(second) exists already; name a new file", code: CommandFailure.Code.badInput) }
            let statistics = try statistics(of: first, maker())
            try statistics.write(to: second)
            common.json ? Console.say(["file": .string(second), "samples": .optional(statistics.count)]) : Console.say("Saved \(second)")
            return 0
        }
        // Two files of statistics need no network.
        let files = try (file(first), file(second))
        let maker = files.0 == nil || files.1 == nil ? try self.maker() : nil
        let a = try files.0 ?? statistics(of: first, maker), b = try files.1 ?? statistics(of: second, maker)
        guard a.fit.dimension == b.fit.dimension else {
            throw CommandFailure("\(first) has \(a.fit.dimension) features and \(second) \(b.fit.dimension); choose another --dims or other statistics", code: CommandFailure.Code.badInput)
        }
        let distance = try a.distance(to: b, threads: threads), bias = try a.bias(to: b, distance: distance, threads: threads)
        let interval = try interval(a, b, distance)
        say(distance, bias, interval, a, b, maker)
        return 0
    }

    private func maker() throws -> StatisticsMaker {
        try StatisticsMaker(
            extractor: extractor, output: dims, storage: common.storageFolder.root, threads: threads, batchSize: batchSize, keepsFeatures: bootstrap > 0)
    }

    private func file(_ path: String) throws -> FeatureStatistics? {
        guard path.hasSuffix(".npz"), !FileSystem.isFolder(path) else { return nil }
        guard let statistics = try FeatureStatistics(file: path) else {
            throw CommandFailure("\(path) has no arrays mu and sigma; add a file of images as a data set first: fidelio dataset add NAME --from \(path)", code: CommandFailure.Code.badInput)
        }
        return statistics
    }

    private func statistics(of text: String, _ maker: StatisticsMaker?) throws -> FeatureStatistics {
        guard let maker else { preconditionFailure("a set of images without an extractor") }
        var line = ProgressLine(isQuiet: common.json)
        return try withoutActuallyEscaping({ (activity: String, done: Int, total: Int) in
            line.show("\(activity)  \(done) of \(total)")
        }) { tell in
            maker.tell = tell
            defer { maker.tell = { _, _, _ in } }
            let result = try maker.statistics(of: source(text))
            line.clear()
            if maker.others > 0 { Console.remark("note: \(maker.others) files of \(text) are not PNG or JPEG pictures and were left out") }
            return result
        }
    }

    private func source(_ text: String) throws -> StatisticsMaker.Source {
        if FileSystem.isFolder(text) { return .folder(text) }
        if text.hasPrefix("run:") {
            let prefix = String(text.dropFirst(4))
            let digest = try common.openCatalog().readNow { reader in
                guard let run = try reader.run(Lookup.run(prefix, reader)), let last = try reader.checkpoints(ofRun: run.number).last else {
                    throw CommandFailure("the run \(prefix) has no checkpoint", code: CommandFailure.Code.badInput)
                }
                return last.digest
            }
            return .checkpoint(digest, samples: samples ?? 10_000)
        }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first, DatasetStore(root: common.storageFolder.datasets).list().contains(where: { $0.description.name == name }) else {
            throw CommandFailure("\(text) is neither a folder, an .npz file, a data set, nor run:ID", code: CommandFailure.Code.badInput)
        }
        return .dataset(name, split: parts.count == 2 ? parts[1] : "test", samples: samples)
    }

    /// The 2.5 % and 97.5 % quantiles of resampled distances, moved by the resampling's own bias.
    private func interval(_ a: FeatureStatistics, _ b: FeatureStatistics, _ distance: Double) throws -> (Double, Double)? {
        guard bootstrap > 1 else { return nil }
        guard a.features != nil || b.features != nil else {
            Console.remark("note: two files of statistics cannot be resampled")
            return nil
        }
        var line = ProgressLine(isQuiet: common.json)
        let draws = try a.resampled(against: b, draws: bootstrap, threads: threads) { line.show("resampling  \($0 + 1) of \(bootstrap)") }.sorted()
        line.clear()
        let mean = draws.reduce(0, +) / Double(draws.count)
        func quantile(_ share: Double) -> Double { draws[Swift.min(draws.count - 1, Int(saturating: share * Double(draws.count)))] }
        return (distance + quantile(0.025) - mean, distance + quantile(0.975) - mean)
    }

    private func say(_ distance: Double, _ bias: Double?, _ interval: (Double, Double)?, _ a: FeatureStatistics, _ b: FeatureStatistics, _ maker: StatisticsMaker?) {
        let least = [a.count, b.count].compactMap(\.self).min()
        if common.json {
            var members: [String: JSONValue] = [
                "fid": .number(distance), "dimension": .integer(Int64(a.fit.dimension)), "samples": .array([a.count, b.count].map { .optional($0) }),
                "bias": .optional(bias),
            ]
            members["encoder"] = maker.map { .string($0.encoder) }
            members["interval"] = interval.map { .array([.number($0.0), .number($0.1)]) }
            Console.say(.object(members))
            return
        }
        if let maker { Console.remark("extractor \(maker.encoder), \(a.fit.dimension) features, N = \([a.count, b.count].map { $0.map(String.init) ?? "unknown" }.joined(separator: " and "))") }
        if let bias { Console.remark("bias at this N: about \(Duration.short(bias)), estimated from halves; without it the distance is about \(Duration.short(distance - bias))") }
        if let least, least <= a.fit.dimension { Console.remark("warning: \(least) images for \(a.fit.dimension) features: the covariance is singular and the number mostly bias; use more images, or smaller --dims") }
        if let interval { Console.remark("95 % interval of \(bootstrap) resamples: \(interval.0) to \(interval.1)") }
        Console.say("FID:  \(distance)")
    }
}
