import ArgumentParser
import Canonical
import Catalog
import Studies

struct EvaluateCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a checkpoint of a run, or of every run of a study, without training.",
        discussion: """
            The values equal, bit for bit, those that training would have measured at that step. Omitted options are those of the run's own
            evaluations. What was measured already is not measured again. A run's scores stay those of its specification.
            --temperature measures metrics of super-resolution at other temperatures than the run's own, each under its own protocol.

            EXAMPLE
              fidelio evaluate 3f9c2a
              fidelio evaluate 3f9c2a --metrics fid,kid --samples 512 --step last
              fidelio evaluate 3f9c2a --metrics modes --step best --json
              fidelio evaluate 3f9c2a --metrics psnr,lr_psnr --temperature 0,0.8
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of a run or study, or a unique prefix.") var id: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Metrics, joined by commas.", valueName: "names")) var metrics: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Temperatures of the samples, joined by commas; with --metrics of super-resolution.", valueName: "numbers")) var temperature: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The feature extractor.", valueName: "name")) var encoder: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Number of generated images.", valueName: "number")) var samples: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("The reference split of the data set.", valueName: "name")) var referenceSplit: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The checkpoint: a step, best or last (default).", valueName: "step")) var step: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of each evaluation; results do not depend on it.", valueName: "n")) var threads: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Concurrent evaluations, which share the cores; only without a server.", valueName: "number")) var workers: Int?
    @Flag(help: "Queue in the server and return immediately.") var detach = false

    func validate() throws { _ = try temperatures() }

    /// The temperatures that are asked for, each with the metrics that have one.
    private func temperatures() throws -> (values: [Double], metrics: [String]) {
        guard let temperature else { return ([], []) }
        let values = try temperature.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let value = Double(word), (0...2).contains(value) else {
                throw ValidationError("--temperature has \"\(word.prefix(40))\"; allowed: numbers in 0...2, joined by commas")
            }
            return value
        }
        let known = MetricChoice.all.filter { $0.options.contains { $0.name == MetricChoice.temperatureOption } }.map(\.name)
        let names = metrics?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        guard !names.isEmpty else { throw ValidationError("--temperature needs --metrics; allowed: \(known.joined(separator: ", "))") }
        if let other = names.first(where: { !known.contains($0) }) {
            throw ValidationError("--temperature has no effect on \(other.prefix(40)); allowed: \(known.joined(separator: ", "))")
        }
        return (values, names)
    }

    mutating func perform() async throws -> Int32 {
        let requests = try requests()
        return try await Connection.during(common, workers: workers, isDetached: detach) { try await evaluate(requests, $0) }
    }

    /// One request, or one for each temperature.
    private func requests() throws -> [JSONValue] {
        let prefix = id
        let (kind, found, options) = try common.openCatalog().readNow { reader in
            let isStudy = try reader.runIDs(withPrefix: prefix).isEmpty, found = try isStudy ? Lookup.study(prefix, reader) : Lookup.run(prefix, reader)
            let run = try isStudy ? reader.runs(ofStudy: found).first : reader.run(found)
            let specification = run.flatMap { try? JSONValue(parsing: $0.specification) }
            return (isStudy ? "study" : "run", found, specification?["evaluation"]?["options"]?.objectValue ?? [:])
        }
        let (temperatures, names) = try temperatures()
        guard !temperatures.isEmpty else { return [request(kind, found, options: nil)] }
        // Other options stay those of the run, so that only the temperature differs.
        return temperatures.map { temperature in
            request(
                kind, found,
                options: Dictionary(
                    names.map { name in
                        (name, .object((options[name]?.objectValue ?? [:]).merging([MetricChoice.temperatureOption: .number(temperature)]) { $1 }))
                    }) { $1 })
        }
    }

    private func request(_ kind: String, _ found: String, options: [String: JSONValue]?) -> JSONValue {
        var evaluation: [String: JSONValue] = [:]
        if let metrics { evaluation["metrics"] = .array(metrics.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) }) }
        if let encoder { evaluation["encoder"] = .string(encoder) }
        if let samples { evaluation["samples"] = .integer(Int64(samples)) }
        if let options { evaluation["options"] = .object(options) }
        if let referenceSplit { evaluation["reference_split"] = .string(referenceSplit) }
        var request: [String: JSONValue] = [kind: .string(found), "evaluation": .object(evaluation)]
        if let step { request["step"] = Int64(step).map { .integer($0) } ?? .string(step) }
        if let threads { request["threads"] = .integer(Int64(threads)) }
        return .object(request)
    }

    private func evaluate(_ requests: [JSONValue], _ connection: Connection) async throws -> Int32 {
        var jobs: [String] = [], answers: [JSONValue] = []
        for request in requests {
            let answer = try await connection.post("/evaluations", request)
            answers.append(answer)
            jobs += try await EvaluateCommand.jobs(of: answer, connection)
            if !common.json {
                let skipped = try answer.answeredList("skipped")
                for one in skipped { Console.remark("skipped: \(RunText.text(one["reason"]))") }
                let more = (answer["skipped_total"]?.integerValue ?? 0) - Int64(skipped.count)
                if more > 0 { Console.remark("skipped: \(more) more") }
            }
        }
        if detach {
            if common.json { Console.say(answers.count == 1 ? answers[0] : .array(answers)) } else { Console.say(jobs.joined(separator: "\n")) }
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
