import Canonical
public import Codecs

/// Picture files outside of data sets, of any sizes: PNG and JPEG, read as in a data set (alpha dropped, 16 bits truncated to 8, orientation and profiles ignored).
public struct PictureFiles: Sendable {
    /// A file.
    public struct File: Sendable, Hashable {
        /// Its name without the folder and the suffix; unique among the files.
        public let name: String
        /// Its path.
        public let path: String
    }

    /// The files in order.
    public let files: [File]
    /// Low-resolution pictures of a folder of pairs, which are not among the files.
    public let leftOut: Int

    /// Maximum number of files.
    public static let most = 10_000

    /// Lists files and the pictures of folders (not of folders within), each folder in the order of names. Of a folder of pairs (see `PicturePairs`), the high-resolution ones.
    /// - Errors: `DatasetError` for a path without pictures, two of one name, or too many
    public init(_ paths: [String]) throws(DatasetError) {
        var found: [File] = [], names: [String: String] = [:], leftOut = 0
        for path in paths {
            let (pictures, others) = try Self.pictures(path)
            leftOut += others
            for picture in pictures {
                let name = Self.stem(picture)
                if let other = names.updateValue(picture, forKey: name) { throw .notPossible(what: picture, problem: "it has the same name as \(other)") }
                found.append(File(name: name, path: picture))
            }
        }
        guard found.count <= Self.most else { throw .notPossible(what: "\(found.count) pictures", problem: "at most \(Self.most) are allowed") }
        (files, self.leftOut) = (found, leftOut)
    }

    /// A picture with this number of channels: gray is repeated in three channels, color becomes its luma.
    /// - Errors: `DatasetError` for a file that cannot be read
    public static func picture(_ path: String, channels: Int) throws(DatasetError) -> PixelImage {
        try PictureSource.Reader(rule: ImageRule(), channels: channels).decoded(path)
    }

    private static func pictures(_ path: String) throws(DatasetError) -> (pictures: [String], leftOut: Int) {
        guard FileSystem.isFolder(path) else {
            guard FileSystem.exists(path) else { throw .notPossible(what: path, problem: "there is no such file or folder") }
            return ([path], 0)
        }
        let names: [String]
        do { names = try FileSystem.names(in: path) } catch { throw .unreadable(file: path, problem: "\(error)") }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let all = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.filter(PictureListing.isPicture).map { PictureListing.Picture(path: folder + $0, folder: nil) }
        guard !all.isEmpty else { throw .notPossible(what: path, problem: "it contains no pictures (.png, .jpg, .jpeg)") }
        guard let (high, low) = PicturePairs.divided(all) else { return (all.map(\.path), 0) }
        return (high.map(\.path), low.count)
    }

    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
    }
}
