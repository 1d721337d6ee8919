import ArgumentParser
import Canonical
import Catalog
import Datasets
import Results
import Storage
import Training

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a run, study or notebook as a bundle, or the files needed to recompute results.",
        discussion: """
            The server may be running. The same request gives the same bytes. Bundles: docs/archives.md; the rest: docs/reproduction.md.

            EXAMPLE
              fidelio export study 3f9c2a --output study.zip
              fidelio export samples 3f9c2a --count 1000 --output samples.npz
              fidelio export checkpoint 3f9c2a --step 0 --output initial.npz
            """,
        subcommands: [
            ExportRunCommand.self, ExportStudyCommand.self, ExportNotebookCommand.self, ExportCheckpointCommand.self, ExportSamplesCommand.self, ExportNeighborsCommand.self, ExportFeaturesCommand.self, ExportDatasetCommand.self, ExportEncoderCommand.self,
            ExportProtocolsCommand.self,
        ])
}

/// Output and threads of an export.
struct ExportOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The file to write.", valueName: "file")) var output: String
    @Option(parsing: .unconditional, help: "Threads to compute with; results do not depend on it.") var threads = 1

    mutating func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads) is not in 1...256") }
    }

    /// Writes the file in this process and prints its path.
    func make(_ export: Export, _ common: CommonOptions) async throws -> Int32 {
        try OutputFolder.check(FileSystem.folder(of: output))
        try await ExportWorkerCommand.make(export, storage: common.storageFolder.root, output: output, threads: threads)
        common.json ? Console.say(.object(["file": .string(output), "export": export.json])) : Console.say(output)
        return 0
    }
}

/// Selects a checkpoint of a run.
struct CheckpointOptions: ParsableArguments {
    @Argument(help: "The ID of the run, or a unique prefix.") var run: String
    @Option(parsing: .unconditional, help: "The step of the checkpoint (default: the latest).") var step: Int?
    @Flag(help: "The checkpoint with the best value of the run's objective.") var best = false

    mutating func validate() throws {
        if best, step != nil { throw ValidationError("give --step or --best, not both") }
    }

    /// - Errors: `CommandFailure` where the run has no such checkpoint, naming those that there are, or the reason.
    func digest(_ common: CommonOptions) throws -> Digest {
        if best { return try bestDigest(common) }
        let found = try common.openCatalog().readNow { reader in
            try reader.checkpoints(ofRun: try reader.requiredRun(try Lookup.run(run, reader)).number)
        }
        guard let chosen = step.map({ step in found.last { $0.step == step } }) ?? found.last else {
            let there = found.isEmpty ? "none exists yet" : "existing steps: " + found.map { String($0.step) }.joined(separator: ", ")
            throw CommandFailure("run \(run) has no checkpoint" + (step.map { " of step \($0)" } ?? "") + ": \(there)", code: CommandFailure.Code.badInput)
        }
        return try Digest(hex: chosen.digest)
    }
}

extension CheckpointOptions {
    private func bestDigest(_ common: CommonOptions) throws -> Digest {
        let found = try common.openCatalog().readNow { try $0.bestCheckpoint(of: try $0.requiredRun(try Lookup.run(run, $0))) }
        switch found {
        case .success(let best): return try Digest(hex: best.checkpoint.digest)
        case .failure(let absence): throw CommandFailure("run \(run) has no best checkpoint: \(absence)", code: CommandFailure.Code.badInput)
        }
    }
}

