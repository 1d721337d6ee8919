import ArgumentParser
import Canonical
import Datasets
import Workbench

struct DatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "List data sets, and add them from files.",
        discussion: """
            EXAMPLE
              fidelio dataset add mnist --from ~/Downloads/mnist
              fidelio dataset list
            """,
        subcommands: [DatasetListCommand.self, DatasetAddCommand.self])
}

struct DatasetListCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the data sets and whether they are ready.",
        discussion: """
            EXAMPLE
              fidelio dataset list --json
            """)

    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        let list = DatasetStore(root: common.storageFolder.datasets).list()
        if common.json {
            Console.say(.array(list.map(DatasetJSON.status)))
            return 0
        }
        var table = Table(["NAME", "READY", "IMAGES", "SIZE", "TITLE"])
        for status in list {
            let description = status.description
            let shape = description.shape
            table.add([
                description.name, status.isReady ? "yes" : "no", "\(description.images)",
                "\(shape.height) x \(shape.width) x \(shape.channels)", description.title,
            ])
        }
        Console.say(table.text)
        return 0
    }
}

struct DatasetAddCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Check the files of a data set and take them into the storage.",
        discussion: """
            Every file is checked by its digest. A data set that fails changes nothing.

            EXAMPLE
              fidelio dataset add mnist --from ~/Downloads/mnist
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of the data set.") var name: String
    @Option(help: ArgumentHelp("The folder that holds its files, gzipped or not.", valueName: "folder")) var from: String

    mutating func perform() async throws -> Int32 {
        let storage = common.storageFolder
        // Files appear whole or not at all, so that a server may run beside this.
        try storage.create()
        var line = ProgressLine(isQuiet: common.json)
        let status = try DatasetStore(root: storage.datasets).add(name, from: from) { progress in
            line.show("\(progress.activity)  \(Int(100 * progress.fraction)) %")
        }
        line.clear()
        common.json ? Console.say(DatasetJSON.status(status)) : Console.say("\(name) is ready: \(status.description.images) images")
        return 0
    }
}
