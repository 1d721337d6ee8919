import ArgumentParser
import API
import Canonical
import Catalog
import Execution
import Notebooks

struct NotebookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook",
        abstract: "List, make, show, export, import and delete notebooks.",
        discussion: """
            A notebook is one Markdown file with its cells in fences; export and import keep it byte for byte, so that it can be kept in git.
            NAME is the notebook's ID or a unique prefix of it.

            EXAMPLE
              fidelio notebook new "Seeds and budgets"
              fidelio notebook new --starter start-here
              fidelio notebook list
              fidelio notebook export seeds-and-budgets > seeds.md
              fidelio notebook import seeds.md
            """,
        subcommands: [
            NotebookList.self, NotebookNew.self, NotebookStarters.self, NotebookShow.self, NotebookExport.self, NotebookImport.self, NotebookRevisions.self, NotebookDelete.self, NotebookRestore.self,
        ])

    /// The notebook with this id, or the only one whose id begins so.
    static func find(_ name: String, deleted: Bool = false, _ reader: CatalogReader) throws -> NotebookRecord {
        if let found = try reader.notebook(name), (found.deleted != nil) == deleted { return found }
        let found = try reader.notebooks(deleted: deleted).filter { $0.id.hasPrefix(name) }.sorted { $0.id < $1.id }
        guard let first = found.first else {
            let other = try reader.notebook(name)
            let hint = other == nil ? "" : deleted ? "; \(name) is not deleted" : "; \(name) is deleted: fidelio notebook restore \(name)"
            throw CommandFailure("there is no \(deleted ? "deleted " : "")notebook \(name)\(hint)", code: CommandFailure.Code.badInput)
        }
        guard found.count == 1 else {
            throw CommandFailure("\(name) is ambiguous: it matches \(found.map(\.id).joined(separator: ", "))", code: CommandFailure.Code.badInput)
        }
        return first
    }

    static func say(made answer: JSONValue, _ common: CommonOptions) throws {
        if common.json { return Console.say(answer) }
        Console.say(try answer.answeredText("id"))
    }
}

struct NotebookList: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the notebooks, the last changed first.",
        discussion: """
            EXAMPLE
              fidelio notebook list
              fidelio notebook list --deleted
            """)
    @OptionGroup var common: CommonOptions
    @Flag(help: "Those that were deleted.") var deleted = false

    mutating func perform() async throws -> Int32 {
        let deleted = deleted
        let notebooks = try common.openCatalog().readNow { try $0.notebooks(deleted: deleted) }
        if common.json {
            Console.say(["notebooks": .array(notebooks.map(NotebookJSON.listed))])
            return 0
        }
        var table = Table(["NOTEBOOK", "TITLE", "CELLS", "CHANGED", "BY"])
        for notebook in notebooks { table.add([notebook.id, notebook.title, "\(notebook.cells)", RunText.time(.number(notebook.changed)), notebook.changedBy]) }
        Console.say(table.text)
        return 0
    }
}

