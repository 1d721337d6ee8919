import ArgumentParser
import Canonical
import Notebooks

struct NotebookImport: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a notebook of a Markdown file or a Jupyter notebook and print its ID.",
        discussion: """
            Each import makes a new notebook. A text without cells becomes one text cell. Of a Jupyter notebook (.ipynb) the texts are taken and the
            outputs that are text or pictures; code is kept as text that is shown, and never run. What is left out is listed on standard error.

            EXAMPLE
              fidelio notebook import seeds.md
              fidelio notebook import analysis.ipynb
              fidelio notebook import seeds.md --name "Seeds, second reading"
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The file; - reads standard input.", valueName: "file")) var file: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Another title than the file's.", valueName: "title")) var name: String?

    mutating func perform() async throws -> Int32 {
        var text = file.hasSuffix(".ipynb") ? try jupyter() : try InputFile.text(file, limit: NotebookLimits.textBytes)
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

    /// A Jupyter notebook as a text of ours.
    private func jupyter() throws -> String {
        let name = String(file.split(separator: "/").last?.dropLast(6) ?? "")
        do {
            let reader = try JupyterReader(Array(try InputFile.text(file, limit: JupyterReader.fileBytes).utf8), title: name.isEmpty ? "Imported notebook" : name)
            for note in reader.notes { Console.remark(note) }
            return reader.notebook.text
        } catch let error as FieldError { throw CommandFailure("\(file): \(error)", code: CommandFailure.Code.badInput) }
    }
}
