import ArgumentParser
import Canonical
import Datasets
import Experiments
import Storage
import Training

struct ExperimentCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment", abstract: "Run one of the named experiments, from data or distributions in closed form to tables and figures.",
        discussion: """
            Without a name, lists the experiments. The same data set, settings and program version give the same files.

            EXAMPLE
              fidelio experiment fid-floor --dataset mnist --output floor
              fidelio experiment dropped-modes --dataset mnist --output modes --draws 10
              fidelio experiment encoder-agreement --dataset mnist --output agreement
              fidelio experiment replay --dataset mnist --draws 10 --output replay
              fidelio experiment parzen-patches --dataset mnist --output patches
              fidelio experiment divergence-fits --output fits
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The experiment; if omitted, all are listed.") var name: String?
    @Option(parsing: .unconditional, help: "The data set, for experiments on data.") var dataset: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The folder to write to.", valueName: "folder")) var output: String?
    @Option(parsing: .unconditional, help: "Random subsamples, seeds, or random starts (default: depends on the experiment); not for encoder-agreement.") var draws: Int?
    @Option(parsing: .unconditional, help: "Images per subsample, or points (default: depends on the experiment).") var samples: Int?
    @Option(parsing: .unconditional, help: "Seed of all random numbers (default: 0).") var seed: UInt64?
    @Option(parsing: .unconditional, help: "For encoder-agreement: a data set of the same shape whose images are mixed in.") var foreign: String?
    @Option(parsing: .unconditional, help: "For encoder-agreement: the second feature extractor, vgg (another architecture; the default) or lenet (the same architecture with another seed).") var secondEncoder: String?
    @Option(parsing: .unconditional, help: "Threads (default: 1); results do not depend on it.") var threads: Int?

    func validate() throws {
        if let output { try CommonOptions.checkFolder("--output", output) }
    }

    mutating func perform() async throws -> Int32 {
        guard let name else {
            try refuse(given, "without the name of an experiment")
            list()
            return 0
        }
        let experiment = try Experiment.named(name)
        try refuse(given.filter { !isTaken($0, by: experiment) }, "with \(experiment.rawValue)")
        guard let output, dataset != nil || experiment.need == .nothing, 1...256 ~= threads ?? 1 else {
            let needed = experiment.need == .nothing ? "--output" : "--dataset and --output"
            throw CommandFailure("give \(needed), and 1 to 256 threads", code: CommandFailure.Code.badInput)
        }
        try OutputFolder.check(output)
        try say(make(experiment, dataset), in: output)
        return 0
    }

    private func isTaken(_ option: String, by experiment: Experiment) -> Bool {
        switch option {
        case "--dataset": experiment.need != .nothing
        case "--draws": experiment.takesDraws
        case "--samples": experiment.takesSamples
        case "--foreign", "--second-encoder": experiment.need == .images
        default: true
        }
    }

    /// The options that were given.
    private var given: [String] {
        [
            ("--dataset", dataset != nil), ("--output", output != nil), ("--draws", draws != nil), ("--samples", samples != nil), ("--seed", seed != nil),
            ("--foreign", foreign != nil), ("--second-encoder", secondEncoder != nil), ("--threads", threads != nil),
        ].filter { $0.1 }.map(\.0)
    }

    private func refuse(_ options: [String], _ place: String) throws {
        guard let option = options.first else { return }
        throw CommandFailure("\(option) has no effect \(place)", code: CommandFailure.Code.badInput)
    }

    private func list() {
        guard !common.json else {
            return Console.say(.array(Experiment.allCases.map { .object(["name": .string($0.rawValue), "title": .string($0.title)]) }))
        }
        var table = Table(["NAME", "TITLE"])
        for experiment in Experiment.allCases { table.add([experiment.rawValue, experiment.title]) }
        Console.say(table.text)
    }

    private func make(_ experiment: Experiment, _ dataset: String?) throws -> ExperimentResult {
        var line = ProgressLine(isQuiet: common.json)
        let input: Experiment.Input
        switch (experiment.need, dataset) {
        case (.images, let dataset?): input = .images(try images(of: dataset, &line))
        case (.features, let dataset?): input = .features(try features(of: dataset, &line))
        case (.pictures, let dataset?): input = .pictures(try pictures(of: dataset, &line))
        default: input = .none
        }
        let settings = ExperimentSettings(draws: draws ?? experiment.defaultDraws, samples: samples, seed: seed ?? 0)
        let result = try experiment.run(input, settings, threads: threads ?? 1) { fraction in
            line.show("\(experiment.rawValue)  \(Int(saturating: 100 * fraction)) %")
        }
        line.clear()
        return result
    }

    private func say(_ result: ExperimentResult, in folder: String) throws {
        try FileSystem.makeFolder(folder)
        for file in result.files { try AtomicFile.write(Array(file.text.utf8), to: "\(folder)/\(file.name)") }
        common.json
            ? Console.say(.object(["files": .array(result.files.map { .string("\(folder)/\($0.name)") })])) : Console.say(result.markdown)
    }

    private func features(of name: String, _ line: inout ProgressLine) throws -> ExperimentData {
        let dataset = try load(name, &line)
        let train = try dataset.split("train"), test = try dataset.split("test")
        let encoder = try encoder(of: name, seed: 0, &line)
        line.show("Computing features")
        // Points have no class probabilities.
        let both: (features: [Float], logits: [Float]?) = encoder.classes > 0 ? encoder.featuresAndLogits(of: train) : (encoder.features(of: train), nil)
        return ExperimentData(
            dataset: name, datasetDigest: dataset.digest, encoder: encoder.name, encoderDigest: encoder.digest, dimension: encoder.dimension,
            classes: dataset.classes, train: (both.features, train.labels), test: (encoder.features(of: test), test.labels), trainLogits: both.logits)
    }

    private func pictures(of name: String, _ line: inout ProgressLine) throws -> PatchExperimentData {
        let dataset = try load(name, &line)
        return try PatchExperimentData(dataset: name, digest: dataset.digest, train: dataset.split("train"), test: dataset.split("test"))
    }

    private func images(of name: String, _ line: inout ProgressLine) throws -> ImageExperimentData {
        let dataset = try load(name, &line)
        let second = secondEncoder ?? "vgg"
        let others = try foreign.map { try load($0, &line) }
        return try ImageExperimentData(
            train: .init(dataset: name, digest: dataset.digest, split: dataset.split("train")), test: dataset.split("test"),
            foreign: others.map { .init(dataset: $0.name, digest: $0.digest, split: try $0.split("train")) },
            encoders: [
                encoder(of: name, seed: 0, &line),
                second == EncoderSpecification.kind ? encoder(of: name, seed: 1, &line) : encoder(of: name, kind: second, seed: 0, &line),
            ])
    }

    private func load(_ name: String, _ line: inout ProgressLine) throws -> ImageDataset {
        let storage = common.storageFolder
        try storage.create()
        line.show("Loading \(name)")
        return try DatasetStore(root: storage.datasets).load(name)
    }

    private func encoder(of dataset: String, kind: String = EncoderSpecification.kind, seed: UInt64, _ line: inout ProgressLine) throws -> Encoder {
        try Encoder.of(dataset: dataset, kind: kind, seed: seed, storage: common.storageFolder.root, threads: threads ?? 1) { fraction in
            line.show("Training the feature extractor  \(Int(saturating: 100 * fraction)) %")
        }
    }
}
