import ArgumentParser
import Canonical
import Catalog
import Workbench

struct VerifyCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Rerun a run and compare every digest.",
        discussion: """
            Compares each training metric, sample grid, evaluation and checkpoint. Exit code 0 says identical, 2 different.

            EXAMPLE
              fidelio verify 3f9c2a --threads 1 --kernels scalar
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The run's id, or its beginning.") var run: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of the rerun; they must make no difference.", valueName: "n")) var threads: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("scalar, avx2 or avx512; they must make no difference.", valueName: "name")) var kernels: String?

    mutating func perform() async throws -> Int32 {
        let prefix = run
        let id = try common.openCatalog().readNow { try Lookup.run(prefix, $0) }
        let connection = try await Connection.open(common)
        do {
            var body: [String: JSONValue] = [:]
            if let threads { body["threads"] = .integer(Int64(threads)) }
            if let kernels { body["kernels"] = .string(kernels) }
            let rerun = try await connection.post("/runs/\(id)/rerun", .object(body)).answeredText("id")
            try await connection.begin([rerun])
            let code = try await verdict(of: rerun, connection)
            await connection.close()
            return code
        } catch {
            await connection.close()
            throw error
        }
    }

    private func verdict(of rerun: String, _ connection: Connection) async throws -> Int32 {
        if !common.json { Console.remark("rerun \(rerun)") }
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        let (run, isOver) = try await waiting.follow("/runs/\(rerun)", until: Waiting.hasEnded, text: ProgressLine.text(ofRun:))
        guard isOver else { throw waiting.notFinished("run \(rerun)") }
        let verification = try await connection.get("/runs/\(rerun)/verification")
        guard let state = verification["state"]?.stringValue, state != "none" else {
            throw CommandFailure("the rerun was \(RunText.text(run["state"])), so there is no verdict", code: CommandFailure.Code.failed)
        }
        common.json ? Console.say(verification) : Console.say(RunText.verdict(verification))
        return state == "identical" ? 0 : CommandFailure.Code.different
    }
}
