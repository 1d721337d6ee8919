import Canonical
import Codecs

/// A folder of PNG or JPEG images (see `PictureListing`), read in path order.
///
/// Pixels are used as stored: the alpha channel is dropped without blending; 16 bits are truncated to 8; EXIF orientation and color
/// profiles are ignored.
struct PictureSource {
    private let dataset: OwnDataset
    private var folder: String { dataset.path }

    init(_ dataset: OwnDataset) { self.dataset = dataset }

    func read(into staging: DatasetStaging, progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        guard FileSystem.isFolder(folder) else { throw .notPossible(what: folder, problem: "expected a folder of pictures") }
        let path = folder.hasSuffix("/") && folder != "/" ? String(folder.dropLast()) : folder
        var listing = try PictureListing(path, leaveOut: dataset.leaveOut)
        let parts = try parts(&listing, path)
        let names = Set(parts.flatMap(\.pictures).compactMap(\.high.folder)).sorted()
        let classes = names.count > 1 ? names : []
        let labels = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
        let total = parts.reduce(0) { $0 + $1.pictures.count }
        var reader = Reader(rule: dataset.rule, channels: dataset.channels), splits: [StagedSplit] = [], done = 0, taken = 0
        var windows: TrainingWindows?
        if case .fixed(let height, let width)? = dataset.patches?.window { windows = .fixed(height: height, width: width) }
        for (name, pictures) in parts {
            let pixels = try staging.pixels(), given = dataset.lowResolution?.kernel == .given ? try staging.pixels() : nil
            var found: [UInt8] = [], count = 0, groups: [Int] = [], sizes: [(height: Int, width: Int)] = []
            for (picture, partner) in pictures {
                defer { done += 1 }
                if done % 256 == 255 { progress(DatasetProgress(activity: "Reading \(picture.path)", fraction: 0.9 * Double(done) / Double(total))) }
                let images: [Example]
                do throws(DatasetError) {
                    images = try self.images(picture, partner, number: taken, split: name, &reader)
                } catch {
                    guard dataset.skipsUnreadable, case .unreadable(let file, _) = error else { throw error }
                    listing.leftOut.add("unreadable pictures", file.hasPrefix("\(path)/") ? String(file.dropFirst(path.count + 1)) : file)
                    continue
                }
                taken += 1
                groups.append(images.count)
                for image in images {
                    try pixels.append(image.high, from: picture.path)
                    if let low = image.low, let given { try given.append(low, from: partner?.path ?? picture.path) }
                    sizes.append(image.size)
                    count += 1
                    if let folder = picture.folder, let label = labels[folder] { found.append(UInt8(label)) }
                }
            }
            guard count > 0 else { throw .notPossible(what: path, problem: "none of the \(pictures.count) pictures of the split \(name) can be read") }
            var split = StagedSplit(name: name, pixels: pixels, count: count, labels: classes.isEmpty ? nil : found)
            (split.lowResolution, split.groups) = (given, dataset.patches == nil ? nil : groups)
            splits.append(split)
            if dataset.patches?.keepsWhole(split: name) == true {
                guard count <= TrainingWindows.mostPictures else {
                    throw .notPossible(what: path, problem: "its split \(name) has \(count) pictures; at most \(TrainingWindows.mostPictures) can be kept whole")
                }
                windows = .whole(heights: sizes.map(\.height), widths: sizes.map(\.width))
            }
        }
        let shape = reader.shape!, count = splits.reduce(0) { $0 + $1.count }
        let summary = dataset.patches.map { "\(count) images: \($0)." } ?? "\(count) pictures from files."
        var content = OwnContent(
            shape: shape, classes: classes.count, splits: splits, summary: summary,
            source: "PNG and JPEG files, \(dataset.rule.text)" + Self.patchText(dataset) + Self.classesText(classes), classNames: classes.map(SystemPath.readable),
            leftOut: listing.leftOut.list, notes: Self.notes(splits, classes))
        content.windows = windows
        return content
    }

    /// An image that comes from a picture, with its given partner.
    private typealias Example = (high: [UInt8], low: [UInt8]?, size: (height: Int, width: Int))

    private typealias Part = (name: String, pictures: [(high: PictureListing.Picture, low: PictureListing.Picture?)])

    /// The pictures of each split, with their low-resolution partners if these are given. Partners that lie beside the pictures but are not wanted are left out.
    private func parts(_ listing: inout PictureListing, _ path: String) throws(DatasetError) -> [Part] {
        var parts: [Part] = []
        for (name, pictures) in listing.splits {
            guard let kind = dataset.lowResolution else {
                parts.append((name, pictures.map { ($0, nil) }))
                continue
            }
            if kind.kernel == .given {
                parts.append((name, try PicturePairs.pairs(of: pictures, in: path).map { ($0.high, $0.low) }))
            } else if let (high, low) = PicturePairs.divided(pictures) {
                for picture in low { listing.leftOut.add("low-resolution pictures", picture.path.hasPrefix("\(path)/") ? String(picture.path.dropFirst(path.count + 1)) : picture.path) }
                parts.append((name, high.map { ($0, nil) }))
            } else {
                parts.append((name, pictures.map { ($0, nil) }))
            }
        }
        return parts
    }

