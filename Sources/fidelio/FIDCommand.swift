import ArgumentParser
import Canonical
import Metrics
import Storage
import Training

struct FIDCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "fid", abstract: "The Frechet distance of two sets of images, as pytorch-fid computes it.",
        discussion: """
            A and B are folders of PNG or JPEG pictures, .npz files of statistics (mu and sigma) or of pictures, references (fidelio reference),
            data sets (NAME or NAME:SPLIT), or runs (run:ID, run:ID:STEP, run:ID:best). The number depends on the pictures alone, not on their
            names or order. Options are those of pytorch-fid; the last line of the output has its form. Bias and interval are printed on
            standard error.

            EXAMPLE
              fidelio fid generated real
              fidelio fid generated statistics.npz --extractor clean --dims 768
              fidelio fid --save-stats real statistics.npz
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The first set of images, or with --save-stats the only one.") var first: String
    @Argument(help: "The second set, or with --save-stats the file to write.") var second: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The imported feature extractor (default: that of a reference, else pytorch-fid).", valueName: "name")) var extractor: String?
    @Option(parsing: .unconditional, help: "The output of the network: 64, 192, 768 or 2048 (default: the extractor's).") var dims: String?
    @OptionGroup var options: ImageSetOptions
    @Flag(help: "Write the statistics of the first set to the file that the second argument names.") var saveStats = false
    @Option(parsing: .unconditional, help: "Resampled sets for a 95 % interval (default: 0, none).") var bootstrap = 0

    mutating func validate() throws {
        guard 0...10_000 ~= bootstrap else { throw ValidationError("--bootstrap \(bootstrap) is not in 0...10000") }
    }

    private var threads: Int { options.threads }
    private var sets: ImageSets { ImageSets(common: common, options: options) }

    mutating func perform() async throws -> Int32 {
        options.remarkOnDevice()
        if saveStats {
            guard !FileSystem.exists(second) else { throw CommandFailure("\(second) exists already; name a new file", code: CommandFailure.Code.badInput) }
            let input = try sets.input(first)
            let statistics = try statistics(input, first, input.needsExtractor ? maker([input]) : nil)
            try statistics.write(to: second)
            common.json ? Console.say(["file": .string(second), "samples": .optional(statistics.count)]) : Console.say("Saved \(second)")
            return 0
        }
        let inputs = try sets.inputs([first, second])
        // Two files of statistics need no network.
        let maker = inputs.contains(where: \.needsExtractor) ? try self.maker(inputs) : nil
        let a = try statistics(inputs[0], first, maker), b = try statistics(inputs[1], second, maker)
        try sets.check(a, first, b, second)
        let distance = try a.distance(to: b, threads: threads), bias = try a.bias(to: b, distance: distance, threads: threads)
        let interval = try interval(a, b, distance)
        say(distance, bias, interval, a, b, maker)
        return 0
    }

    private func maker(_ inputs: [ImageSets.Input]) throws -> StatisticsMaker {
        try sets.maker(extractor, usual: "pytorch-fid", output: dims, for: inputs, keepsFeatures: bootstrap > 0)
    }

    private func statistics(_ input: ImageSets.Input, _ text: String, _ maker: StatisticsMaker?) throws -> FeatureStatistics {
        switch input {
        case .statistics(let statistics): return statistics
        case .reference(let record): return try sets.open(record, maker).statistics
        case .images(let source):
            guard let maker else { preconditionFailure("a set of images without an extractor") }
            return try sets.showing(maker, text) { try maker.statistics(of: source) }
        }
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
        sets.remark(maker, dimension: a.fit.dimension, counts: [a.count, b.count], distance: distance, bias: bias)
        if let interval { Console.remark("95 % interval of \(bootstrap) resamples: \(interval.0) to \(interval.1)") }
        Console.say("FID:  \(distance)")
    }
}
