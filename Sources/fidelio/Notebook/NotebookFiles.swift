import ArgumentParser
import Canonical
import Catalog
import Execution
import Notebooks

struct NotebookExport: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the text of a notebook to standard output, byte for byte.",
        discussion: """
            EXAMPLE
              fidelio notebook export seeds-and-budgets > seeds.md
              fidelio notebook export seeds-and-budgets --revision 3f9c2a71b04d > then.md
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook.") var name: String
    @Option(parsing: .unconditional, help: ArgumentHelp("A revision instead of the present text: its digest or a unique prefix.", valueName: "digest")) var revision: String?

    mutating func perform() async throws -> Int32 {
        let (name, wanted) = (name, revision)
        let text = try common.openCatalog().readNow { reader in
            let record = try NotebookCommand.find(name, reader)
            guard let wanted else { return try NotebookDocument(record, reader).state.notebook.text }
            return try reader.notebookText(try NotebookExport.revision(wanted, of: record, reader)).text
        }
        common.json ? Console.say(["text": .string(text)]) : Console.write(text)
        return 0
    }

    private static func revision(_ digest: String, of record: NotebookRecord, _ reader: CatalogReader) throws -> NotebookRevisionRecord {
        let found = try reader.notebookRevisions(record.number).filter { $0.digest.hasPrefix(digest) }
        guard let first = found.first else { throw CommandFailure("the notebook \(record.id) has no revision \(digest)", code: CommandFailure.Code.badInput) }
        guard found.count == 1 else { throw CommandFailure("\(digest) is ambiguous: it matches \(found.count) revisions", code: CommandFailure.Code.badInput) }
        return first
    }
}

struct NotebookImport: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a notebook of a Markdown file and print its ID.",
        discussion: """
            Each import makes a new notebook. A text without cells becomes one text cell.

            EXAMPLE
              fidelio notebook import seeds.md
              fidelio notebook import seeds.md --name "Seeds, second reading"
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The file; - reads standard input.", valueName: "file")) var file: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Another title than the file's.", valueName: "title")) var name: String?

    mutating func perform() async throws -> Int32 {
        var text = try InputFile.text(file, limit: NotebookLimits.textBytes)
        if let name {
            do {
                var notebook = try Notebook(parsing: text)
                notebook.title = name
                text = notebook.text
            } catch { throw CommandFailure("\(file): \(error)", code: CommandFailure.Code.badInput) }
        }
        let body: JSONValue = ["text": .string(text)]
        try NotebookCommand.say(made: try await Connection.during(common) { try await $0.post("/notebooks", body) }, common)
        return 0
    }
}
