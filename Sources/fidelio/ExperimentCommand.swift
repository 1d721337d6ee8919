import ArgumentParser
import Canonical
import Experiments
import Storage

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
              fidelio experiment disturbances --dataset mnist --output disturbed
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
    @Option(parsing: .unconditional, help: "For encoder-agreement and disturbances: a data set of the same shape whose images are mixed in.") var foreign: String?
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
        try refuse(givenOptions.filter { !experiment.takes($0) }.map(\.flag), "with \(experiment.rawValue)")
        guard let output, dataset != nil || !experiment.takes(.dataset), 1...256 ~= threads ?? 1 else {
            let needed = !experiment.takes(.dataset) ? "--output" : "--dataset and --output"
            throw CommandFailure("give \(needed), and 1 to 256 threads", code: CommandFailure.Code.badInput)
        }
        try OutputFolder.check(output)
        try say(make(experiment, dataset), in: output)
        return 0
    }

    /// The options of the experiment that were given.
    private var givenOptions: [ExperimentOption] {
        let given: [(ExperimentOption, Bool)] = [
            (.dataset, dataset != nil), (.draws, draws != nil), (.samples, samples != nil), (.seed, seed != nil), (.foreign, foreign != nil), (.secondEncoder, secondEncoder != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    /// All options that were given.
    private var given: [String] { givenOptions.map(\.flag) + [("--output", output != nil), ("--threads", threads != nil)].filter(\.1).map(\.0) }

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
        let line = Line(isQuiet: common.json)
        let inputs = ExperimentInputs(storage: common.storageFolder, dataset: dataset, foreign: foreign, secondEncoder: secondEncoder, threads: threads ?? 1) { doing, fraction in
            line.show(doing + (fraction.map { "  \(Int(saturating: 100 * $0)) %" } ?? ""))
        }
        let input = try inputs.input(of: experiment)
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
}

/// One progress line for all that a command does.
private final class Line {
    private var line: ProgressLine

    init(isQuiet: Bool) { line = ProgressLine(isQuiet: isQuiet) }

    func show(_ text: String) { line.show(text) }
    func clear() { line.clear() }
}
