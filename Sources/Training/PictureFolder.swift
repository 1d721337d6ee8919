internal import Canonical
internal import Codecs
internal import Datasets

/// The pictures of a folder and its subfolders, in the order of their content: names, nesting, and the order of the file system change nothing.
struct PictureFolder {
    /// Paths in the order of the digests of the decoded pictures.
    let paths: [String]
    /// SHA-256 of the sorted digests of all pictures.
    let digest: Digest
    /// Files that are not PNG or JPEG, hidden files left out.
    let others: Int
    private static let largestFile = 1 << 28
    private static let deepest = 32

    /// - Parameter tell: called with the number of pictures that have been read, and of all
    /// - Errors: `DatasetError` that names a picture that cannot be decoded, and for a folder without pictures
    init(_ folder: String, tell: (Int, Int) throws -> Void = { _, _ in }) throws {
        var files: [String] = [], others = 0
        try Self.collect(folder, depth: 0, &files, &others)
        guard !files.isEmpty else { throw DatasetError.notPossible(what: folder, problem: "it contains no PNG or JPEG pictures") }
        var known: [(digest: Digest, path: String)] = []
        for (index, path) in files.enumerated() {
            known.append((Self.digest(of: try Self.picture(path)), path))
            try tell(index + 1, files.count)
        }
        known.sort { ($0.digest.hex, $0.path) < ($1.digest.hex, $1.path) }
        var builder = Digest.Builder()
        builder.update("fidelio pictures 1\n")
        for one in known { builder.update(one.digest.hex + "\n") }
        (paths, digest, self.others) = (known.map(\.path), builder.finish(), others)
    }

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

    /// The decoded picture of a file.
    static func picture(_ path: String) throws -> PixelImage {
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