/// Which latents.
struct RangeOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Number of examples.") var count = 64
    @Option(parsing: .unconditional, help: "Index of the first example in the stream.") var start = 0
    @Option(parsing: .unconditional, help: "The latent stream: evaluation, or samples for the latents of sample grids.") var stream = "evaluation"

    mutating func validate() throws {
        guard SampleRange.counts.contains(count) else { throw ValidationError("--count \(count) is not in 1...\(SampleRange.counts.upperBound)") }
        guard SampleRange.starts.contains(start) else { throw ValidationError("--start \(start) is not in 0...\(SampleRange.starts.upperBound)") }
        guard SampleRange.Stream(rawValue: stream) != nil else {
            throw ValidationError("--stream is \"\(stream)\"; allowed: \(SampleRange.Stream.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }

    var range: SampleRange { SampleRange(stream: SampleRange.Stream(rawValue: stream) ?? .evaluation, start: start, count: count) }
}

struct ExportCheckpointCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Write a checkpoint; step 0 is the recomputed initial state.",
        discussion: """
            EXAMPLE
              fidelio export checkpoint 3f9c2a --step 0 --output initial.npz
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var checkpoint: CheckpointOptions
    @OptionGroup var options: ExportOptions

    mutating func perform() async throws -> Int32 {
        guard checkpoint.step == 0 else { return try await options.make(.checkpoint(checkpoint.digest(common)), common) }
        let prefix = checkpoint.run
        let text = try common.openCatalog().readNow { reader in try reader.requiredRun(try Lookup.run(prefix, reader)).specification }
        return try await options.make(.initial(specification: JSONValue(parsing: text)), common)
    }
}

struct ExportSamplesCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "samples", abstract: "Write examples generated by a checkpoint, with their latents, or as an image.",
        discussion: """
            If the file name ends in .png, writes an image, otherwise arrays for numpy.

            EXAMPLE
              fidelio export samples 3f9c2a --count 1000 --output samples.npz
              fidelio export samples 3f9c2a --best --count 64 --output best.npz
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var checkpoint: CheckpointOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var options: ExportOptions

    mutating func perform() async throws -> Int32 {
        let digest = try checkpoint.digest(common)
        let isPicture = options.output.hasSuffix(".png")
        return try await options.make(isPicture ? .picture(checkpoint: digest, range.range) : .samples(checkpoint: digest, range.range), common)
    }
}

struct ExportNeighborsCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "neighbors", abstract: "Write the training images nearest to generated ones, with their distances, or as an image.",
        discussion: """
            Samples are numbered as in sample grids. If the file name ends in .png, writes an image, otherwise JSON.

            EXAMPLE
              fidelio export neighbors 3f9c2a --output nearest.png
              fidelio export neighbors 3f9c2a --space features --output nearest.json
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var checkpoint: CheckpointOptions
    @Option(parsing: .unconditional, help: "Number of samples.") var count = 8
    @Option(parsing: .unconditional, help: "The first sample.") var start = 0
    @Option(parsing: .unconditional, help: "Training images for each sample.") var neighbors = 5
    @Option(parsing: .unconditional, help: "Distances of pixels, or of features by the extractor of the run's evaluations.") var space = "pixels"
    @OptionGroup var options: ExportOptions

    mutating func validate() throws {
        guard NeighborRequest.counts.contains(count) else { throw ValidationError("--count \(count) is not in 1...\(NeighborRequest.counts.upperBound)") }
        guard SampleRange.starts.contains(start) else { throw ValidationError("--start \(start) is not in 0...\(SampleRange.starts.upperBound)") }
        guard NeighborRequest.neighbors.contains(neighbors) else { throw ValidationError("--neighbors \(neighbors) is not in 1...\(NeighborRequest.neighbors.upperBound)") }
        guard NeighborRequest.Space(rawValue: space) != nil else { throw ValidationError("--space is \"\(space)\"; allowed: pixels, features") }
    }

    mutating func perform() async throws -> Int32 {
        let digest = try checkpoint.digest(common)
        let request = NeighborRequest(.samples(first: start, count: count), neighbors: neighbors, space: NeighborRequest.Space(rawValue: space) ?? .pixels)
        return try await options.make(options.output.hasSuffix(".png") ? .neighborPicture(checkpoint: digest, request) : .neighbors(checkpoint: digest, request), common)
    }
}

struct ExportFeaturesCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Write features of examples generated by a checkpoint, computed by the feature extractor of the run's evaluations.",
        discussion: """
            EXAMPLE
              fidelio export features 3f9c2a --count 10000 --output features.npz
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var checkpoint: CheckpointOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var options: ExportOptions

    mutating func perform() async throws -> Int32 { try await options.make(.features(checkpoint: checkpoint.digest(common), range.range), common) }
}

struct ExportDatasetCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Write a data set as arrays, or its canonical content (the preimage of its digest).",
        discussion: """
            If the file name ends in .bin, writes the content, otherwise arrays for numpy.

            EXAMPLE
              fidelio export dataset polygons --output polygons.npz
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of the data set.") var name: String
    @OptionGroup var options: ExportOptions

    mutating func perform() async throws -> Int32 {
        let status = try DatasetStore(root: common.storageFolder.datasets).status(of: name)
        guard status.isReady, let digest = status.description.digest else { throw DatasetError.notAdded(name: name) }
        let isContent = options.output.hasSuffix(".bin")
        return try await options.make(isContent ? .content(dataset: name, digest: digest) : .arrays(dataset: name, digest: digest), common)
    }
}

struct ExportEncoderCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoder", abstract: "Write the weights of a feature extractor by the digest stored with scores.",
        discussion: """
            EXAMPLE
              fidelio export encoder 6bd3…e1 --output encoder.npz
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The digest of the feature extractor, 64 hexadecimal digits.") var digest: String
    @OptionGroup var options: ExportOptions

    mutating func perform() async throws -> Int32 {
        guard let digest = try? Digest(hex: digest) else { throw CommandFailure("\(digest) is not a digest of 64 hexadecimal digits", code: CommandFailure.Code.badInput) }
        return try await options.make(.encoder(digest), common)
    }
}

struct ExportProtocolsCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocols", abstract: "Print the evaluation protocols of a run's values, by digest, as JSON.",
        discussion: """
            EXAMPLE
              fidelio export protocols 3f9c2a
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of the run, or a unique prefix.") var run: String

    mutating func perform() async throws -> Int32 {
        let prefix = run
        let list = try common.openCatalog().readNow { reader in try RunProtocols.json(try reader.requiredRun(try Lookup.run(prefix, reader)), reader) }
        Console.say(.array(list))
        return 0
    }
}
