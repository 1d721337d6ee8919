import ArgumentParser
import Canonical
import Catalog

struct EvaluateCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a checkpoint of a run, or of every run of a study, without training.",
        discussion: """
            The values equal, bit for bit, those that training would have measured at that step. Omitted options are those of the run's own
            evaluations. What was measured already is not measured again. A run's scores stay those of its specification.

            EXAMPLE
              fidelio evaluate 3f9c2a
              fidelio evaluate 3f9c2a --metrics fid,kid --samples 512 --step last
              fidelio evaluate 3f9c2a --metrics modes --step best --json
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of a run or study, or a unique prefix.") var id: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Metrics, joined by commas.", valueName: "names")) var metrics: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The feature extractor.", valueName: "name")) var encoder: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Number of generated images.", valueName: "number")) var samples: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("The reference split of the data set.", valueName: "name")) var referenceSplit: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The checkpoint: a step, best or last (default).", valueName: "step")) var step: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of each evaluation; results do not depend on it.", valueName: "n")) var threads: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Concurrent evaluations, which share the cores; only without a server.", valueName: "number")) var workers: Int?
    @Flag(help: "Queue in the server and return immediately.") var detach = false

    mutating func perform() async throws -> Int32 {
        let request = try request()
        return try await Connection.during(common, workers: workers, isDetached: detach) { try await evaluate(request, $0) }
    }

    private func request() throws -> JSONValue {
        let prefix = id
        let (kind, found) = try common.openCatalog().readNow { reader in
            try reader.runIDs(withPrefix: prefix).isEmpty ? ("study", try Lookup.study(prefix, reader)) : ("run", try Lookup.run(prefix, reader))
        }
        var evaluation: [String: JSONValue] = [:]
        if let metrics { evaluation["metrics"] = .array(metrics.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) }) }
        if let encoder { evaluation["encoder"] = .string(encoder) }
        if let samples { evaluation["samples"] = .integer(Int64(samples)) }
        if let referenceSplit { evaluation["reference_split"] = .string(referenceSplit) }
        var request: [String: JSONValue] = [kind: .string(found), "evaluation": .object(evaluation)]
        if let step { request["step"] = Int64(step).map { .integer($0) } ?? .string(step) }
        if let threads { request["threads"] = .integer(Int64(threads)) }
        return .object(request)
    }

    private func evaluate(_ request: JSONValue, _ connection: Connection) async throws -> Int32 {
        let answer = try await connection.post("/evaluations", request)
        let jobs = try await EvaluateCommand.jobs(of: answer, connection)
        if !common.json {
            let skipped = try answer.answeredList("skipped")
            for one in skipped { Console.remark("skipped: \(RunText.text(one["reason"]))") }
            let more = (answer["skipped_total"]?.integerValue ?? 0) - Int64(skipped.count)
            if more > 0 { Console.remark("skipped: \(more) more") }
        }
        if detach {
            common.json ? Console.say(answer) : Console.say(jobs.joined(separator: "\n"))
            return 0
        }
        try await connection.begin(jobs)
        return try await wait(for: jobs, connection)
    }

    /// The IDs of all evaluations that an answer stands for: it has the first ones, and says where all are listed.
    private static func jobs(of answer: JSONValue, _ connection: Connection) async throws -> [String] {
        func ids(_ page: JSONValue) throws -> [String] { try page.answeredList("evaluations").map { try $0.answeredText("id") } }
        var jobs = try ids(answer)
        guard let list = answer["list"]?.stringValue, let total = answer["total"]?.integerValue, Int64(jobs.count) < total else { return jobs }
        jobs = []
        var token: String?
        repeat {
            let page = try await connection.get(String(list.trimmingPrefix("/api/v1")) + (token.map { "&page_token=\($0)" } ?? ""))
            jobs += try ids(page)
            token = page["next_page_token"]?.stringValue
        } while token != nil
        return jobs
    }

    private func wait(for jobs: [String], _ connection: Connection) async throws -> Int32 {
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        var ended: [JSONValue] = []
        for (place, job) in jobs.enumerated() {
            if !common.json { Console.remark("evaluation \(job)" + (jobs.count > 1 ? " (\(place + 1) of \(jobs.count))" : "")) }
            let (value, isOver) = try await waiting.follow("/evaluations/\(job)", until: Waiting.hasEnded, text: EvaluationText.progress)
            guard isOver else { throw waiting.notFinished(jobs.count > 1 ? "the evaluation of \(jobs.count) checkpoints" : "evaluation \(job)") }
            ended.append(value)
        }
        if common.json {
            Console.say(["evaluations": .array(ended)])
        } else {
            Console.say(try EvaluationText.table(ended))
            for job in ended where job["state"] != "done" { Console.remark(EvaluationText.failure(job)) }
        }
        return ended.allSatisfy { $0["state"] == "done" } ? 0 : CommandFailure.Code.failed
    }
}

/// Evaluations in words, for a terminal.
enum EvaluationText {
    /// Percent, rate and time left.
    static func progress(_ job: JSONValue) -> String {
        var parts = ["\(RunText.text(job["id"]))  \(RunText.text(job["state"]))"]
        if let phase = job["phase"]?["name"]?.stringValue { parts.append(phase) }
        if let fraction = job["phase"]?["fraction"]?.numberValue { parts.append("\(Int(saturating: 100 * fraction)) %") }
        let images = job["images"]?.integerValue ?? 0
        if let total = job["images_total"]?.integerValue, total > 0 {
            parts.append("\(Int(saturating: 100 * Double(images) / Double(total))) %  image \(images) of \(total)")
        }
        if let rate = job["rate"]?.numberValue { parts.append("\(Duration.short(rate)) images/s") }
        if let remaining = job["remaining_seconds"]?.numberValue { parts.append("\(Duration.text(seconds: remaining)) left") }
        return parts.joined(separator: "  ")
    }

    /// One row a value.
    static func table(_ jobs: [JSONValue]) throws -> String {
        var table = Table(["RUN", "STEP", "METRIC", "VALUE", "SAMPLES", "ENCODER", "PROTOCOL"])
        for job in jobs {
            for value in try job.answeredList("values") {
                let shown = value["value"] == .null ? "- (\(RunText.text(value["problem"])))" : RunText.text(value["value"])
                let digest = value["protocol"]?.stringValue.map { String($0.prefix(12)) } ?? "-"
                table.add([RunText.text(job["run"]), RunText.text(job["step"]), RunText.text(value["metric"]), shown]
                    + [value["samples"], value["encoder"]].map(RunText.text) + [digest])
            }
        }
        return table.text
    }

    static func failure(_ job: JSONValue) -> String {
        let message = job["message"]?.stringValue ?? ""
        return "evaluation \(RunText.text(job["id"])) of run \(RunText.text(job["run"])) is \(RunText.text(job["state"]))"
            + (message.isEmpty || message == job["state"]?.stringValue ? "" : ": \(message)")
    }
}
