import ArgumentParser
import Canonical
import Catalog

struct VerifyCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Rerun a run, or what a bundle holds, and compare every digest.",
        discussion: """
            Compares each training metric, sample grid, evaluation and checkpoint. Exit code 0 means identical, 2 different. There is a verdict
            only if both runs are done or diverged; if one of them failed or was cancelled, the exit code is 1, with the reason.

            A bundle is unpacked beside the storage, which it does not change and whose data sets it uses. Its digests are compared, its runs are
            rerun, and its pages and figures are drawn again; all of it has to be identical.

            EXAMPLE
              fidelio verify 3f9c2a --threads 1 --kernels scalar
              fidelio verify study.zip --runs 3
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The ID of the run, a unique prefix, or the path of a bundle.", valueName: "run")) var run: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of the rerun; results must not depend on it. The rerun waits for this many free cores; with fewer cores in total it gets all of them, alone.", valueName: "n")) var threads: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("scalar, avx2 or avx512; results must not depend on it.", valueName: "name")) var kernels: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Of a bundle: rerun so many of its runs, spread evenly; all unless said otherwise.", valueName: "n")) var runs: Int?

    func validate() throws {
        if let runs, runs < 1 { throw ValidationError("--runs \(runs) is not positive") }
    }

    mutating func perform() async throws -> Int32 {
        if FileSystem.kind(of: run) == .file {
            return try await BundleVerification(bundle: run, common: common, threads: threads, kernels: kernels, most: runs).perform()
        }
        if runs != nil { throw CommandFailure("--runs is for a bundle, and there is no file \(run)", code: CommandFailure.Code.badInput) }
        let prefix = run
        let original = try common.openCatalog().readNow { try $0.requiredRun(try Lookup.run(prefix, $0)) }
        try VerifyCommand.requireEnd(of: original)
        let id = original.id
        var body: [String: JSONValue] = [:]
        if let threads { body["threads"] = .integer(Int64(threads)) }
        if let kernels { body["kernels"] = .string(kernels) }
        return try await Connection.during(common) { [body] connection in
            let rerun = try await connection.post("/runs/\(id)/rerun", .object(body)).answeredText("id")
            try await connection.begin([rerun])
            return try await verdict(of: rerun, connection)
        }
    }

    private func verdict(of rerun: String, _ connection: Connection) async throws -> Int32 {
        if !common.json { Console.remark("rerun \(rerun)") }
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        let (_, isOver) = try await waiting.follow("/runs/\(rerun)", until: Waiting.hasEnded, text: ProgressLine.text(ofRun:))
        guard isOver else { throw waiting.notFinished("run \(rerun)") }
        // The original may have been resumed meanwhile; then its end is awaited too.
        let (verification, isCompared) = try await waiting.follow(
            "/runs/\(rerun)/verification", until: { $0["state"]?.stringValue != "running" }, text: { _ in "waiting for the original run" })
        guard isCompared else { throw waiting.notFinished("run \(rerun)") }
        common.json ? Console.say(verification) : Console.say(RunText.verdict(verification))
        return switch verification["state"]?.stringValue {
        case "identical": 0
        case "different": CommandFailure.Code.different
        default: CommandFailure.Code.failed
        }
    }

    /// Rejects an original that has not run to its end: its rerun could not be compared.
    private static func requireEnd(of run: RunRecord) throws {
        guard !run.state.isComparable else { return }
        let detail = run.message.isEmpty || run.message == run.state.rawValue ? "" : ": \(run.message)"
        let advice = run.state.isFinal ? "resume it, or submit its specification again" : "wait until it ends"
        throw CommandFailure(
            "no verdict: run \(run.id) is \(run.state.rawValue)\(detail); verify compares runs that are done or diverged: \(advice)",
            code: CommandFailure.Code.failed)
    }
}
