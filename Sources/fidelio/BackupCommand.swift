import ArgumentParser
import Canonical
import Workbench

struct BackupCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the whole storage into a folder, while the server may run.",
        discussion: """
            The copy is a storage folder itself: `fidelio serve --storage FOLDER` goes on from it. Into the same folder again, only
            what is new is copied.

            EXAMPLE
              fidelio backup /backup/fidelio --storage /data/fidelio
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Where the copy goes.", valueName: "folder")) var folder: String

    mutating func perform() async throws -> Int32 {
        let storage = common.storageFolder
        let report = try Backup(of: storage, to: folder).make()
        if common.json {
            Console.say([
                "folder": .string(folder), "files": .integer(Int64(report.files)), "bytes": .integer(report.bytes),
                "kept": .integer(Int64(report.kept)),
            ])
        } else {
            Console.say("\(report.files) files, \(report.bytes) bytes copied to \(folder); \(report.kept) archives were there already")
        }
        return 0
    }
}