struct NotebookNew: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a notebook, empty or from one that comes along, and print its ID.",
        discussion: """
            EXAMPLE
              fidelio notebook new "Why do seeds differ?"
              fidelio notebook new --starter start-here
              fidelio notebook starters
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The title.") var title: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Make a copy of a notebook that comes along; see notebook starters.", valueName: "name")) var starter: String?

    func validate() throws {
        if title == nil, starter == nil { throw ValidationError("give a title, or --starter NAME") }
    }

    mutating func perform() async throws -> Int32 {
        var body: JSONValue = ["title": .string(title ?? "")]
        if let starter {
            var text = try StarterNotebook.text(starter)
            if let title {
                var notebook = try Notebook(parsing: text)
                notebook.title = title
                text = notebook.text
            }
            body = ["text": .string(text)]
        }
        try NotebookCommand.say(made: try await Connection.during(common) { [body] in try await $0.post("/notebooks", body) }, common)
        return 0
    }
}

struct NotebookStarters: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "starters", abstract: "List the notebooks that come along.",
        discussion: """
            EXAMPLE
              fidelio notebook starters
              fidelio notebook new --starter start-here
            """)
    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        let starters = try StarterNotebook.all()
        if common.json {
            Console.say(["starters": .array(starters.map(\.json))])
            return 0
        }
        var table = Table(["NAME", "TITLE", "ABOUT"])
        for starter in starters { table.add([starter.name, starter.title, starter.says]) }
        Console.say(table.text)
        return 0
    }
}

struct NotebookShow: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the cells of a notebook.",
        discussion: """
            EXAMPLE
              fidelio notebook show seeds-and-budgets
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook.") var name: String

    mutating func perform() async throws -> Int32 {
        let name = name
        let (document, revision) = try common.openCatalog().readNow { reader in
            let record = try NotebookCommand.find(name, reader)
            return (try NotebookDocument(record, reader), try reader.notebookRevisions(record.number, limit: 1).first)
        }
        if common.json {
            Console.say(NotebookJSON.document(document, revision))
            return 0
        }
        Console.say("\(document.state.title)\n\(document.record.id), \(NotebookText.cells(document.record.cells)), changed \(RunText.time(.number(document.record.changed))) by \(document.record.changedBy)")
        var table = Table(["CELL", "KIND", "REVISION", "DRAFTS", "TEXT"])
        for entry in document.state.cells {
            table.add([entry.cell.id.text, entry.cell.kind.name, "\(entry.revision)", "\(entry.drafts.count)", NotebookText.beginning(entry.cell.source)])
        }
        if !document.state.cells.isEmpty { Console.say(table.text) }
        return 0
    }
}

struct NotebookRevisions: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "revisions", abstract: "List the revisions of a notebook, newest first.",
        discussion: """
            EXAMPLE
              fidelio notebook revisions seeds-and-budgets
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook.") var name: String

    mutating func perform() async throws -> Int32 {
        let name = name
        let revisions = try common.openCatalog().readNow { try $0.notebookRevisions(NotebookCommand.find(name, $0).number) }
        if common.json {
            Console.say(["revisions": .array(revisions.map(NotebookJSON.revision))])
            return 0
        }
        var table = Table(["REVISION", "NAME", "CELLS", "TIME", "BY"])
        for revision in revisions {
            table.add([String(revision.digest.prefix(12)), revision.name.isEmpty ? "-" : revision.name, "\(revision.cells)", RunText.time(.number(revision.time)), revision.author])
        }
        Console.say(table.text)
        return 0
    }
}

struct NotebookDelete: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a notebook; it can be restored.",
        discussion: """
            EXAMPLE
              fidelio notebook delete seeds-and-budgets
              fidelio notebook restore seeds-and-budgets
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook.") var name: String

    mutating func perform() async throws -> Int32 {
        let name = name
        let id = try common.openCatalog().readNow { try NotebookCommand.find(name, $0).id }
        _ = try await Connection.during(common) { try await $0.delete("/notebooks/\(id)") }
        Console.remark("deleted \(id); fidelio notebook restore \(id) brings it back")
        return 0
    }
}

struct NotebookRestore: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restore a deleted notebook.",
        discussion: """
            EXAMPLE
              fidelio notebook delete seeds-and-budgets
              fidelio notebook restore seeds-and-budgets
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook.") var name: String

    mutating func perform() async throws -> Int32 {
        let name = name
        let id = try common.openCatalog().readNow { try NotebookCommand.find(name, deleted: true, $0).id }
        try NotebookCommand.say(made: try await Connection.during(common) { try await $0.post("/notebooks/\(id)/restore", nil) }, common)
        return 0
    }
}

/// Notebooks in words, for a terminal.
enum NotebookText {
    static func cells(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }

    /// The first line that is not blank, up to 60 characters.
    static func beginning(_ source: String) -> String {
        let line = source.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return line.count > 60 ? line.prefix(59) + "…" : String(line)
    }
}
