import ArgumentParser
import Canonical
import Catalog
import Execution
import Notebooks

struct ProveCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Rerun what a notebook cites and compare every digest.",
        discussion: """
            Reruns the runs behind the cells of a notebook, repeats their evaluations, draws every figure, table and number again, and compares all of it bit for bit.
            NOTEBOOK is a notebook's ID, a unique prefix of it, or the path of its Markdown file; a file that is not the text of a notebook in this storage is imported.
            Exit code 0 means identical, 2 different, 1 no verdict, with the reason. A proof that was interrupted goes on with the same command.

            EXAMPLE
              fidelio prove seeds-and-budgets --runs 5 --seed 1
              fidelio prove seeds.md --threads 1
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The notebook: an ID, a unique prefix of one, or a Markdown file.", valueName: "notebook")) var name: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Rerun a sample of so many of the cited runs; all unless said otherwise.", valueName: "n")) var runs: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("What the sample is chosen by.", valueName: "seed")) var seed = 0
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of each rerun; results must not depend on it.", valueName: "n")) var threads: Int?

    mutating func perform() async throws -> Int32 {
        guard ProofRequest.seeds.contains(seed) else { throw CommandFailure("--seed \(seed) is not in 0...\(ProofRequest.seeds.upperBound)", code: CommandFailure.Code.badInput) }
        if let runs, !ProofRequest.sample.contains(runs) { throw CommandFailure("--runs \(runs) is not in 1...\(ProofRequest.sample.upperBound)", code: CommandFailure.Code.badInput) }
        if let threads, !(1...256).contains(threads) { throw CommandFailure("--threads \(threads) is not in 1...256", code: CommandFailure.Code.badInput) }
        let target = try Target(name, common)
        let body = JSONValue.object(["runs": .optional(runs), "seed": .count(seed), "threads": .optional(threads)])
        return try await Connection.during(common) { connection in
            let id = try await target.notebook(connection, common)
            let proof = try await connection.post("/notebooks/\(id)/proofs", body)
            guard let number = proof["number"]?.integerValue else { throw CommandFailure("the server's response has no number of a proof", code: CommandFailure.Code.failed) }
            return try await follow("/notebooks/\(id)/proofs/\(number)", "proof \(number) of \(id)", connection)
        }
    }

    private func follow(_ path: String, _ what: String, _ connection: Connection) async throws -> Int32 {
        if !common.json { Console.remark(what) }
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        let (proof, isOver) = try await waiting.follow(path, until: { $0["finished"]?.numberValue != nil }, text: ProgressLine.text(ofProof:))
        guard isOver else { throw waiting.notFinished(what) }
        common.json ? Console.say(proof) : Console.say(RunText.proof(proof))
        return switch proof["verdict"]?.stringValue {
        case ProofVerdict.identical.rawValue: 0
        case ProofVerdict.different.rawValue: CommandFailure.Code.different
        default: CommandFailure.Code.failed
        }
    }

    /// The notebook that is meant.
    private enum Target: Sendable {
        case known(String)
        /// A text that no notebook has.
        case file(String, text: String)

        init(_ name: String, _ common: CommonOptions) throws {
            let isFile = FileSystem.exists(name) && !FileSystem.isFolder(name)
            let text = isFile ? try InputFile.text(name, limit: NotebookLimits.textBytes) : nil
            self = try common.openCatalog().readNow { reader in
                // A file in the working folder never hides a notebook of the same name.
                if text == nil || (try? reader.notebook(name)) != nil { return .known(try NotebookCommand.find(name, reader).id) }
                let own = text ?? ""
                let found = try reader.notebooks().first { try Array(NotebookDocument($0, reader).state.notebook.text.utf8) == Array(own.utf8) }
                return found.map { .known($0.id) } ?? .file(name, text: own)
            }
        }

        /// Its id. A text that is new becomes a notebook, which then shows what the results of the storage give.
        func notebook(_ connection: Connection, _ common: CommonOptions) async throws -> String {
            guard case .file(let name, let text) = self else {
                if case .known(let id) = self { return id }
                return ""
            }
            do { _ = try Notebook(parsing: text) } catch { throw CommandFailure("\(name): \(error)", code: CommandFailure.Code.badInput) }
            let id = try await connection.post("/notebooks", ["text": .string(text)]).answeredText("id")
            var outputs = try await connection.post("/notebooks/\(id)/outputs", nil)
            while outputs["outputs"]?.objectValue?.values.contains(where: { $0["state"]?.stringValue == "running" }) ?? false {
                try await Task.sleep(for: .milliseconds(500))
                outputs = try await connection.get("/notebooks/\(id)/outputs?states=none")
            }
            if !common.json { Console.remark("imported \(name) as \(id)") }
            return id
        }
    }
}

extension ProgressLine {
    /// Stage, percentage, rate, and remaining time of a proof, from its JSON.
    static func text(ofProof proof: JSONValue) -> String {
        let progress = proof["progress"]
        var parts = ["\(proof["notebook"]?.stringValue ?? "")  \(proof["state"]?.stringValue ?? "")"]
        if let fraction = progress?["fraction"]?.numberValue { parts.append("\(Int(saturating: 100 * fraction)) %") }
        if let ended = progress?["runs_ended"]?.integerValue, let all = proof["reruns"]?.integerValue, all > 0 { parts.append("\(ended) of \(all) runs") }
        if let rate = progress?["rate"]?.numberValue { parts.append("\(Duration.short(rate)) steps/s") }
        if let remaining = progress?["remaining_seconds"]?.numberValue { parts.append("\(Duration.text(seconds: remaining)) left") }
        return parts.joined(separator: "  ")
    }
}

extension RunText {
    /// A proof that has ended: its cells, the runs that are not identical, and the verdict.
    static func proof(_ proof: JSONValue) -> String {
        var table = Table(["CELL", "KIND", "VERDICT", "RERUN", "NOTE"])
        for cell in proof["cells"]?.arrayValue ?? [] {
            let note = cell["difference"]?["words"]?.stringValue ?? cell["reason"]?.stringValue ?? ""
            table.add([
                cell["cell"]?.stringValue ?? "", cell["kind"]?.stringValue ?? "", words(cell["verdict"]), "\(cell["rerun"]?.integerValue ?? 0) of \(cell["runs"]?.arrayValue?.count ?? 0)",
                note.isEmpty ? "-" : note,
            ])
        }
        let others = (proof["runs"]?.arrayValue ?? []).filter { ["different", "no-verdict"].contains($0["verdict"]?.stringValue) }.prefix(20).map { run in
            "run \(run["run"]?.stringValue ?? ""): \(words(run["verdict"])), \(run["difference"]?["words"]?.stringValue ?? run["reason"]?.stringValue ?? "")"
        }
        let ends = [proof["summary"]?.stringValue ?? "", "check it: \(proof["command"]?.stringValue ?? "")"]
        return ([table.text] + others + ends).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func words(_ verdict: JSONValue?) -> String { verdict?.stringValue.flatMap(ProofVerdict.init)?.words ?? "-" }
}
