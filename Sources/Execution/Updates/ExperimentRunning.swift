import Canonical
import Experiments
import Notebooks
import Results
import Storage

/// Runs the experiments of cells: each in a process of its own, which ends with the task that waits for it.
struct ExperimentRunning: Sendable {
    /// Seconds that one experiment may take.
    static let timeLimit = 600.0
    /// Bytes of an answer at most.
    static let mostBytes = 32 << 20

    let storage: StorageFolder
    let runner: any QueryRunner

    /// The resolver with the answer to the experiment of a cell; the same one for other cells.
    /// - Parameter heard: told what the process does, and which part of it is done where that is known, as it goes on
    /// - Errors: `WorkerStartError`, `CancellationError`
    func prepared(_ resolver: CellResolver, for cell: Cell, heard: @escaping @Sendable (_ doing: String, _ fraction: Double?) -> Void = { _, _ in }) async throws -> CellResolver {
        guard cell.kind == .experiment, let fields = try? cell.fields(), let request = try? ExperimentRequest(ofCell: fields) else { return resolver }
        let output = try await runner.ask(
            ["experiment-worker", "--storage", storage.root, "--progress"], input: Array(request.json.canonicalText.utf8), seconds: Self.timeLimit, limit: Self.mostBytes
        ) { line in
            guard let report = try? JSONValue(parsing: line), let doing = report["doing"]?.stringValue else { return false }
            heard(String(doing.prefix(100)), report["fraction"]?.numberValue)
            return true
        }
        var prepared = resolver
        prepared.experimentAnswer = ExperimentAnswer(
            request, reading: output.flatMap { try? JSONValue(parsing: $0) },
            otherwise: "The experiment was stopped: it needed more than \(JSONNumber.text(Self.timeLimit)) s or more memory than an experiment may have. Choose fewer draws or samples, or run it with `fidelio experiment`.")
        return prepared
    }
}
