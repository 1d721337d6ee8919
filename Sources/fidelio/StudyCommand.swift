import ArgumentParser
import Canonical
import Workbench

struct StudyCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Run every run of a plan and wait for the end.",
        discussion: """
            A plan names a data set, models, a protocol (how many settings are tried) and seeds. The same plan is the same study:
            asked for again, it goes on where it was.

            EXAMPLE
              echo '{"name":"first look","dataset":"polygons","models":["ns-gan","wgan"],"steps":600,"width":0.25,
                     "protocol":{"kind":"wide","settings":4,"search_seed":1},"seeds":[0,1]}' > plan.json
              fidelio study plan.json
              fidelio study --names
              fidelio study --named small-study --dataset mnist --steps 600 --width 0.25 --workers 2
              fidelio study --reruns-of 3f9c2a --seeds 50
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The plan, a JSON file; - reads standard input.", valueName: "plan")) var file: String?
    @OptionGroup(title: "INSTEAD OF A FILE") var source: PlanSource
    @Option(help: ArgumentHelp("Runs at a time, each with its share of the cores; without a server.", valueName: "number")) var workers: Int?
    @Flag(help: "Print the plan and do nothing.") var printPlan = false
    @Flag(help: "Say what it would expand to and how long it would take, and do nothing.") var preview = false
    @Flag(help: "Queue it in the server and do not wait.") var detach = false

    mutating func perform() async throws -> Int32 {
        if source.names {
            common.json ? Console.say(PlanSource.list) : Console.say(PlanSource.table)
            return 0
        }
        if let workers, workers < 1 { throw CommandFailure("--workers \(workers) is less than 1", code: CommandFailure.Code.badInput) }
        let connection = try await Connection.open(common, workers: workers)
        do {
            let plan = try await source.plan(file: file, connection)
            let code = printPlan ? PlanSource.show(plan) : try await perform(plan, connection)
            await connection.close()
            return code
        } catch {
            await connection.close()
            throw error
        }
    }

    private func perform(_ plan: JSONValue, _ connection: Connection) async throws -> Int32 {
        if preview {
            let preview = try await connection.post("/studies/preview", plan)
            let time = preview["estimate"]?["seconds"]?.numberValue.map { "about \(Duration.text(seconds: $0))" } ?? "unknown time"
            let memory = preview["estimate"]?["memory_bytes"]?.integerValue.map { ", about \($0 >> 20) MiB of memory a worker" } ?? ""
            common.json ? Console.say(preview) : Console.say("\(RunText.text(preview["runs"])) runs, \(time)\(memory)")
            if !common.json { for note in preview["notes"]?.arrayValue ?? [] { Console.say(RunText.text(note)) } }
            return 0
        }
        if detach && !connection.isServer {
            throw CommandFailure("--detach needs a server to leave the study to: fidelio serve", code: CommandFailure.Code.unavailable)
        }
        let study = try await connection.post("/studies", plan)
        let id = study["id"]?.stringValue ?? ""
        if detach {
            common.json ? Console.say(study) : Console.say(id)
            return 0
        }
        let results = try await connection.get("/studies/\(id)/results")
        let runs = (results["models"]?.arrayValue ?? []).flatMap { $0["runs"]?.arrayValue ?? [] }.compactMap { $0["run"]?.stringValue }
        try await connection.begin(runs)
        return try await wait(for: id, connection)
    }

    private func wait(for id: String, _ connection: Connection) async throws -> Int32 {
        if !common.json { Console.remark("study \(id)") }
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        let (study, isOver) = try await waiting.follow("/studies/\(id)", until: Waiting.hasEnded, text: ProgressLine.text(ofStudy:))
        guard isOver else { throw waiting.notFinished("study \(id)") }
        let results = try await connection.get("/studies/\(id)/results")
        common.json ? Console.say(["study": study, "results": results]) : Console.say(StudyCommand.table(results))
        let isBad = ["failed", "cancelled"].contains { study["runs"]?[$0]?.integerValue ?? 0 > 0 }
        return !isBad ? 0 : CommandFailure.Code.failed
    }

    private static func table(_ results: JSONValue) -> String {
        var table = Table(["MODEL", "SETTING", "SEED", "STATE", "BEST FID", "AT STEP", "RUN"])
        for model in results["models"]?.arrayValue ?? [] {
            for run in model["runs"]?.arrayValue ?? [] {
                table.add(
                    [
                        model["model"], run["setting"], run["seed"], run["state"], run["best"]?["value"], run["best"]?["step"], run["run"],
                    ].map(RunText.text))
            }
        }
        return table.text
    }
}
