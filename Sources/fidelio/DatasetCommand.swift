import API
import ArgumentParser
import Canonical
import Datasets
import Storage

struct DatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "List data sets; import them from files.",
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
        let store = DatasetStore(root: common.storageFolder.datasets)
        common.list(store.list(), header: ["NAME", "READY", "IMAGES", "SIZE", "TITLE"]) {
            DatasetJSON.status($0, in: store)
        } row: { status in
            let description = status.description, shape = description.shape
            return [
                description.name, status.isReady ? "yes" : "no", "\(description.images)",
                "\(shape.height) x \(shape.width) x \(shape.channels)", description.title,
            ]
        }
        return 0
    }
}

struct DatasetAddCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Verify the files of a data set and import them.",
        discussion: """
            The files of a built-in data set are verified by digest; --download fetches them from their public URLs and resumes an
            interrupted download. Any other name imports custom files: a folder of PNG or JPEG images (folders such as
            "train", "val" and "test" are splits, their subfolders are classes), a folder of IDX files, an .npz file ("images" or "x", "labels" or
            "y", with the split's name before or after), also from a pipe, or binary batches in the CIFAR-10 format. Files that are not
            imported are counted and reported. Images are imported as stored: alpha is dropped, 16 bits become 8, EXIF orientation is not
            applied. A failed import changes nothing. See docs/datasets.md.

            EXAMPLE
              fidelio dataset add mnist --from ~/Downloads/mnist
              fidelio dataset add fashion-mnist --download
              fidelio dataset add flowers --from ~/flowers --crop square --size 64
              fidelio dataset add sr --from ~/flowers --low-resolution 4 --tiles --patch 16
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of the data set.") var name: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The folder or file of the data set, gzipped or not.", valueName: "path")) var from: String?
    @Flag(help: "Fetch the files of a built-in data set from their public URLs.") var download = false
    @Option(parsing: .unconditional, help: ArgumentHelp("For custom files: pictures, idx, npz or cifar; detected unless given.", valueName: "format")) var format: String?
    @Option(parsing: .unconditional, help: "For custom files: a human-readable title.") var title: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For images: none, square, centre:SIDE or box:ROW,COLUMN,HEIGHT,WIDTH.", valueName: "crop")) var crop: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For images: the target size, HEIGHTxWIDTH or one number.", valueName: "size")) var size: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For images: area (mean over the area of a pixel) or bilinear.", valueName: "how")) var resize: String?
    @Option(
        name: .customLong("leave-out"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("For images: a file or folder within the path to skip; may be repeated.", valueName: "path")) var leaveOut: [String] = []
    @Flag(name: .customLong("skip-unreadable"), help: "For images: skip and count files that cannot be decoded.") var skipUnreadable = false
    @Option(
        name: .customLong("low-resolution"), parsing: .unconditional,
        help: ArgumentHelp("For super-resolution: the scale of the low-resolution partners of the images, 2, 4 or 8.", valueName: "scale")) var lowResolution: Int?
    @Option(
        name: .customLong("low-resolution-kernel"), parsing: .unconditional,
        help: ArgumentHelp("With --low-resolution: bicubic (made from the images) or given (folders HR and LR, or names ending in _HR and _LR).", valueName: "kernel"))
    var lowResolutionKernel: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For images: the number of patches cut from each at random, with --patch.", valueName: "count")) var patches: Int?
    @Flag(help: "For images, with --patch: cut tiles that cover each image; with --patches only from the splits other than train.") var tiles = false
    @Option(parsing: .unconditional, help: ArgumentHelp("For images: the size of a patch, HEIGHTxWIDTH or one number.", valueName: "size")) var patch: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For images, with --patches: store windows of this size for training; each time an example is used, a crop of patch size is drawn from its window anew (default: the patches themselves). whole, also with --tiles: keep the pictures whole for it, whatever their sizes.", valueName: "size")) var window: String?
    @Flag(help: "For images: mirror half of the training examples from left to right, drawn anew in every epoch.") var flips = false
    @Option(parsing: .unconditional, help: ArgumentHelp("For images: convert all of them to 1 (gray) or 3 (color) channels.", valueName: "count")) var channels: Int?
    @Option(
        name: .customLong("max-bytes"), parsing: .unconditional,
        help: ArgumentHelp("For custom files: the maximum uncompressed size (default: 8 GiB).", valueName: "bytes")) var maxBytes: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("For files without a test split: the number of items drawn into one (default: one in seven).", valueName: "count")) var test: Int?

    mutating func perform() async throws -> Int32 {
        guard (from == nil) == download else {
            throw CommandFailure("give either --from PATH or --download", code: CommandFailure.Code.badInput)
        }
        let isKnown = DatasetDescription.all.contains { $0.name == name }
        guard !isKnown || ownOptions.isEmpty else {
            throw CommandFailure("\(name) is a built-in data set: its files have a fixed format, so the options for custom files do not apply", code: CommandFailure.Code.badInput)
        }
        let storage = common.storageFolder
        // Files appear atomically, so a server may be running.
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
        common.json ? Console.say(DatasetJSON.status(status, in: store)) : Console.say(([sentence(status)] + remarks(status)).joined(separator: "\n"))
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
        (options.lowResolution, options.lowResolutionKernel) = (lowResolution, lowResolutionKernel)
        (options.patches, options.patch, options.tiles, options.channels, options.flips) = (patches, patch, tiles, channels, flips)
        options.window = window
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
