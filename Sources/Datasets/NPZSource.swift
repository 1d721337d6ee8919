import Archives
import Canonical

/// A custom `.npz` file. Images are in "images" or "x", labels in "labels" or "y", with the split's name before or after:
/// "train_images", "x_test", "val/labels". Other arrays are counted but not read.
///
/// Images are [n, height, width] or [n, height, width, channels], uint8 from 0 to 255, or floats in [0, 1]. An array [n, 2] of floats contains
/// points in the plane with arbitrary finite coordinates. Labels are [n] or [n, 1] integers of any type, from 0 to 255.
struct NPZSource {
    let path: String
    /// Its name in messages.
    let name: String

    init(path: String, name: String? = nil) { (self.path, self.name) = (path, name ?? path) }

    func read(into staging: DatasetStaging, progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        progress(DatasetProgress(activity: "Reading \(name)", fraction: 0))
        let file = try archive { () throws(ArchiveError) in try NpzFile(path) }
        let list = try NPZArrays(file, name: name)
        var splits: [StagedSplit] = [], first: NPZImages?
        for (i, part) in list.parts.enumerated() {
            let array = try archive { () throws(ArchiveError) in try file.array(part.images) }
            let images = try NPZImages(array, file: "\(name), \(part.images)")
            guard first.map({ $0.shape == images.shape && $0.isFloat == images.isFloat }) ?? true else {
                throw .notPossible(what: name, problem: "the splits differ in the size of their images, or in the type of their numbers")
            }
            first = first ?? images
            var labels: [UInt8]?
            if let name = part.labels {
                labels = try self.labels(try archive { () throws(ArchiveError) in try file.array(name) }, count: images.count)
            }
            let pixels = try images.copy(to: staging) { done in
                progress(DatasetProgress(activity: "Reading \(name)", fraction: 0.9 * (Double(i) + done) / Double(list.parts.count)))
            }
            splits.append(StagedSplit(name: part.split, pixels: pixels, count: images.count, labels: labels))
        }
        guard let first, Set(splits.map { $0.labels == nil }).count == 1 else { throw .notPossible(what: name, problem: "one split has labels and another has none") }
        let total = splits.reduce(0) { $0 + $1.count }, taken = list.parts.flatMap { [$0.images, $0.labels].compactMap(\.self) }
        return OwnContent(
            kind: first.isPoints ? .points : .images, shape: first.shape, classes: OwnLabels.classes(splits), isFloat: first.isFloat, splits: splits,
            summary: "\(total) \(first.isPoints ? "points" : "images") from an .npz file.", source: "an .npz file of \(taken.sorted().joined(separator: ", "))",
            leftOut: list.leftOut, notes: OwnLabels.notes(splits))
    }

    private func archive<Result>(_ body: () throws(ArchiveError) -> Result) throws(DatasetError) -> Result {
        do throws(ArchiveError) {
            return try body()
        } catch {
            throw .unreadable(file: name, problem: "\(error)")
        }
    }

    private func labels(_ array: NpyStream, count: Int) throws(DatasetError) -> [UInt8] {
        let place = "\(name), \(array.name)"
        guard array.format.isInteger else { throw .notPossible(what: place, problem: "labels must be integers, but these are floating-point numbers") }
        guard array.shape == [count] || array.shape == [count, 1] else {
            throw .notPossible(what: place, problem: "its shape is \(array.shape), expected [\(count)] or [\(count), 1], one label per image")
        }
        var labels: [UInt8] = []
        labels.reserveCapacity(count)
        while labels.count < count {
            let bytes = try archive { () throws(ArchiveError) in try array.next(min(1 << 16, count - labels.count)) }
            for value in array.format.integers(bytes) {
                guard let value, let label = UInt8(exactly: value) else {
                    throw .wrongValue(
                        file: place, offset: labels.count, field: "label \(labels.count)", expected: "0 to 255", actual: value.map(String.init) ?? "above \(Int64.max)")
                }
                labels.append(label)
            }
        }
        return labels
    }
}

/// Assigns the arrays of an `.npz` file to images and labels of splits.
struct NPZArrays {
    struct Part {
        let split: String
        let images: String
        let labels: String?
    }

    private(set) var parts: [Part] = []
    let leftOut: [LeftOut]

    private static let imageWords = ["images", "image", "x"], labelWords = ["labels", "label", "targets", "target", "y"]

