import ArgumentParser
import Canonical
import Foundation
import Metrics
import Training

struct MetricsCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "FID, IS, KID, precision and recall of two sets of images in one pass, under torch-fidelity's names.",
        discussion: """
            A is the generated set and B the reference; each is what fidelio fid takes. Without one of --isc, --fid, --kid, --prc,
            --density-coverage and --prd, all are computed. A metric that cannot be computed is named with the reason, and the others are
            printed. Features are kept in the storage folder.

            EXAMPLE
              fidelio metrics generated real --json
              fidelio metrics run:3f9c2a cifar10:train --fid --isc
              fidelio metrics generated real --prc --extractor vgg16-torch-fidelity
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The generated images.") var first: String
    @Argument(help: "The reference.") var second: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The imported feature extractor (default: that of a reference, else torch-fidelity).", valueName: "name")) var extractor: String?
    @Option(parsing: .unconditional, help: "The output of the network for all metrics but the Inception score (default: the extractor's).") var dims: String?
    @Flag(help: "The Inception score of A, from the logits that the extractor names.") var isc = false
    @Flag(help: "The Frechet distance.") var fid = false
    @Flag(help: "The kernel distance, over random subsets.") var kid = false
    @Flag(help: "Improved precision and recall, and their harmonic mean.") var prc = false
    @Flag(help: "Density and coverage.") var densityCoverage = false
    @Flag(help: "F8 and F1/8 of the precision-recall curve of Sajjadi et al.") var prd = false
    @Option(parsing: .unconditional, help: "Parts of A for the Inception score.") var iscSplits = 10
    @Option(parsing: .unconditional, help: "Subsets for KID.") var kidSubsets = 100
    @Option(parsing: .unconditional, help: "Images of each set in a subset (default: 1000, or all if there are fewer).") var kidSubsetSize: Int?
    @Option(parsing: .unconditional, help: "Nearest neighbor that sets the radius of precision and recall.") var prcNeighborhood = 3
    @OptionGroup var options: ImageSetOptions

    mutating func validate() throws {
        guard 1...10_000 ~= iscSplits else { throw ValidationError("--isc-splits \(iscSplits) is not in 1...10000") }
        guard 1...10_000 ~= kidSubsets else { throw ValidationError("--kid-subsets \(kidSubsets) is not in 1...10000") }
        guard 2...1_000_000 ~= kidSubsetSize ?? 2 else { throw ValidationError("--kid-subset-size \(kidSubsetSize ?? 0) is not in 2...1000000") }
        guard 1...1000 ~= prcNeighborhood else { throw ValidationError("--prc-neighborhood \(prcNeighborhood) is not in 1...1000") }
    }

    private var groups: [FeatureMetrics.Group] {
        let asked = [(isc, FeatureMetrics.Group.isc), (fid, .fid), (kid, .kid), (prc, .prc), (densityCoverage, .densityCoverage), (prd, .prd)].filter { $0.0 }.map { $0.1 }
        return asked.isEmpty ? FeatureMetrics.Group.allCases : asked
    }

    mutating func perform() async throws -> Int32 {
        options.remarkOnDevice()
        let sets = ImageSets(common: common, options: options), inputs = try sets.inputs([first, second])
        let maker = inputs.contains(where: \.needsExtractor)
            ? try sets.maker(extractor, usual: "torch-fidelity", output: dims, for: inputs, keepsFeatures: false) : nil
        let a = try side(inputs[0], first, maker, sets, isFirst: true), b = try side(inputs[1], second, maker, sets, isFirst: false)
        try sets.check(a.statistics, first, b.statistics, second)
        var metrics = FeatureMetrics()
        (metrics.splits, metrics.subsets, metrics.subsetSize, metrics.neighborhood, metrics.threads) = (iscSplits, kidSubsets, kidSubsetSize, prcNeighborhood, options.threads)
        var line = ProgressLine(isQuiet: common.json)
        let values = try groups.flatMap { try metrics.values($0, a, b) { line.show($0) } }
        let distance = values.first { $0.name == FeatureMetrics.Group.fid.names[0] }?.number
        let bias = try distance.flatMap { try a.statistics.bias(to: b.statistics, distance: $0, threads: options.threads) }
        line.clear()
        say(values, bias, metrics, a, b, maker, sets)
        return values.contains { $0.number != nil } ? 0 : CommandFailure.Code.badInput
    }

    private func side(_ input: ImageSets.Input, _ text: String, _ maker: StatisticsMaker?, _ sets: ImageSets, isFirst: Bool) throws -> FeatureMetrics.Side {
        switch input {
        case .statistics(let statistics): return .init(statistics: statistics, features: nil)
        case .reference(let record): return try sets.open(record, maker)
        case .images(let source):
            guard let maker else { preconditionFailure("a set of images without an extractor") }
            return try sets.showing(maker, text) {
                let features = try maker.features(of: source, wantsLogits: isFirst && groups.contains(.isc))
                return FeatureMetrics.Side(statistics: try maker.statistics(of: features), features: features)
            }
        }
    }

    /// Lines NAME: VALUE with seven digits, as torch-fidelity prints them; JSON has all digits.
    private func say(
        _ values: [FeatureMetrics.Value], _ bias: Double?, _ metrics: FeatureMetrics, _ a: FeatureMetrics.Side, _ b: FeatureMetrics.Side, _ maker: StatisticsMaker?, _ sets: ImageSets
    ) {
        let counts = [a, b].map { $0.features?.count ?? $0.statistics.count }, dimension = a.statistics.fit.dimension
        if common.json {
            var members: [String: JSONValue] = [:]
            for value in values { members[value.name] = .optional(value.number) }
            if groups.contains(.fid) { members["frechet_inception_distance_bias"] = .optional(bias) }
            let problems = values.filter { $0.problem != nil }
            if !problems.isEmpty { members["problems"] = .object(Dictionary(uniqueKeysWithValues: problems.map { ($0.name, JSONValue.string($0.problem ?? "")) })) }
            (members["samples"], members["dimension"], members["options"]) = (.array(counts.map { .optional($0) }), .integer(Int64(dimension)), metrics.options(a, b))
            members["images"] = .array([a, b].map { side in side.features.map { JSONValue.string($0.images.hex) } ?? .null })
            (members["encoder"], members["encoder_digest"]) = (maker.map { .string($0.encoder) }, maker.map { .string($0.digest.hex) })
            Console.say(.object(members))
            return
        }
        sets.remark(maker, dimension: dimension, counts: counts, distance: values.first { $0.name == FeatureMetrics.Group.fid.names[0] }?.number, bias: bias)
        for group in groups {
            if let problem = values.first(where: { $0.name == group.names[0] })?.problem { Console.remark("\(group.names.joined(separator: ", ")): \(problem)") }
        }
        for value in values { if let number = value.number { Console.say("\(value.name): \(String(format: "%.7g", number))") } }
    }
}
