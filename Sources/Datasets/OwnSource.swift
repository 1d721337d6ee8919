import Archives
import Canonical
import Numerics

/// Reads custom files: detects the format, reads them, and creates a test split if there is none.
struct OwnSource {
    private let dataset: OwnDataset

    init(_ dataset: OwnDataset) {
        self.dataset = dataset
    }

    func read(into staging: DatasetStaging, progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        let path = try file(staging, progress)
        let format: OwnDataset.Format
        if let given = dataset.format { format = given } else { format = try Self.format(of: path, named: dataset.path) }
        try dataset.checkOptions(of: format)
        var content: OwnContent
        switch format {
        case .pictures: content = try PictureSource(dataset).read(into: staging, progress: progress)
        case .idx: content = try OwnIDXSource(folder: path).read(into: staging, progress: progress)
        case .npz: content = try NPZSource(path: path, name: dataset.path).read(into: staging, progress: progress)
        case .cifar: content = try OwnCIFARSource(folder: path).read(into: staging, progress: progress)
        }
        guard content.kind == .points || content.shape.height > 1 || content.shape.width > 1 else {
            throw .notPossible(what: dataset.path, problem: "its images have 1 x 1 pixels, which no model supports; give points of the plane as an array [n, 2]")
        }
        try dataset.checkPartners(of: content)
        if let lowResolution = dataset.lowResolution { content.source += "; low resolution \(lowResolution)" }
        try splitTest(of: &content)
        return content
    }

    /// The path to read from: a pipe is copied first, because the central directory of an archive is at its end.
    private func file(_ staging: DatasetStaging, _ progress: (DatasetProgress) -> Void) throws(DatasetError) -> String {
        guard FileSystem.kind(of: dataset.path) == .stream else { return dataset.path }
        guard dataset.readsStreams else {
            throw .notPossible(what: dataset.path, problem: "it is a pipe or a device; only the command fidelio dataset add reads .npz files from one")
        }
        guard dataset.format == nil || dataset.format == .npz else {
            throw .notPossible(what: dataset.path, problem: "it is a pipe or a device; only .npz files can be read from one")
        }
        progress(DatasetProgress(activity: "Reading \(dataset.path)", fraction: 0))
        let copy = staging.nextPath()
        do {
            try FileSystem.copyStream(dataset.path, to: FileWriter(copy), limit: staging.limit)
        } catch {
            throw .unreadable(file: error.path, problem: error.reason)
        }
        return copy
    }

    /// Detects the format of a path; `name` is its name in messages.
    static func format(of path: String, named name: String) throws(DatasetError) -> OwnDataset.Format {
        switch FileSystem.kind(of: path) {
        case .missing: throw .unreadable(file: name, problem: "there is no such file or folder")
        case .folder:
            if try !IDXFolder.folders(in: path).isEmpty { return .idx }
            return try namesInFolder(path).contains(where: OwnCIFARSource.isBatch) ? .cifar : .pictures
        case .file, .stream:
            let head: [UInt8]
            do {
                head = try FileReader(path).read(at: 0, count: 8)
            } catch {
                throw .unreadable(file: name, problem: error.reason)
            }
            if NpzFile.matches(head) || path.hasSuffix(".npz") { return .npz }
            throw .notPossible(what: name, problem: "it is neither a folder nor an .npz file; give the folder of images, IDX files or binary batches")
        }
    }

    /// If there is no test split, draws one from the training split by the stream "dataset/split", as a function of the number of images. Files
    /// with a validation split are divided further only on request.
    private func splitTest(of content: inout OwnContent) throws(DatasetError) {
        if let test = dataset.test, test < 0 { throw .notPossible(what: "a test split of \(test) images", problem: "its size must be at least 0") }
        guard !content.splits.contains(where: { $0.name == SplitName.test }) else {
            guard (dataset.test ?? 0) == 0 else {
                throw .notPossible(what: "a test split of \(dataset.test ?? 0) images", problem: "the files already have a test split")
            }
            return
        }
        let isAlone = content.splits.count == 1
        guard dataset.test != 0, isAlone || dataset.test != nil, let whole = content.splits.first else { return }
        // Patches of one picture are in one split.
        let pictures = whole.count / whole.group
        let test = dataset.test ?? pictures / 7
        guard dataset.test != nil || test > 0 else {
            throw .notPossible(
                what: "\(pictures) images", problem: "these are too few to draw a test split of one in seven: add at least 7, or choose with --test N, where 0 is no test split")
        }
        guard test > 0, test < pictures else {
            throw .notPossible(what: "a test split of \(test) images", problem: "there are only \(pictures) images")
        }
        let order = RandomStream(seed: 0, name: "dataset/split").permutation(of: pictures, step: 0)
        func images(_ pictures: ArraySlice<Int>) -> [Int] { pictures.sorted().flatMap { $0 * whole.group..<($0 + 1) * whole.group } }
        content.splits = [whole.part("train", images(order[test...]))] + content.splits.dropFirst() + [whole.part("test", images(order[..<test]))]
        content.source += "; \(test) \(whole.group == 1 ? "images" : "pictures") drawn into the test split"
    }
}

/// The result of reading custom files; pixels are in staged files.
struct OwnContent {
    var kind = DatasetKind.images
    let shape: ImageShape
    let classes: Int
    /// Whether pixels are float32 instead of bytes with white = 255.
    var isFloat = false
    var splits: [StagedSplit]
    let summary: String
    /// Provenance, stored with the data set.
    var source: String
    /// The class names in order, if known.
    var classNames: [String] = []
    var leftOut: [LeftOut] = []
    /// Notes for users.
    var notes: [String] = []
}
