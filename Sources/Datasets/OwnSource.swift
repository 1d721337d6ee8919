import Archives
import Canonical
import Codecs
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
        if format != .pictures, dataset.rule != ImageRule() { content = try refitted(content, staging) }
        try dataset.checkPartners(of: content)
        if let lowResolution = dataset.lowResolution { content.source += "; low resolution \(lowResolution)" }
        try splitTest(of: &content)
        return content
    }

    /// The images of a content in a fixed format, cropped and resized.
    private func refitted(_ content: OwnContent, _ staging: DatasetStaging) throws(DatasetError) -> OwnContent {
        guard content.kind == .images, !content.isFloat, content.shape.channels == 1 || content.shape.channels == 3 else {
            throw .notPossible(what: "--crop and --size", problem: "they apply only to gray or color images of 8 bits, and \(SystemPath.readable(dataset.path)) has others")
        }
        let old = content.shape
        var shape: ImageShape?, splits: [StagedSplit] = []
        for split in content.splits {
            let pixels = try staging.pixels()
            for index in split.indices ?? Array(0..<split.count) {
                let bytes: [UInt8]
                do throws(FileError) { bytes = try split.pixels.image(at: index, size: old.elements) } catch { throw .unreadable(file: error.path, problem: error.reason) }
                guard let fitted = dataset.rule.apply(to: PixelImage(width: old.width, height: old.height, channels: old.channels, pixels: bytes)) else {
                    throw .notPossible(what: "--crop", problem: "the box is outside the \(old.height) x \(old.width) pixels of the images")
                }
                shape = ImageShape(height: fitted.height, width: fitted.width, channels: fitted.channels)
                try pixels.append(fitted.pixels, from: dataset.path)
            }
            split.pixels.remove()
            staging.release(split.pixels.size)
            splits.append(StagedSplit(name: split.name, pixels: pixels, count: split.count, labels: split.labels))
        }
        var fitted = OwnContent(
            shape: shape ?? old, classes: content.classes, splits: splits, summary: content.summary, source: "\(content.source), \(dataset.rule.text)",
            classNames: content.classNames, leftOut: content.leftOut, notes: content.notes)
        fitted.kind = content.kind
        return fitted
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
        guard dataset.patches?.window == nil else {
            throw .notPossible(what: "--window", problem: "no test split is drawn from images that training crops: put test images into a folder test, or pass --test 0")
        }
        // Patches of one picture are in one split.
        let pictures = whole.groups?.count ?? whole.count
        let test = dataset.test ?? pictures / 7
        guard dataset.test != nil || test > 0 else {
            throw .notPossible(
                what: "\(pictures) images", problem: "these are too few to draw a test split of one in seven: add at least 7, or choose with --test N, where 0 is no test split")
        }
        guard test > 0, test < pictures else {
            throw .notPossible(what: "a test split of \(test) images", problem: "there are only \(pictures) images")
        }
        let order = RandomStream(seed: 0, name: "dataset/split").permutation(of: pictures, step: 0)
        let starts = (whole.groups ?? []).reduce(into: [0]) { starts, count in starts.append(starts[starts.count - 1] + count) }
        func images(_ pictures: ArraySlice<Int>) -> [Int] {
            whole.groups == nil ? pictures.sorted() : pictures.sorted().flatMap { starts[$0]..<starts[$0 + 1] }
        }
        content.splits = [whole.part("train", images(order[test...]))] + content.splits.dropFirst() + [whole.part("test", images(order[..<test]))]
        content.source += "; \(test) \(whole.groups == nil ? "images" : "pictures") drawn into the test split"
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
    /// The stored training images, where examples are crops of them.
    var windows: TrainingWindows?
    let summary: String
    /// Provenance, stored with the data set.
    var source: String
    /// The class names in order, if known.
    var classNames: [String] = []
    var leftOut: [LeftOut] = []
    /// Notes for users.
    var notes: [String] = []
}
