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
        let names = Set(listing.splits.flatMap(\.pictures).compactMap(\.folder)).sorted()
        let classes = names.count > 1 ? names : []
        let labels = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
        let total = listing.splits.reduce(0) { $0 + $1.pictures.count }
        var reader = Reader(rule: dataset.rule), splits: [StagedSplit] = [], done = 0
        for (name, pictures) in listing.splits {
            let pixels = try staging.pixels()
            var taken: [UInt8] = [], count = 0
            for picture in pictures {
                defer { done += 1 }
                if done % 256 == 255 { progress(DatasetProgress(activity: "Reading \(picture.path)", fraction: 0.9 * Double(done) / Double(total))) }
                do throws(DatasetError) {
                    try pixels.append(try reader.read(picture.path), from: picture.path)
                } catch {
                    guard dataset.skipsUnreadable, case .unreadable(let file, _) = error else { throw error }
                    listing.leftOut.add("unreadable pictures", file.hasPrefix("\(path)/") ? String(file.dropFirst(path.count + 1)) : file)
                    continue
                }
                count += 1
                if let folder = picture.folder, let label = labels[folder] { taken.append(UInt8(label)) }
            }
            guard count > 0 else { throw .notPossible(what: path, problem: "none of the \(pictures.count) pictures of the split \(name) can be read") }
            splits.append(StagedSplit(name: name, pixels: pixels, count: count, labels: classes.isEmpty ? nil : taken))
        }
        let shape = reader.shape!
        return OwnContent(
            shape: shape, classes: classes.count, splits: splits, summary: "\(splits.reduce(0) { $0 + $1.count }) pictures from files.",
            source: "PNG and JPEG files, \(dataset.rule.text)" + Self.classesText(classes), classNames: classes.map(SystemPath.readable),
            leftOut: listing.leftOut.list, notes: Self.notes(splits, classes))
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

    /// Reads images, converted to one size and to the channels of the first.
    struct Reader {
        let rule: ImageRule
        var shape: ImageShape?
        /// Size limit of an image file in bytes.
        private static let largestFile = 1 << 28

        init(rule: ImageRule) { self.rule = rule }

        /// The pixels of the next image.
        mutating func read(_ path: String) throws(DatasetError) -> [UInt8] {
            let bytes = try readFile(path, limit: Self.largestFile)
            let image: PixelImage
            do {
                image = bytes.starts(with: PNG.signature) ? try PNG.decode(bytes) : try JPEG.decode(bytes)
            } catch {
                throw .unreadable(file: path, problem: "\(error)")
            }
            guard let fitted = rule.apply(to: image) else {
                throw .notPossible(what: path, problem: "the box is outside its \(image.height) x \(image.width) pixels")
            }
            let size = ImageShape(height: fitted.height, width: fitted.width, channels: fitted.channels)
            guard fitted.height <= 4096, fitted.width <= 4096 else {
                throw .notPossible(what: path, problem: "it is \(size); images may have at most 4096 x 4096 pixels; reduce it with --size")
            }
            if shape == nil { shape = size }
            guard size == shape else {
                throw .notPossible(what: path, problem: "it is \(size), but the pictures before it are \(shape!); give --crop and --size, and do not mix gray and color images")
            }
            return fitted.pixels
        }
    }
}
