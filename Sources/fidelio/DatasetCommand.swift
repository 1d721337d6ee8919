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
            The files of a known data set are checked by their digests; --download fetches them from their public addresses and goes on
            where an earlier try was cut off. Any other name takes in files of your own: a folder of PNG or JPEG pictures (folders such as
            "train", "val" and "test" are splits, folders within are classes), a folder of IDX files, an .npz file ("images" or "x", "labels" or
            "y", with the split's name before or after), also from a pipe, or binary batches as of CIFAR-10. What is not taken is counted and
            told. Pictures are taken as they are stored: alpha is dropped, 16 bits become 8, EXIF orientation is not applied. A data set that
            fails changes nothing. docs/datasets.md says more.

            EXAMPLE
              fidelio dataset add mnist --from ~/Downloads/mnist
              fidelio dataset add fashion-mnist --download
              fidelio dataset add flowers --from ~/flowers --crop square --size 64
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of the data set.") var name: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The folder or file that holds it, gzipped or not.", valueName: "path")) var from: String?
    @Flag(help: "Fetch the files of a known data set from their public addresses.") var download = false
    @Option(parsing: .unconditional, help: ArgumentHelp("For files of your own: pictures, idx, npz or cifar; found out unless given.", valueName: "format")) var format: String?
    @Option(parsing: .unconditional, help: "For files of your own: the name for people.") var title: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For pictures: none, square, centre:SIDE or box:ROW,COLUMN,HEIGHT,WIDTH.", valueName: "crop")) var crop: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For pictures: the size to make of them, HEIGHTxWIDTH or one number.", valueName: "size")) var size: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For pictures: area (the mean of what a pixel covers) or bilinear.", valueName: "how")) var resize: String?
    @Option(
        name: .customLong("leave-out"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("For pictures: a file or folder within the path that is not taken; may be repeated.", valueName: "path")) var leaveOut: [String] = []
    @Flag(name: .customLong("skip-unreadable"), help: "For pictures: leave out and count files that cannot be decoded.") var skipUnreadable = false
    @Option(
        name: .customLong("max-bytes"), parsing: .unconditional,
        help: ArgumentHelp("For files of your own: the largest content, unpacked (default: 8 GiB).", valueName: "bytes")) var maxBytes: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("For files without a test split: how many are drawn into one (default: one in seven).", valueName: "count")) var test: Int?

    mutating func perform() async throws -> Int32 {
        guard (from == nil) == download else {
            throw CommandFailure("give either --from PATH or --download", code: CommandFailure.Code.badInput)
        }
        let isKnown = DatasetDescription.all.contains { $0.name == name }
        guard !isKnown || ownOptions.isEmpty else {
            throw CommandFailure("\(name) is a known data set: how it is read cannot be chosen", code: CommandFailure.Code.badInput)
        }
        let storage = common.storageFolder
        // Files appear whole or not at all, so that a server may run beside this.
        try storage.create()
        var line = ProgressLine(isQuiet: common.json)
        let store = DatasetStore(root: storage.datasets)
        let show = { (progress: DatasetProgress) in line.show("\(progress.activity)  \(Int(saturating: 100 * progress.fraction)) %") }
        let status: DatasetStore.Status
        if download {
            status = try store.download(name, progress: show)
        } else if isKnown {
            status = try store.add(name, from: from ?? "", progress: show)
        } else {
            status = try store.add(own: try own(), progress: show)
        }
        line.clear()
        common.json ? Console.say(DatasetJSON.status(status)) : Console.say(([sentence(status)] + remarks(status)).joined(separator: "\n"))
        return 0
    }

    private func remarks(_ status: DatasetStore.Status) -> [String] {
        status.leftOut.map { "left out: \($0.count) \($0.what)" } + DatasetJSON.notes(status).map { "note: \($0)" }
    }

    private func sentence(_ status: DatasetStore.Status) -> String {
        let splits = status.description.splits.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
        return "\(name) is ready: \(status.description.images) images (\(splits)), digest \(status.description.digest?.short ?? "")"
    }

    private var ownOptions: OwnDatasetOptions {
        var options = OwnDatasetOptions()
        (options.format, options.title, options.crop, options.size, options.resize) = (format, title, crop, size, resize)
        (options.leaveOut, options.skipUnreadable, options.maxBytes, options.test) = (leaveOut, skipUnreadable, maxBytes, test)
        return options
    }

    private func own() throws -> OwnDataset {
        do throws(OwnDatasetOptions.Fault) {
            var dataset = try ownOptions.dataset(name: name, path: from ?? "")
            dataset.readsStreams = true
            return dataset
        } catch {
            throw CommandFailure("--\(error.option.replacing("_", with: "-")) \(error.problem)", code: CommandFailure.Code.badInput)
        }
    }
}
