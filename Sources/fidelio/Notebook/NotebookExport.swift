import ArgumentParser
import Archives
import Canonical
import Catalog
import Execution
import Foundation
import Notebooks
import Storage

struct NotebookExport: FidelioCommand {
    /// What is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case markdown, html, ipynb, folder
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a notebook as Markdown, as one HTML file, for Jupyter, or as a folder of files.",
        discussion: """
            Markdown is the notebook's text, byte for byte, without outputs; import reads it. The other formats hold what the cells show: HTML is
            one file that needs no server and prints well; a folder has Markdown with figures and data beside it.
            Without --output the file goes to standard output.

            EXAMPLE
              fidelio notebook export seeds-and-budgets > seeds.md
              fidelio notebook export seeds-and-budgets --revision 3f9c2a71b04d > then.md
              fidelio notebook export seeds-and-budgets --format html --output seeds.html
              fidelio notebook export seeds-and-budgets --format folder --output seeds
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The notebook.") var name: String
    @Option(parsing: .unconditional, help: "The format: markdown (default), html, ipynb or folder.") var format = Format.markdown
    @Option(parsing: .unconditional, help: ArgumentHelp("The file to write, or the folder: a new or an empty one.", valueName: "path")) var output: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("A revision instead of the present text: its digest or a unique prefix.", valueName: "digest")) var revision: String?

    func validate() throws {
        if format == .folder, output == nil { throw ValidationError("--format folder needs --output: the folder to write") }
    }

    mutating func perform() async throws -> Int32 {
        let (name, wanted) = (name, revision)
        let (id, digest) = try common.openCatalog().readNow { reader in
            let record = try NotebookCommand.find(name, reader)
            return (record.id, try wanted.map { try Self.revision($0, of: record, reader).digest })
        }
        switch format {
        case .markdown: return try write(try text(id, digest))
        case .html, .ipynb: return try write(try await download(id, digest, ending: format.rawValue))
        case .folder:
            let files = try ZipReader.members(try await download(id, digest, ending: "zip"), limit: 1 << 30)
            return try writeFolder(files)
        }
    }

    private func text(_ id: String, _ digest: String?) throws -> [UInt8] {
        try common.openCatalog().readNow { reader in
            let record = try NotebookCommand.find(id, reader)
            guard let digest, let revision = try reader.notebookRevision(record.number, digest) else { return try NotebookDocument(record, reader).state.notebook.bytes }
            return try reader.notebookText(revision).bytes
        }
    }

    private func download(_ id: String, _ digest: String?, ending: String) async throws -> [UInt8] {
        let path = "/notebooks/\(id)" + (digest.map { "/revisions/\($0)" } ?? "") + "/notebook.\(ending)"
        return try await Connection.during(common) { try await $0.download(path) }
    }

    // MARK: - Writing

    private func write(_ bytes: [UInt8]) throws -> Int32 {
        guard let output else {
            let text = String(decoding: bytes, as: UTF8.self)
            common.json ? Console.say(["text": .string(text)]) : Console.write(text)
            return 0
        }
        try OutputFolder.check(FileSystem.folder(of: output))
        try AtomicFile.write(bytes, to: output)
        common.json ? Console.say(["file": .string(output), "bytes": .count(bytes.count)]) : Console.say(output)
        return 0
    }

    private func writeFolder(_ files: [ZipMember]) throws -> Int32 {
        guard let output else { return 0 }
        let isThere = FileSystem.exists(output)
        guard try !isThere || FileSystem.isFolder(output) && FileSystem.names(in: output).isEmpty else {
            throw CommandFailure("--output \(output) is there already: name a new or an empty folder", code: CommandFailure.Code.badInput)
        }
        for file in files {
            // Below the folder that is named for the notebook; no name leads elsewhere.
            let parts = file.name.split(separator: "/").dropFirst()
            guard !parts.isEmpty, parts.allSatisfy({ $0 != ".." && $0 != "." }) else { continue }
            let path = "\(output)/\(parts.joined(separator: "/"))"
            try FileManager.default.createDirectory(atPath: FileSystem.folder(of: path), withIntermediateDirectories: true)
            try AtomicFile.write(file.content, to: path)
        }
        common.json ? Console.say(["folder": .string(output), "files": .count(files.count)]) : Console.say("\(files.count) files in \(output); start with README.md")
        return 0
    }

    private static func revision(_ digest: String, of record: NotebookRecord, _ reader: CatalogReader) throws -> NotebookRevisionRecord {
        let found = try reader.notebookRevisions(record.number).filter { $0.digest.hasPrefix(digest) }
        guard let first = found.first else { throw CommandFailure("the notebook \(record.id) has no revision \(digest)", code: CommandFailure.Code.badInput) }
        guard found.count == 1 else { throw CommandFailure("\(digest) is ambiguous: it matches \(found.count) revisions", code: CommandFailure.Code.badInput) }
        return first
    }
}
