import Canonical

/// Custom IDX files (see `IDXFolder`): every image file with the label file of the same name, or without labels.
struct OwnIDXSource {
    let folder: String

    private struct File {
        let folder: String
        let name: String
        var path: String { "\(folder)/\(name)" }
    }

    func read(into staging: DatasetStaging, progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        var tally = LeftOutTally()
        var (images, labels) = try files(&tally)
        guard !images.isEmpty else { throw .missingFile(folder: folder, names: ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"]) }
        Self.removeCopies(&images, &tally)
        Self.removeCopies(&labels, &tally)
        var parts: [(split: String, images: File, labels: File?)] = []
        for file in images { parts.append((try split(of: file, alone: images.count == 1), file, nil)) }
        parts.sort { SplitName.rank($0.split) < SplitName.rank($1.split) }
        for i in parts.indices.dropFirst() where parts[i].split == parts[i - 1].split {
            let pair = [parts[i - 1].images.name, parts[i].images.name].sorted().joined(separator: " and ")
            throw .notPossible(what: folder, problem: "\(pair) would both be the split \(parts[i].split); put the files of each data set into a separate folder")
        }
        guard parts[0].split == SplitName.train else { throw .notPossible(what: folder, problem: "there are no images for a training split") }
        for i in parts.indices { parts[i].labels = Self.partner(of: parts[i].images, split: parts[i].split, alone: parts.count == 1, among: &labels) }
        if let stranger = labels.first { throw .notPossible(what: stranger.path, problem: "there is no file of images for these labels in \(folder)") }
        var splits: [StagedSplit] = [], shape: ImageShape?
        for (i, part) in parts.enumerated() {
            progress(DatasetProgress(activity: "Reading \(part.images.name)", fraction: 0.9 * Double(i) / Double(parts.count)))
            splits.append(try read(part.images, part.labels, as: part.split, &shape, staging))
        }
        guard Set(splits.map { $0.labels == nil }).count == 1 else { throw .notPossible(what: folder, problem: "one split has labels and another has none") }
        let total = splits.reduce(0) { $0 + $1.count }
        return OwnContent(
            shape: shape!, classes: OwnLabels.classes(splits), splits: splits, summary: "\(total) gray images from IDX files.",
            source: "IDX files " + parts.map(\.images.name).sorted().joined(separator: ", "), leftOut: tally.list, notes: OwnLabels.notes(splits))
    }

    private func files(_ tally: inout LeftOutTally) throws(DatasetError) -> (images: [File], labels: [File]) {
        var images: [File] = [], labels: [File] = []
        for folder in try IDXFolder.folders(in: folder) {
            for name in try namesInFolder(folder) {
                let file = File(folder: folder, name: name)
                switch FileSystem.kind(of: file.path) {
                case .file where IDXFolder.isImages(name): images.append(file)
                case .file where IDXFolder.isLabels(name): labels.append(file)
                case .folder: tally.add("folders", name)
                default: tally.add(name.hasPrefix(".") ? "hidden files" : "other files", name)
                }
            }
        }
        return (images, labels)
    }

    /// Keeps the uncompressed one of files that differ only in spelling.
    private static func removeCopies(_ files: inout [File], _ tally: inout LeftOutTally) {
        var kept: [File] = []
        for file in files.sorted(by: { (IDXFolder.isPacked($0.name) ? 1 : 0, $0.name) < (IDXFolder.isPacked($1.name) ? 1 : 0, $1.name) }) {
            let isCopy = kept.contains { $0.folder == file.folder && IDXFolder.key($0.name) == IDXFolder.key(file.name) }
            if isCopy { tally.add("copies in another spelling", file.name) } else { kept.append(file) }
        }
        files = kept.sorted { $0.path < $1.path }
    }

    private func split(of file: File, alone: Bool) throws(DatasetError) -> String {
        let splits = SplitName.splits(within: file.name)
        guard splits.count <= 1, let split = splits.first ?? (alone ? SplitName.train : nil) else {
            throw .notPossible(what: file.path, problem: "its name does not contain a split; use train, val or test")
        }
        return alone ? SplitName.train : split
    }

    /// The labels with the same name, or else the only ones of the same split.
    private static func partner(of images: File, split: String, alone: Bool, among labels: inout [File]) -> File? {
        let key = IDXFolder.key(images.name).replacing("images", with: "labels").replacing("idx3", with: "idx1")
        let named = labels.filter { IDXFolder.key($0.name) == key && $0.folder == images.folder }
        let ofSplit = labels.filter { file in
            let splits = SplitName.splits(within: file.name)
            return splits == [split] || alone && labels.count == 1 && splits.isEmpty
        }
        guard let found = named.first ?? labels.first(where: { IDXFolder.key($0.name) == key }) ?? (ofSplit.count == 1 ? ofSplit[0] : nil) else { return nil }
        labels.removeAll { $0.path == found.path }
        return found
    }

    private func read(_ images: File, _ labels: File?, as split: String, _ shape: inout ImageShape?, _ staging: DatasetStaging) throws(DatasetError) -> StagedSplit {
        let file = try UncompressedFile(images.path)
        let dimensions = try IDXArray.dimensions(parsing: file.next(16), rank: 3, file: images.path)
        guard dimensions[1] <= 4096, dimensions[2] <= 4096 else {
            throw .wrongValue(file: images.path, offset: 8, field: "the size of an image", expected: "at most 4096 x 4096", actual: "\(dimensions[1]) x \(dimensions[2])")
        }
        let size = ImageShape(height: dimensions[1], width: dimensions[2], channels: 1)
        guard shape == nil || shape == size else { throw .notPossible(what: folder, problem: "the splits have images of different sizes, \(shape!) and \(size)") }
        shape = size
        let count = dimensions[0] * size.elements
        try staging.check(count, from: images.path)
        let pixels = try staging.pixels()
        while pixels.size < count {
            let part = try file.next(min(1 << 20, count - pixels.size))
            guard !part.isEmpty else { throw .truncated(file: images.path, part: "\(count) elements", expected: 16 + count, actual: file.offset) }
            try pixels.append(part, from: images.path)
        }
        let more = try file.next(1 << 20)
        guard more.isEmpty else { throw .trailingBytes(file: images.path, offset: 16 + count, count: more.count) }
        return StagedSplit(name: split, pixels: pixels, count: dimensions[0], labels: try labels.map { labels throws(DatasetError) in try read(labels, count: dimensions[0]) })
    }

    private func read(_ labels: File, count: Int) throws(DatasetError) -> [UInt8] {
        let array = try IDXArray(parsing: readUncompressed(labels.path, limit: 8 * (8 + count)), rank: 1, file: labels.path)
        guard array.dimensions[0] == count else {
            throw .wrongValue(file: labels.path, offset: 4, field: "dimension 1", expected: "\(count), the number of images", actual: "\(array.dimensions[0])")
        }
        return array.elements
    }
}

/// Properties derived from custom labels.
enum OwnLabels {
    /// The largest label plus one, or 0 without labels.
    static func classes(_ splits: [StagedSplit]) -> Int { splits.compactMap { $0.labels?.max() }.max().map { Int($0) + 1 } ?? 0 }

    /// Reports unused labels.
    static func notes(_ splits: [StagedSplit]) -> [String] {
        var seen = [Bool](repeating: false, count: classes(splits))
        for split in splits { for label in split.labels ?? [] { seen[Int(label)] = true } }
        let missing = seen.indices.filter { !seen[$0] }.map(String.init)
        guard !missing.isEmpty else { return [] }
        return ["no image has the label \(missing.prefix(8).joined(separator: ", "))\(missing.count > 8 ? ", …" : ""), which still counts as a class"]
    }
}
