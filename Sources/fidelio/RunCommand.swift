import ArgumentParser
import Canonical

struct RunCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Train one specification and wait until it ends.",
        discussion: """
            A specification requires a model, a data set and a number of steps; omitted fields have the model's defaults. An unfinished
            attempt of the same specification is resumed.

            EXAMPLE
              echo '{"model":"ns-gan","dataset":"polygons","steps":600}' > spec.json
              fidelio run spec.json
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The specification, a JSON file; - reads standard input.", valueName: "specification")) var file: String
    @Flag(help: "Queue in the server and return immediately.") var detach = false

    mutating func perform() async throws -> Int32 {
        let specification = try InputFile.json(file)
        return try await Connection.during(common, isDetached: detach) { connection in
            let run = try await connection.post("/runs?reuse=unfinished", specification)
            let id = try run.answeredText("id")
            if detach {
                common.json ? Console.say(run) : Console.say(id)
                return 0
            }
            try await connection.begin([id])
            return try await RunCommand.wait(for: id, connection, common)
        }
    }

    /// Follows a run to its end and prints its result.
    static func wait(for id: String, _ connection: Connection, _ common: CommonOptions) async throws -> Int32 {
        if !common.json { Console.remark("run \(id)") }
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        let (run, isOver) = try await waiting.follow("/runs/\(id)", until: Waiting.hasEnded, text: ProgressLine.text(ofRun:))
        guard isOver else { throw waiting.notFinished("run \(id)") }
        common.json ? Console.say(run) : Console.say(RunText.summary(run))
        return Waiting.exitCode(ofState: run["state"]?.stringValue)
    }
}
