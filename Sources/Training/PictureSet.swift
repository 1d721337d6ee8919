internal import Archives
internal import Canonical
internal import Codecs
internal import Datasets

/// Pictures in the order of their content: names, nesting, and the order of a folder or of an array change nothing. A folder and an array of the same pictures
/// are the same set.
struct PictureSet {
    /// SHA-256 of the sorted digests of all pictures.
    let digest: Digest
    /// Number of pictures.
    var count: Int { order.count }
    /// Files that are not PNG or JPEG, hidden files left out.
    let others: Int
    /// Places in the content, in the order of the digests of the decoded pictures.
    private let order: [Int]
    private let content: Content
    private static let largestFile = 1 << 28
    private static let largestArray = 1 << 31
    private static let deepest = 32

    private enum Content {
        case files([String])
        /// Levels of equal pictures, one after another.
        case levels([UInt8], height: Int, width: Int, channels: Int)

        var count: Int {
            switch self {
            case .files(let paths): paths.count
            case .levels(let levels, let height, let width, let channels): levels.count / (height * width * channels)
            }
        }

        func picture(_ place: Int) throws -> PixelImage {
            switch self {
            case .files(let paths): return try PictureSet.picture(paths[place])
            case .levels(let levels, let height, let width, let channels):
                let size = height * width * channels
                return PixelImage(width: width, height: height, channels: channels, pixels: Array(levels[place * size..<(place + 1) * size]))
            }
        }
    }

    /// All PNG and JPEG files of a folder and its subfolders.
    /// - Parameter tell: called with the number of pictures that have been read, and of all
    /// - Errors: `DatasetError` that names a picture that cannot be decoded, and for a folder without pictures
    init(folder: String, tell: (Int, Int) throws -> Void = { _, _ in }) throws {
        var files: [String] = [], others = 0
        try Self.collect(folder, depth: 0, &files, &others)
        guard !files.isEmpty else { throw DatasetError.notPossible(what: folder, problem: "it contains no PNG or JPEG pictures") }
        try self.init(.files(files), others: others, tell)
    }

    /// The pictures [count, height, width, 1 or 3] of an `.npz` file: its only array of four axes; of several, the one named `arr_0`, `images`, or `samples`. Integers are levels, single-precision numbers are in [0, 1].
    /// - Errors: of the file; `DatasetError` for a file without such an array
    init(array path: String, tell: (Int, Int) throws -> Void = { _, _ in }) throws {
        let arrays = try Npz.arrays(FileSystem.readInput(path, limit: Self.largestArray)).filter { $0.shape.count == 4 }
        let names = ["arr_0", "images", "samples"]
        guard let chosen = arrays.count == 1 ? arrays[0] : arrays.first(where: { names.contains($0.name) }) else {
            throw DatasetError.notPossible(what: path, problem: "it has no pictures: expected one array [count, height, width, channels], or one of the name \(names.joined(separator: ", "))")
        }
        let shape = chosen.shape
        guard shape[0] > 0, shape[1] > 0, shape[2] > 0, shape[3] == 1 || shape[3] == 3 else {
            throw DatasetError.notPossible(what: path, problem: "\(chosen.name) has the shape \(shape); expected [count, height, width, 1 or 3]")
        }
        let levels: [UInt8]
        switch chosen.elements {
        case .uint8(let values): levels = values
        case .float32(let values):
            guard values.allSatisfy({ 0...1 ~= $0 }) else { throw DatasetError.notPossible(what: path, problem: "\(chosen.name) has numbers outside of 0...1") }
            levels = Encoder.levels(of: values[...])
        default: throw DatasetError.notPossible(what: path, problem: "\(chosen.name) must consist of 8-bit integers or single-precision numbers")
        }
        try self.init(.levels(levels, height: shape[1], width: shape[2], channels: shape[3]), others: 0, tell)
    }

    private init(_ content: Content, others: Int, _ tell: (Int, Int) throws -> Void) throws {
        var known: [(digest: Digest, place: Int)] = []
        for place in 0..<content.count {
            known.append((Self.digest(of: try content.picture(place)), place))
            try tell(place + 1, content.count)
        }
        known.sort { ($0.digest.hex, $0.place) < ($1.digest.hex, $1.place) }
        var builder = Digest.Builder()
        builder.update("fidelio pictures 1\n")
        for one in known { builder.update(one.digest.hex + "\n") }
        (order, digest, self.content, self.others) = (known.map(\.place), builder.finish(), content, others)
    }

    /// A picture.
    /// - Precondition: 0 <= index < count
    func picture(_ index: Int) throws -> PixelImage { try content.picture(order[index]) }

    private static func collect(_ folder: String, depth: Int, _ files: inout [String], _ others: inout Int) throws {
        guard depth <= deepest else { throw DatasetError.notPossible(what: folder, problem: "its folders are nested more than \(deepest) levels deep") }
        for name in try FileSystem.names(in: folder).sorted() where !name.hasPrefix(".") && name != "__MACOSX" {
            let path = "\(folder)/\(name)", lower = name.lowercased()
            if FileSystem.isFolder(path) {
                try collect(path, depth: depth + 1, &files, &others)
            } else if [".png", ".jpg", ".jpeg"].contains(where: lower.hasSuffix) {
                files.append(path)
            } else {
                others += 1
            }
        }
    }

    private static func picture(_ path: String) throws -> PixelImage {
        let bytes = try FileSystem.read(path, limit: largestFile)
        do {
            return bytes.starts(with: PNG.signature) ? try PNG.decode(bytes) : try JPEG.decode(bytes)
        } catch { throw DatasetError.unreadable(file: path, problem: "\(error)") }
    }

    private static func digest(of picture: PixelImage) -> Digest {
        var builder = Digest.Builder()
        builder.update("\(picture.height) \(picture.width) \(picture.channels)\n")
        builder.update(picture.pixels)
        return builder.finish()
    }
}
