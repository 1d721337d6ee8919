import Canonical
import Codecs

/// A folder of PNG or JPEG pictures. Folders named "train" and "test" are splits (also "training", "val", "valid" and "testing"); folders
/// within a split, or within the whole, are classes in the order of their names. Pictures are taken in the order of their paths.
struct PictureSource {
    let folder: String
    let rule: ImageRule
    private static let splitNames = ["train": "train", "training": "train", "test": "test", "testing": "test", "val": "valid", "valid": "valid"]

    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        let names = try namesInFolder(folder)
        let parts = names.filter { Self.splitNames[$0] != nil && FileSystem.isFolder("\(folder)/\($0)") }
        var listings: [(name: String, pictures: [Picture])] = []
        for part in parts { listings.append((Self.splitNames[part]!, try Self.listing("\(folder)/\(part)"))) }
        if listings.isEmpty { listings = [("train", try Self.listing(folder))] }
        listings.sort { Self.rank($0.name) < Self.rank($1.name) }
        try check(listings)
        let classes = Self.classes(of: listings.flatMap(\.pictures))
        let total = listings.reduce(0) { $0 + $1.pictures.count }
        var reader = Reader(rule: rule), splits: [DatasetSplit] = [], done = 0
        for (name, pictures) in listings {
            var pixels: [UInt8] = []
            for picture in pictures {
                try reader.append(picture.path, to: &pixels)
                done += 1
                if done % 256 == 0 { progress(DatasetProgress(activity: "Reading \(picture.path)", fraction: 0.9 * Double(done) / Double(total))) }
            }
            let labels = classes.isEmpty ? nil : pictures.map { UInt8(classes.firstIndex(of: $0.folder!)!) }
            splits.append(DatasetSplit(name: name, shape: reader.shape!, pixels: .bytes(pixels, white: 255), labels: labels))
        }
        return OwnContent(
            shape: reader.shape!, classes: classes.count, splits: splits, summary: "\(total) pictures from files.",
            source: "PNG and JPEG files, \(rule.text)" + (classes.isEmpty ? "" : "; classes " + classes.joined(separator: ", ")))
    }

    private static func rank(_ split: String) -> Int { ["train": 0, "valid": 1][split] ?? 2 }

    private func check(_ listings: [(name: String, pictures: [Picture])]) throws(DatasetError) {
        guard listings.first?.name == "train" else { throw .notPossible(what: folder, problem: "there is a folder \"test\" and none that is called \"train\"") }
        guard Set(listings.map(\.name)).count == listings.count else { throw .notPossible(what: folder, problem: "two of its folders would be the same split") }
        for listing in listings where listing.pictures.isEmpty {
            throw .notPossible(what: folder, problem: "there are no PNG or JPEG files for the split \(listing.name)")
        }
        let folders = listings.flatMap(\.pictures).map(\.folder)
        guard Set(folders.map { $0 == nil }).count == 1 else {
            throw .notPossible(what: folder, problem: "some pictures lie in folders of classes and others do not")
        }
        guard Set(folders).count <= 256 else { throw .notPossible(what: folder, problem: "there are \(Set(folders).count) classes, more than 256") }
    }

    private static func classes(of pictures: [Picture]) -> [String] {
        let names = Set(pictures.compactMap(\.folder)).sorted()
        return names.count > 1 ? names : []
    }

    struct Picture {
        let path: String
        /// The folder that is its class.
        let folder: String?
    }

    /// The pictures of a folder and of the folders in it, one level deep.
    private static func listing(_ root: String) throws(DatasetError) -> [Picture] {
        var pictures: [Picture] = []
        for name in try namesInFolder(root) where !name.hasPrefix(".") {
            let path = "\(root)/\(name)"
            if FileSystem.isFolder(path) {
                for inner in try namesInFolder(path) where isPicture(inner) { pictures.append(Picture(path: "\(path)/\(inner)", folder: name)) }
            } else if isPicture(name) {
                pictures.append(Picture(path: path, folder: nil))
            }
        }
        return pictures
    }

    static func isPicture(_ name: String) -> Bool {
        let lower = name.lowercased()
        return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg"].contains { lower.hasSuffix($0) }
    }

    /// Reads pictures until the end, all to one size and to the channels of the first.
    struct Reader {
        let rule: ImageRule
        var shape: ImageShape?

        mutating func append(_ path: String, to pixels: inout [UInt8]) throws(DatasetError) {
            let bytes = try readFile(path)
            let image: PixelImage
            do {
                image = bytes.starts(with: PNG.signature) ? try PNG.decode(bytes) : try JPEG.decode(bytes)
            } catch {
                throw .unreadable(file: path, problem: "\(error)")
            }
            guard let fitted = rule.apply(to: image) else {
                throw .notPossible(what: path, problem: "the box lies outside its \(image.height) x \(image.width) pixels")
            }
            let size = ImageShape(height: fitted.height, width: fitted.width, channels: fitted.channels)
            if shape == nil { shape = size }
            guard size == shape else {
                throw .notPossible(what: path, problem: "it is \(size) and the pictures before it are \(shape!); give a crop and a size, and keep grey apart from colour")
            }
            pixels += fitted.pixels
        }
    }
}
