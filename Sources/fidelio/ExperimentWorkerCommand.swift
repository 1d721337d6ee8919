import ArgumentParser
import Canonical
import Datasets
import Experiments
import Storage

struct ExperimentWorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment-worker", abstract: "Run one experiment of a cell; started by the server.",
        discussion: """
            Reads a request as JSON on standard input, and writes the result, or the problem, as JSON on standard output.

            EXIT CODES
              0 done    64 bad input
            """,
        shouldDisplay: false)

    /// Address space beyond the program's own, in bytes.
    private static let memory: UInt64 = 4 << 30

    @Option(parsing: .unconditional, help: "The storage folder.") var storage: String

    mutating func perform() async throws -> Int32 {
        let request = try InputFile.json("-")
        ProcessLimits.confine(memory: Self.memory)
        let answer: JSONValue
        do { answer = try Self.answer(to: request, storage: StorageFolder(root: storage)) } catch { answer = .object(["problem": .string(ErrorSentence.of(error))]) }
        return SQLWorkerCommand.write(Array(answer.canonicalText.utf8)) ? 0 : CommandFailure.Code.nobodyReads
    }

    private static func answer(to request: JSONValue, storage: StorageFolder) throws -> JSONValue {
        var fields = try FieldReader(request)
        let experiment = try Experiment.named(try fields.string("experiment"))
        let needs = experiment.need
        var texts: [String: String] = [:], numbers: [String: Int] = [:]
        for (key, isTaken) in [("dataset", needs != .nothing), ("foreign", needs == .images || needs == .classified), ("second_encoder", needs == .images)] {
            texts[key] = try fields.optionalString(key)
            guard texts[key] == nil || isTaken else { throw fields.error(key, "has no effect with \(experiment.rawValue)") }
        }
        for (key, isTaken) in [("draws", experiment.takesDraws), ("samples", experiment.takesSamples), ("seed", true)] {
            numbers[key] = try fields.optionalInteger(key, in: 0...(1 << 53))
            guard numbers[key] == nil || isTaken else { throw fields.error(key, "has no effect with \(experiment.rawValue)") }
        }
        try fields.finish()
        guard texts["dataset"] != nil || needs == .nothing else { throw fields.error("dataset", "is missing: \(experiment.rawValue) needs a data set") }
        let inputs = ExperimentInputs(storage: storage, dataset: texts["dataset"], foreign: texts["foreign"], secondEncoder: texts["second_encoder"], threads: 1) { _ in }
        let settings = ExperimentSettings(draws: numbers["draws"] ?? experiment.defaultDraws, samples: numbers["samples"], seed: UInt64(numbers["seed"] ?? 0))
        return json(experiment, try experiment.run(try inputs.input(of: experiment), settings))
    }

    private static func json(_ experiment: Experiment, _ result: ExperimentResult) -> JSONValue {
        func text(_ ending: String) -> JSONValue { .optional(result.files.first { $0.name == experiment.rawValue + ending }?.text) }
        return .object([
            "title": .string(experiment.title), "markdown": .string(result.markdown), "csv": text(".csv"), "json": text(".json"),
            "drawings": .array(
                result.drawings.map { drawing in
                    .object(["title": .string(drawing.title), "forms": .array(drawing.forms.map { .object(["name": .string($0.name), "svg": .string($0.svg)]) })])
                }),
        ])
    }
}
