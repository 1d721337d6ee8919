import ArgumentParser
import Canonical
import Catalog
import Results

struct RetentionCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Show and change which checkpoints of a study stay.",
        discussion: """
            A rule deletes nothing by itself: `fidelio gc` does, and shows before what goes. A study without a rule keeps everything.

            Whatever the rule says, a checkpoint stays that has the best value of the study's objective, that somebody keeps (--keep), that a
            notebook, a valid link or a proof names, from which a run would resume, or whose run is queued or running.

            EXAMPLE
              fidelio retention
              fidelio retention 3f9c2a --last 1 --best 2 --every 1000
              fidelio retention 3f9c2a --off
              fidelio retention 3f9c2a --keep 400
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of a study, or with --keep and --release of a run; or a unique prefix.") var id: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("How many of the newest checkpoints of each run stay; 1 unless said otherwise.", valueName: "number")) var last: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("How many of those with the best values of the objective stay; 1 unless said otherwise.", valueName: "number")) var best: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Those at every so many steps stay.", valueName: "steps")) var every: Int?
    @Flag(help: "Takes the rule of the study away.") var off = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Keeps the checkpoint of the run at this step.", valueName: "step")) var keep: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Keeps it no longer.", valueName: "step")) var release: Int?

    private var hasRule: Bool { last != nil || best != nil || every != nil }

    mutating func validate() throws {
        let wishes = [hasRule, off, keep != nil, release != nil].count { $0 }
        if wishes > 1 { throw ValidationError("a rule (--last, --best, --every), --off, --keep and --release exclude each other") }
        if wishes > 0, id == nil { throw ValidationError("name a study, or with --keep and --release a run") }
        for (name, value, range) in [("--last", last, 0...1000), ("--best", best, 1...1000), ("--every", every, 1...1_000_000_000)] {
            if let value, !range.contains(value) { throw ValidationError("\(name) \(value) is not in \(range.lowerBound)...\(range.upperBound)") }
        }
        for (name, value) in [("--keep", keep), ("--release", release)] {
            if let value, value < 0 { throw ValidationError("\(name) \(value) is below 0") }
        }
    }

    mutating func perform() async throws -> Int32 {
        if let prefix = id {
            if let step = keep ?? release { return try await pin(prefix, step, keep != nil) }
            if hasRule || off { return try await change(prefix) }
        }
        return try await list()
    }

    private func pin(_ prefix: String, _ step: Int, _ isKept: Bool) async throws -> Int32 {
        let run = try common.openCatalog().readNow { try Lookup.run(prefix, $0) }
        let answer = try await Connection.during(common) { try await $0.post("/retention/kept", ["run": .string(run), "step": .count(step), "kept": .bool(isKept)]) }
        common.json ? Console.say(answer) : Console.say("\(isKept ? "kept" : "no longer kept"): the checkpoint of run \(run) at step \(step)")
        return 0
    }

    private func change(_ prefix: String) async throws -> Int32 {
        let study = try common.openCatalog().readNow { try Lookup.study(prefix, $0) }
        if off {
            _ = try await Connection.during(common) { try await $0.delete("/studies/\(study)/retention") }
            common.json ? Console.say(["study": .string(study), "rule": .null]) : Console.say("study \(study) keeps all checkpoints")
            return 0
        }
        let rule: JSONValue = ["last": .count(last ?? 1), "best": .count(best ?? 1), "every": .optional(every)]
        let answer = try await Connection.during(common) { try await $0.patch("/studies/\(study)/retention", rule) }
        common.json ? Console.say(["study": .string(study), "rule": answer]) : Console.say("study \(study) keeps of each run \(Self.words(answer)); fidelio gc --dry-run \(study) shows what that deletes")
        return 0
    }

    private func list() async throws -> Int32 {
        let study = try id.map { prefix in try common.openCatalog().readNow { try Lookup.study(prefix, $0) } }
        var answer = try await Connection.during(common) { try await $0.get("/retention") }
        if let study {
            let rules = try answer.answeredList("rules").filter { $0["study"]?.stringValue == study }
            answer = ["rules": .array(rules), "kept": answer["kept"] ?? .array([])]
        }
        if common.json {
            Console.say(answer)
            return 0
        }
        let rules = try answer.answeredList("rules"), kept = try answer.answeredList("kept")
        if rules.isEmpty { Console.say(study.map { "study \($0) keeps all checkpoints" } ?? "no study has a rule: all checkpoints stay") }
        if !rules.isEmpty {
            var table = Table(["STUDY", "NAME", "KEEPS OF EACH RUN", "BY"])
            for rule in rules { table.add([rule["study"]?.stringValue ?? "", rule["name"]?.stringValue ?? "", Self.words(rule["rule"] ?? .null), rule["actor"]?.stringValue ?? ""]) }
            Console.say(table.text)
        }
        if study == nil, !kept.isEmpty {
            var table = Table(["KEPT BY HAND", "STEP", "BY"])
            for one in kept { table.add([one["run"]?.stringValue ?? "", "\(one["step"]?.integerValue ?? 0)", one["actor"]?.stringValue ?? ""]) }
            Console.say(table.text)
        }
        return 0
    }

    /// A rule in words.
    static func words(_ rule: JSONValue) -> String {
        func count(_ key: String) -> Int { rule[key]?.integerValue.flatMap { Int(exactly: $0) } ?? 0 }
        return RetentionRule(last: count("last"), best: count("best"), every: rule["every"]?.integerValue.flatMap { Int(exactly: $0) }).words
    }
}

struct CleanCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Delete the checkpoints that retention rules do not keep.",
        discussion: """
            Prints what goes and what it frees, and moves it to the trash, from which it can be restored for a day: `fidelio trash`. With
            --dry-run nothing is deleted. Content that several runs share is counted once, and stays as long as one of them needs it.

            EXAMPLE
              fidelio gc --dry-run
              fidelio gc 3f9c2a
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The IDs of studies, or unique prefixes; all with a rule unless said otherwise.") var studies: [String] = []
    @Flag(help: "Prints what would go, and deletes nothing.") var dryRun = false

    mutating func perform() async throws -> Int32 {
        let prefixes = studies, isDry = dryRun
        let chosen: [String]? = prefixes.isEmpty ? nil : try common.openCatalog().readNow { reader in
            try prefixes.map { prefix in
                let study = try Lookup.study(prefix, reader)
                if try reader.retentionRule(ofStudy: study) == nil {
                    throw CommandFailure("study \(study) has no retention rule and keeps all checkpoints: fidelio retention \(study) --last 1", code: CommandFailure.Code.badInput)
                }
                return study
            }
        }
        let (preview, deletions) = try await Connection.during(common) { connection -> (JSONValue, JSONValue?) in
            let preview = try await Self.preview(chosen, connection)
            guard !isDry, (preview["checkpoints"]?.integerValue ?? 0) > 0 else { return (preview, nil) }
            var body: [String: JSONValue] = ["preview": .string(try preview.answeredText("preview"))]
            if let chosen { body["studies"] = .array(chosen.map { .string($0) }) }
            return (preview, try await connection.post("/retention/clean", .object(body)))
        }
        if common.json {
            Console.say(["preview": preview, "deletions": deletions ?? .null])
        } else {
            try say(preview, try deletions?.answeredList() ?? [])
        }
        return 0
    }

    /// The preview of all studies with a rule, or of the chosen ones.
    private static func preview(_ chosen: [String]?, _ connection: Connection) async throws -> JSONValue {
        let query = chosen.map { "?studies=\($0.joined(separator: ","))" } ?? ""
        return try await connection.get("/retention/preview\(query)")
    }

    private func say(_ preview: JSONValue, _ deletions: [JSONValue]) throws {
        let studies = try preview.answeredList("studies")
        guard !studies.isEmpty else { return Console.say("no study has a retention rule: fidelio retention STUDY --last 1 --best 1") }
        var table = Table(["STUDY", "NAME", "KEEPS OF EACH RUN", "GO", "FREES", "STAY"])
        for study in studies {
            let staying = study["staying"]?.objectValue ?? [:], sum = staying.values.reduce(0 as Int64) { $0 + ($1.integerValue ?? 0) }
            table.add([
                study["study"]?.stringValue ?? "", study["name"]?.stringValue ?? "", RetentionCommand.words(study["rule"] ?? .null), "\(study["checkpoints"]?.integerValue ?? 0)",
                "\(study["bytes"]?.integerValue ?? 0)", "\(sum)" + (sum == 0 ? "" : " (\(staying.sorted { $0.key < $1.key }.map { "\($0.value.integerValue ?? 0) \($0.key)" }.joined(separator: ", ")))"),
            ])
        }
        Console.say(table.text)
        let (count, bytes) = (preview["checkpoints"]?.integerValue ?? 0, preview["bytes"]?.integerValue ?? 0)
        if deletions.isEmpty {
            Console.say(count == 0 ? "nothing to delete" : "would delete \(count) checkpoints, \(bytes) bytes")
        } else {
            Console.say("deleted \(count) checkpoints, which frees \(bytes) bytes in a day; until then: " + deletions.map { "fidelio trash --restore \($0["number"]?.integerValue ?? 0)" }.joined(separator: ", "))
        }
    }
}