    init(_ file: NpzFile, name: String) throws(DatasetError) {
        var tally = LeftOutTally()
        var images: [String: String] = [:], labels: [String: String] = [:]
        for array in file.names {
            guard let role = Self.role(of: array) else {
                tally.add("arrays", array)
                continue
            }
            let other = role.isImages ? images[role.split] : labels[role.split]
            if let other { throw .notPossible(what: name, problem: "its arrays \(other) and \(array) would both be the \(role.isImages ? "images" : "labels") of one split") }
            if role.isImages { images[role.split] = array } else { labels[role.split] = array }
        }
        for member in file.others { tally.add("members that are no arrays", member) }
        leftOut = tally.list
        guard !file.names.isEmpty else { throw .notPossible(what: name, problem: "it is a zip archive without arrays (.npy); unpack it and give the folder") }
        if images[""] != nil, images.count > 1 {
            throw .notPossible(what: name, problem: "it has arrays of images both with and without a split: \(images.values.sorted().joined(separator: ", "))")
        }
        for (split, array) in labels.sorted(by: { $0.key < $1.key }) where images[split] == nil {
            throw .notPossible(what: "\(name), \(array)", problem: "there are labels but no images of this split")
        }
        let order = images.keys.sorted { (SplitName.rank($0), $0) < (SplitName.rank($1), $1) }
        guard images[""] != nil || images[SplitName.train] != nil else {
            throw .notPossible(what: name, problem: "it has no array \"images\" or \"x\" for training; its arrays are \(file.names.sorted().prefix(20).joined(separator: ", "))")
        }
        parts = order.map { Part(split: $0.isEmpty ? SplitName.train : $0, images: images[$0]!, labels: labels[$0]) }
    }

    /// The split ("" for none) and kind of an array; nil for other names.
    private static func role(of name: String) -> (split: String, isImages: Bool)? {
        let words = SplitName.tokens(name)
        func isImages(_ word: String) -> Bool? { imageWords.contains(word) ? true : labelWords.contains(word) ? false : nil }
        if words.count == 1, let kind = isImages(words[0]) { return ("", kind) }
        guard let first = words.first, let last = words.last, words.count > 1 else { return nil }
        if let kind = isImages(first), let split = SplitName.split(of: words.dropFirst().joined(separator: "_")) { return (split, kind) }
        if let kind = isImages(last), let split = SplitName.split(of: words.dropLast().joined(separator: "_")) { return (split, kind) }
        return nil
    }
}

/// Import of an array of images or points.
struct NPZImages {
    let shape: ImageShape
    let count: Int
    let isFloat: Bool
    let isPoints: Bool
    private let array: NpyStream
    /// The file and the array, for messages.
    private let file: String

    init(_ array: NpyStream, file: String) throws(DatasetError) {
        (self.array, self.file) = (array, file)
        let extents = array.shape
        let sizes = extents.count == 2 && extents[1] == 2 ? [1, 1, 2] : extents.count == 3 ? [extents[1], extents[2], 1] : Array(extents.dropFirst())
        guard sizes.count == 3, extents[0] > 0, sizes.allSatisfy({ 1...4096 ~= $0 }), [1, 2, 3].contains(sizes[2]) else {
            throw .notPossible(
                what: file, problem: "its shape is \(extents), expected [n, height, width], [n, height, width, 1 or 3] or [n, 2], with n at least 1 and sides of at most 4096")
        }
        guard sizes[2] != 2 || sizes == [1, 1, 2] else { throw .notPossible(what: file, problem: "images have 1 or 3 channels, not 2") }
        (shape, count) = (ImageShape(height: sizes[0], width: sizes[1], channels: sizes[2]), extents[0])
        (isFloat, isPoints) = (array.format.kind == .float, sizes == [1, 1, 2])
        guard isFloat || !isPoints && array.format.kind == .unsigned && array.format.size == 1 else {
            throw .notPossible(what: file, problem: "its elements are integers, expected \(isPoints ? "" : "uint8 from 0 to 255, or ")floats\(isPoints ? "" : " in [0, 1]")")
        }
    }

    /// - Errors: an invalid value, with its index; damage; content above the size limit, before decompression.
    func copy(to staging: DatasetStaging, progress: (Double) -> Void) throws(DatasetError) -> StagedPixels {
        let total = array.count
        try staging.check(total * (isFloat ? 4 : 1), from: file)
        let pixels = try staging.pixels()
        var done = 0
        while done < total {
            let bytes: [UInt8]
            do throws(ArchiveError) {
                bytes = try array.next(min(1 << 18, total - done))
            } catch {
                throw .unreadable(file: file, problem: "\(error)")
            }
            guard !bytes.isEmpty else { throw .truncated(file: file, part: "\(total) elements", expected: total, actual: done) }
            done += bytes.count / array.format.size
            try pixels.append(isFloat ? checked(array.format.floats(bytes), before: done) : bytes, from: file)
            progress(Double(done) / Double(total))
        }
        return pixels
    }

    private func checked(_ values: [Float], before end: Int) throws(DatasetError) -> [UInt8] {
        if let bad = values.firstIndex(where: { !$0.isFinite || (!isPoints && !(0...1 ~= $0)) }) {
            let place = end - values.count + bad
            throw .wrongValue(
                file: file, offset: place, field: "element \(place)", expected: isPoints ? "a finite number" : "0 to 1 (divide values of 0 to 255 by 255, or save them as uint8)",
                actual: "\(values[bad])")
        }
        return DatasetContent.littleEndian(values)
    }
}
