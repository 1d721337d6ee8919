import ArgumentParser
import Catalog
import Foundation
import Logging
import Models
import Storage
import Studies

/// Options of all commands.
struct CommonOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The storage folder.", discussion: "Default: $FIDELIO_STORAGE, else Storage.", valueName: "folder"))
    var storage: String?

    @Flag(help: "Write JSON to standard output, for scripts.")
    var json = false

    var storageFolder: StorageFolder {
        StorageFolder(root: storage ?? ProgramWords.environment("FIDELIO_STORAGE") ?? "Storage")
    }

    func validate() throws {
        if let storage { try CommonOptions.checkFolder("--storage", storage) }
        if storage == nil, ProcessInfo.processInfo.environment["FIDELIO_STORAGE"] == "" {
            throw ValidationError("FIDELIO_STORAGE is empty: set it to a folder, or unset it to use the folder Storage")
        }
    }

    /// Rejects an option in place of a folder, as when the folder was forgotten.
    static func checkFolder(_ option: String, _ path: String) throws {
        if path.hasPrefix("--") { throw ValidationError("\(option) requires a folder, but is followed by \(path); to use a folder of this name, write ./\(path)") }
    }

    /// The catalog, read-only; can be used while a server is running.
    func openCatalog() throws -> Catalog { try Catalog.openForReading(at: storageFolder.catalog) }

    /// The path of this program, for starting workers.
    static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// The models that this program can train.
    static var models: [ModelSchema] { ModelCatalog.schemas }

    static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "fidelio") { ConsoleLog(label: $0) }
        logger.logLevel = level
        return logger
    }
}

/// Finds the single run or study whose ID starts with a prefix.
enum Lookup {
    static func run(_ prefix: String, _ reader: CatalogReader) throws -> String {
        if try reader.run(prefix) != nil { return prefix }
        return try only(try reader.runIDs(withPrefix: prefix), prefix, "run")
    }

    static func study(_ prefix: String, _ reader: CatalogReader) throws -> String {
        if try reader.study(prefix) != nil { return prefix }
        return try only(try reader.studyIDs(withPrefix: prefix), prefix, "study")
    }

    private static func only(_ found: [String], _ prefix: String, _ kind: String) throws -> String {
        guard let first = found.first else {
            throw CommandFailure("there is no \(kind) \(prefix)", code: CommandFailure.Code.badInput)
        }
        guard found.count == 1 else {
            throw CommandFailure(
                "\(prefix) is ambiguous: it matches \(found.joined(separator: ", "))", code: CommandFailure.Code.badInput)
        }
        return first
    }
}
