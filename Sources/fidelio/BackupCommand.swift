import ArgumentParser
import Canonical
import Storage

struct BackupCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the storage to a folder, also while the server runs.",
        discussion: """
            The copy is a complete storage folder: `fidelio serve --storage FOLDER` continues from it. A repeated backup to the same
            folder copies only new files.

            EXAMPLE
              fidelio backup /backup/fidelio --storage /data/fidelio
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The target folder.", valueName: "folder")) var folder: String

    mutating func perform() async throws -> Int32 {
        let storage = common.storageFolder
        let report = try Backup(of: storage, to: folder).make()
        if common.json {
            Console.say([
                "folder": .string(folder), "files": .integer(Int64(report.files)), "bytes": .integer(report.bytes),
                "kept": .integer(Int64(report.kept)),
            ])
        } else {
            Console.say("\(report.files) files, \(report.bytes) bytes copied to \(folder); \(report.kept) archives already existed")
        }
        return 0
    }
}
