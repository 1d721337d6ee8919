import ArgumentParser
import Canonical
import Storage
import Training

struct ReferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Import reference statistics that others published, and use them by name.",
        discussion: """
            The files are those of clean-fid: DATASET_MODE_SPLIT_RESOLUTION.npz with mu and sigma, and the same with _kid and the features of
            single images. The name says whose features they are; of other files, --network says it.

            EXAMPLE
              fidelio reference add cifar10_clean_train_32.npz
              fidelio fid generated cifar10_clean_train_32
              fidelio reference list
            """,
        subcommands: [ReferenceListCommand.self, ReferenceAddCommand.self, ReferenceRemoveCommand.self])
}

struct ReferenceListCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the imported references.",
        discussion: """
            EXAMPLE
              fidelio reference list --json
            """)

    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        common.list(
            ReferenceStore(storage: common.storageFolder.root).list(), header: ["NAME", "NETWORK", "IMAGES", "FEATURES", "METRICS", "DIGEST"],
            empty: "No reference has been imported; fidelio reference add takes clean-fid's files of statistics.", json: \.json
        ) { record in
            [record.name, record.network, record.samples.map(String.init) ?? "unknown", "\(record.dimension)", record.hasFeatures ? "all but IS" : "FID", record.digest.short]
        }
        return 0
    }
}

struct ReferenceAddCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Store a file of reference statistics under a name.",
        discussion: """
            EXAMPLE
              fidelio reference add cifar10_clean_train_32.npz
              fidelio reference add statistics.npz --name faces --network pytorch-fid --samples 50000
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The .npz file with mu and sigma, or with feats.") var file: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The reference's name (default: the file's).", valueName: "name")) var name: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The known network whose features they are (default: that of the file's name).", valueName: "name")) var network: String?
    @Option(parsing: .unconditional, help: "Number of images, where the file does not say it.") var samples: Int?

    mutating func validate() throws {
        guard 2...Int.max ~= samples ?? 2 else { throw ValidationError("--samples \(samples ?? 0) is less than 2") }
    }

    mutating func perform() async throws -> Int32 {
        let storage = common.storageFolder
        try storage.create()
        let record: ReferenceStore.Record
        do {
            record = try ReferenceStore(storage: storage.root).add(file, name: name, network: network, samples: samples)
        } catch let error as StatisticsError {
            throw error
        } catch {
            throw CommandFailure("\(file): \(CommandFailure(error).sentence)", code: CommandFailure.Code.badInput)
        }
        if common.json {
            Console.say(record.json)
            return 0
        }
        Console.say("\(record.name) is ready: \(record.dimension) features of \(record.network), \(record.samples.map { "\($0) images" } ?? "an unknown number of images"); use it as B of fidelio fid")
        return 0
    }
}

struct ReferenceRemoveCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an imported reference.",
        discussion: """
            EXAMPLE
              fidelio reference remove faces
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of the reference.") var name: String

    mutating func perform() async throws -> Int32 {
        try ReferenceStore(storage: common.storageFolder.root).remove(name)
        if !common.json { Console.say("removed \(name)") }
        return 0
    }
}
