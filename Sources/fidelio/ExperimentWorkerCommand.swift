import ArgumentParser
import Canonical
import Datasets
import Experiments
import Storage

struct ExperimentWorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment-worker", abstract: "Run one experiment of a cell; started by the server.",
        discussion: """
            Reads a request as JSON on standard input, and writes the result, or the problem, as JSON on standard output, with the digests of the data sets that were read.

            EXIT CODES
              0 done    64 bad input
            """,
        shouldDisplay: false)

    /// Address space beyond the program's own, in bytes.
    private static let memory: UInt64 = 4 << 30

    @Option(parsing: .unconditional, help: "The storage folder.") var storage: String
    @Flag(help: "Before the answer, a line of JSON for each step forward: what is done, and which part of it.") var progress = false

    mutating func perform() async throws -> Int32 {
        let request = try InputFile.json("-")
        ProcessLimits.confine(memory: Self.memory)
        let answer: JSONValue
        do { answer = try Self.answer(to: request, storage: StorageFolder(root: storage), Reports(isWanted: progress)) } catch { answer = .object(["problem": .string(ErrorSentence.of(error))]) }
        return SQLWorkerCommand.write(Array(answer.canonicalText.utf8)) ? 0 : CommandFailure.Code.nobodyReads
    }

    private static func answer(to json: JSONValue, storage: StorageFolder, _ reports: Reports) throws -> JSONValue {
        var fields = try FieldReader(json)
        let request = try ExperimentRequest(&fields), experiment = request.experiment
        try fields.finish()
        let inputs = ExperimentInputs(
            storage: storage, dataset: request.name(.dataset), foreign: request.name(.foreign), secondEncoder: request.name(.secondEncoder), threads: 1, say: reports.say)
        let input = try inputs.input(of: experiment), datasets = input.datasets
        let result = try experiment.run(input, request.settings) { reports.say("Running", $0) }
        return Self.json(experiment, result).adding("datasets", .object(datasets.mapValues { .string($0.hex) }))
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

/// Lines that tell how far the experiment is, at most a few a second: whoever reads them has other work.
private final class Reports {
    private let isWanted: Bool
    private var last: (doing: String, at: ContinuousClock.Instant)?

    init(isWanted: Bool) { self.isWanted = isWanted }

    func say(_ doing: String, _ fraction: Double?) {
        let now = ContinuousClock.now
        guard isWanted, last.map({ $0.doing != doing || now - $0.at >= .milliseconds(400) }) ?? true else { return }
        last = (doing, now)
        let line: JSONValue = .object(["doing": .string(doing), "fraction": .optional(fraction.map { Swift.min(1, Swift.max(0, $0.isFinite ? $0 : 0)) })])
        // Nobody reads: the answer finds out.
        _ = SQLWorkerCommand.write(Array((line.canonicalText + "\n").utf8))
    }
}