    /// The images that come from one picture: itself, or its patches; each with its given partner.
    /// - Parameter number: the number of the picture among those read
    private func images(
        _ picture: PictureListing.Picture, _ partner: PictureListing.Picture?, number: Int, split: String, _ reader: inout Reader
    ) throws(DatasetError) -> [Example] {
        let high = try reader.fitted(picture.path), low = try partner.map { (partner) throws(DatasetError) in try reader.decoded(partner.path) }
        let scale = dataset.lowResolution?.scale ?? 1
        if let low, let partner {
            guard high.height == scale * low.height, high.width == scale * low.width, high.channels == low.channels else {
                throw .notPossible(
                    what: partner.path, problem: "it is \(low.height)x\(low.width)x\(low.channels), but 1/\(scale) of \(picture.path), which is \(high.height)x\(high.width)x\(high.channels), is expected")
            }
        }
        guard let patches = dataset.patches else {
            try reader.check(height: high.height, width: high.width, channels: high.channels, of: picture.path)
            return [(high.pixels, low?.pixels, (high.height, high.width))]
        }
        let size = patches.size(ofSplit: split)
        if patches.keepsWhole(split: split) {
            guard high.height >= patches.height, high.width >= patches.width, high.height <= Reader.longestSide, high.width <= Reader.longestSide else {
                throw .notPossible(
                    what: picture.path,
                    problem: "it is \(high.height) x \(high.width); whole pictures for crops have at least the size of a patch, \(patches.height) x \(patches.width), and at most \(Reader.longestSide) x \(Reader.longestSide)")
            }
            try reader.check(height: patches.height, width: patches.width, channels: high.channels, of: picture.path)
            return [(high.pixels, low?.pixels, (high.height, high.width))]
        }
        guard let corners = patches.corners(picture: number, height: high.height, width: high.width, step: low == nil ? 1 : scale, split: split) else {
            throw .notPossible(what: picture.path, problem: "it is \(high.height) x \(high.width), smaller than a patch of \(size.height) x \(size.width)")
        }
        try reader.check(height: patches.height, width: patches.width, channels: high.channels, of: picture.path)
        return corners.map { corner in
            let small = low?.window(row: corner.row / scale, column: corner.column / scale, height: size.height / scale, width: size.width / scale)
            return (high.window(row: corner.row, column: corner.column, height: size.height, width: size.width), small, size)
        }
    }

    private static func patchText(_ dataset: OwnDataset) -> String {
        (dataset.channels.map { $0 == 1 ? ", in gray" : ", in color" } ?? "") + (dataset.patches.map { ", \($0)" } ?? "")
    }

    /// All classes if there are few; `OwnContent.classNames` always has them.
    private static func classesText(_ classes: [String]) -> String {
        guard !classes.isEmpty else { return "" }
        let names = classes.prefix(20).map { SystemPath.readable($0) }.joined(separator: ", ")
        return classes.count > 20 ? "; \(classes.count) classes: \(names), …" : "; classes \(names)"
    }

    /// Reports classes that are missing in the training split.
    private static func notes(_ splits: [StagedSplit], _ classes: [String]) -> [String] {
        let trained = Set(splits.first?.labels ?? [])
        let strange = classes.indices.filter { !trained.contains(UInt8($0)) }.map { SystemPath.readable(classes[$0]) }
        guard !strange.isEmpty else { return [] }
        return ["the training split has no pictures of the class \(strange.prefix(8).joined(separator: ", "))\(strange.count > 8 ? ", …" : "")"]
    }

    /// Reads images, converted to one size and to the channels of the first, or to given ones.
    struct Reader {
        let rule: ImageRule
        let channels: Int?
        private(set) var shape: ImageShape?
        /// Size limit of an image file in bytes.
        private static let largestFile = 1 << 28
        /// The greatest height and width of an image.
        static let longestSide = 4096

        init(rule: ImageRule, channels: Int? = nil) { (self.rule, self.channels) = (rule, channels) }

        /// The pixels of the next image.
        mutating func read(_ path: String) throws(DatasetError) -> [UInt8] {
            let fitted = try fitted(path)
            try check(height: fitted.height, width: fitted.width, channels: fitted.channels, of: path)
            return fitted.pixels
        }

        /// The picture of a file, with the wanted channels.
        func decoded(_ path: String) throws(DatasetError) -> PixelImage {
            let bytes = try readFile(path, limit: Self.largestFile)
            let image: PixelImage
            do {
                image = bytes.starts(with: PNG.signature) ? try PNG.decode(bytes) : try JPEG.decode(bytes)
            } catch {
                throw .unreadable(file: path, problem: "\(error)")
            }
            return channels.map(image.withChannels) ?? image
        }

        /// The same, cropped and resized.
        func fitted(_ path: String) throws(DatasetError) -> PixelImage {
            let image = try decoded(path)
            guard let fitted = rule.apply(to: image) else {
                throw .notPossible(what: path, problem: "the box is outside its \(image.height) x \(image.width) pixels")
            }
            return fitted
        }

        /// Whether an image fits the ones before it.
        mutating func check(height: Int, width: Int, channels: Int, of path: String) throws(DatasetError) {
            let size = ImageShape(height: height, width: width, channels: channels)
            guard height <= Self.longestSide, width <= Self.longestSide else {
                throw .notPossible(what: path, problem: "it is \(size); images may have at most \(Self.longestSide) x \(Self.longestSide) pixels; reduce it with --size")
            }
            if shape == nil { shape = size }
            guard size == shape else {
                throw .notPossible(what: path, problem: "it is \(size), but the pictures before it are \(shape!); give --crop and --size, or --patches and --patch, and --channels where gray and color images are mixed")
            }
        }
    }
}
