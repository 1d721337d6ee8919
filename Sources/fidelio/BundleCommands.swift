import ArgumentParser
import Canonical
import Catalog
import Execution
import Foundation
import Notebooks
import Results
import Server
import Storage
import Studies

/// Which checkpoints a bundle takes along, and its file.
struct BundleOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The file to write.", valueName: "file")) var output: String
    @Option(parsing: .unconditional, help: "The checkpoints of each run: chosen (default: the last and the best), none, last, best or all.") var checkpoints = "chosen"

    mutating func validate() throws {
        guard BundledCheckpoints(rawValue: checkpoints) != nil else {
            throw ValidationError("--checkpoints is \"\(checkpoints)\"; allowed: \(BundledCheckpoints.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// Writes the bundle and says what it holds.
    func write(_ common: CommonOptions, _ subject: (CatalogReader) throws -> BundleExport.Subject) throws -> Int32 {
        try OutputFolder.check(FileSystem.folder(of: output))
        let export = try common.openCatalog().readNow { reader in
            try BundleExport(subject(reader), checkpoints: BundledCheckpoints(rawValue: checkpoints) ?? .chosen, storage: common.storageFolder, models: CommonOptions.models, reader)
        }
        let report = try export.write(to: output)
        if common.json {
            Console.say(["file": .string(output), "bundle": .string(report.digest), "files": .count(report.files), "bytes": .count(report.bytes), "runs": .count(report.manifest.runs.count), "deleted_checkpoints": .count(report.deleted)])
        } else {
            Console.say("\(output): \(report.files) files, \(report.bytes) bytes, bundle \(report.digest)")
            if report.deleted > 0 { Console.say("not in it: \(report.deleted) checkpoints that were deleted on purpose; their digests are in the logs, and run.json names their steps") }
        }
        return 0
    }
}

struct ExportRunCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Write a run as a bundle: one file that reads without a server and can be verified and imported.",
        discussion: """
            The same content gives the same bytes. Unpacked, index.html shows the run.

            EXAMPLE
              fidelio export run 3f9c2a --output run.zip
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of the run, or a unique prefix.") var run: String
    @OptionGroup var options: BundleOptions

    mutating func perform() async throws -> Int32 { try options.write(common) { [run] in .run(try Lookup.run(run, $0)) } }
}

struct ExportStudyCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "study", abstract: "Write a study as a bundle: one file that reads without a server and can be verified and imported.",
        discussion: """
            All of its runs must have ended. The same content gives the same bytes. Unpacked, index.html shows the study.

            EXAMPLE
              fidelio export study 3f9c2a --output study.zip
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of the study, or a unique prefix.") var study: String
    @OptionGroup var options: BundleOptions

    mutating func perform() async throws -> Int32 { try options.write(common) { [study] in .study(try Lookup.study(study, $0)) } }
}

struct ExportNotebookCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "Write a notebook as a bundle, with the runs that its cells cite.",
        discussion: """
            Holds the text, the page that `fidelio notebook export --format html` writes, and every run behind what the cells show.

            EXAMPLE
              fidelio export notebook seeds-and-budgets --output notebook.zip
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook: an ID or a unique prefix.") var name: String
    @OptionGroup var options: BundleOptions

    mutating func perform() async throws -> Int32 {
        let prefix = name
        let id = try common.openCatalog().readNow { try NotebookCommand.find(prefix, $0).id }
        let page = try await Connection.during(common) { try await $0.download("/notebooks/\(id)/notebook.html") }
        return try options.write(common) { reader in
            let record = try NotebookCommand.find(id, reader), document = try NotebookDocument(record, reader).state.notebook
            let runs = try StoredOutput.citedRuns(of: document.cells, reader.notebookOutputs(record.number), reader)
            return .notebook(id: id, title: document.title, text: document.bytes, page: page, runs: try runs.filter { try reader.run($0) != nil })
        }
    }
}

struct ImportCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take a bundle into the storage: a run, a study or a notebook from elsewhere.",
        discussion: """
            The bundle is read whole and compared with its digests first; one that is damaged or contradicts what is here is refused and leaves nothing
            behind. Importing twice changes nothing. Imported runs are marked as such. The server may be running.

            EXAMPLE
              fidelio import study.zip
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The file.", valueName: "bundle")) var bundle: String

    mutating func perform() async throws -> Int32 {
        let storage = common.storageFolder
        let answer = try await Connection.during(common) { [bundle] in try await ImportCommand.take(bundle, into: storage, $0) }
        var fields = answer
        if let text = answer["notebook"]?.stringValue { fields = fields.adding("notebook", try await notebook(text)) }
        if common.json {
            Console.say(fields)
        } else {
            let (added, present) = (answer["added"]?.arrayValue?.count ?? 0, answer["present"]?.arrayValue?.count ?? 0)
            let known = present == 0 ? "" : "; \(present) \(present == 1 ? "was" : "were") here already"
            Console.say("\(answer["kind"]?.stringValue ?? "") \(answer["subject"]?.stringValue ?? ""): \(added) \(added == 1 ? "run" : "runs") imported\(known)")
        }
        return 0
    }

    /// Hands the server a copy that it can read and that nobody changes meanwhile.
    static func take(_ bundle: String, into storage: StorageFolder, _ connection: Connection) async throws -> JSONValue {
        guard FileSystem.kind(of: bundle) == .file else { throw CommandFailure("\(bundle): there is no such file", code: CommandFailure.Code.badInput) }
        try FileSystem.makeFolder(storage.imports, mode: 0o700)
        let name = String(UUID().uuidString.replacing("-", with: "").lowercased().prefix(16)) + ".zip"
        defer { try? FileSystem.remove("\(storage.imports)/\(name)") }
        try FileSystem.copy(bundle, to: "\(storage.imports)/\(name)")
        do {
            return try await connection.post("/imports", ["file": .string(name)])
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.sentence.replacing("\(storage.imports)/\(name)", with: bundle), code: failure.code)
        }
    }

    /// The notebook of the bundle, where there is none with this text yet.
    private func notebook(_ text: String) async throws -> JSONValue {
        let known = try common.openCatalog().readNow { reader in
            try reader.notebooks().first { try NotebookDocument($0, reader).state.notebook.bytes == Array(text.utf8) }?.id
        }
        if let known { return .string(known) }
        return try await Connection.during(common) { .string(try await $0.post("/notebooks", ["text": .string(text)]).answeredText("id")) }
    }
}
