import Canonical

/// The images of a folder by split and class, and counts of everything skipped.
///
/// Folders with split names (see `SplitName`) are splits; subfolders of a split, or of the root, are classes. If the folder contains only
/// one folder, as after unpacking an archive, that folder is used.
struct PictureListing {
    struct Picture {
        let path: String
        /// The class folder.
        let folder: String?
    }

    /// Training first.
    private(set) var splits: [(name: String, pictures: [Picture])] = []
    var leftOut = LeftOutTally()
    private let given: String
    private var skipped: Set<String>
    private static let deepest = 8

    /// - Parameter leaveOut: paths of files and folders within `folder`.
    /// - Errors: an ambiguous layout, a split without images, a nonexistent path in `leaveOut`; each by name.
    init(_ folder: String, leaveOut: [String]) throws(DatasetError) {
        given = folder
        skipped = Set(leaveOut.map { "\(folder)/\(Self.trimmed($0))" })
        for path in leaveOut where !FileSystem.exists("\(folder)/\(Self.trimmed(path))") {
            throw .notPossible(what: "--leave-out \(path)", problem: "there is no such file or folder in \(folder); paths are relative to it")
        }
        let root = try descend(folder)
        let folders = try entries(root).filter { $0.isFolder && !Self.isHidden($0.name) }.map(\.name)
        let parts = folders.compactMap { name in SplitName.split(of: name).map { (split: $0, folder: name) } }
        if parts.isEmpty {
            try checkNames(folders, in: root)
            splits = [(SplitName.train, try pictures(in: root))]
        } else {
            try takeSplits(parts, root)
        }
        splits.sort { SplitName.rank($0.name) < SplitName.rank($1.name) }
        try check()
    }

    private static func trimmed(_ path: String) -> String {
        let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    // MARK: Layout

    private mutating func descend(_ folder: String) throws(DatasetError) -> String {
        var folder = folder
        for _ in 0..<Self.deepest {
            let all = try names(folder), entries = all.filter { !Self.isHidden($0) }
            guard entries.count == 1, FileSystem.isFolder("\(folder)/\(entries[0])"), SplitName.split(of: entries[0]) == nil else { break }
            // A folder that contains only images is one class with its name.
            let inner = try names("\(folder)/\(entries[0])")
            guard inner.contains(where: { FileSystem.isFolder("\(folder)/\(entries[0])/\($0)") }) else { break }
            for hidden in all where Self.isHidden(hidden) { leftOut.add("hidden files", relative("\(folder)/\(hidden)")) }
            folder += "/\(entries[0])"
        }
        return folder
    }

    private mutating func takeSplits(_ parts: [(split: String, folder: String)], _ root: String) throws(DatasetError) {
        for part in parts {
            if let other = parts.first(where: { $0.split == part.split && $0.folder != part.folder }) {
                let pair = [part.folder, other.folder].sorted().joined(separator: " and ")
                throw .notPossible(what: root, problem: "its folders \(pair) would both be the split \(part.split)")
            }
        }
        for entry in try entries(root) where !(entry.isFolder && parts.contains { $0.folder == entry.name }) {
            let path = "\(root)/\(entry.name)"
            if Self.isHidden(entry.name) {
                leftOut.add("hidden files", entry.name)
            } else if entry.isFolder {
                let count = countPictures(path)
                guard count == 0 else {
                    let names = parts.map(\.folder).joined(separator: ", ")
                    throw .notPossible(
                        what: path, problem: "it contains \(count) pictures next to the split folder\(parts.count > 1 ? "s" : "") \(names), but its name is not a split; "
                            + "splits are train, val and test. Rename it, or give --leave-out \(entry.name)")
                }
                leftOut.add("folders without pictures", entry.name)
            } else if Self.isPicture(entry.name) {
                leftOut.add("pictures next to split folders", entry.name)
            } else {
                passOver(entry.name, path)
            }
        }
        for part in parts { splits.append((part.split, try pictures(in: "\(root)/\(part.folder)"))) }
    }

    /// Class folders whose names contain several split names.
    private func checkNames(_ folders: [String], in root: String) throws(DatasetError) {
        let telling = folders.filter { !SplitName.splits(within: $0).isEmpty }
        guard Set(telling.flatMap { SplitName.splits(within: $0) }).count > 1 else { return }
        throw .notPossible(
            what: root, problem: "its folders \(telling.prefix(6).joined(separator: ", ")) contain split names but would become classes; use split folders named train, val and test, "
                + "with class folders inside")
    }

    private func check() throws(DatasetError) {
        guard splits.first?.name == SplitName.train else {
            throw .notPossible(what: given, problem: "there is a folder for the split \(splits.first?.name ?? "") but none named \"train\"")
        }
        for split in splits where split.pictures.isEmpty {
            throw .notPossible(what: given, problem: "there are no PNG or JPEG files for the split \(split.name)\(leftOutText)")
        }
        let folders = splits.flatMap(\.pictures).map(\.folder)
        guard Set(folders.map { $0 == nil }).count == 1 else {
            throw .notPossible(what: given, problem: "some pictures are in class folders and others are not")
        }
        try checkClasses(folders.compactMap(\.self))
    }

    private func checkClasses(_ folders: [String]) throws(DatasetError) {
        // Canonically equivalent Unicode names would become one class.
        let names = Dictionary(grouping: Set(folders.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }) { $0.lowercased() }
        for (_, same) in names.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            let pair = same.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: " and ")
            throw .notPossible(what: given, problem: "the names of the classes \(pair) differ only in case or Unicode normalization; rename one of them")
        }
        guard names.count <= 256 else { throw .notPossible(what: given, problem: "there are \(names.count) classes; at most 256 are allowed") }
    }

    private var leftOutText: String {
        let list = leftOut.list
        return list.isEmpty ? "" : "; left out: " + list.map { "\($0.count) \($0.what)" }.joined(separator: ", ")
    }

    // MARK: Files

    private func names(_ folder: String) throws(DatasetError) -> [String] {
        try namesInFolder(folder).filter { !skipped.contains("\(folder)/\($0)") }
    }

    /// The names in a folder, without hidden ones, which are counted, and those to leave out.
    private mutating func entries(_ folder: String) throws(DatasetError) -> [(name: String, isFolder: Bool)] {
        var found: [(name: String, isFolder: Bool)] = []
        for name in try namesInFolder(folder) {
            let path = "\(folder)/\(name)"
            if skipped.contains(path) {
                leftOut.add("left out as asked", relative(path), count: FileSystem.isFolder(path) ? countPictures(path) : 1)
                skipped.remove(path)
                asked.insert(path)
            } else if asked.contains(path) {
                continue
            } else {
                found.append((name, FileSystem.isFolder(path)))
            }
        }
        return found
    }

    /// Paths left out on request and counted.
    private var asked: Set<String> = []

    /// The images of a folder and of its direct subfolders.
    private mutating func pictures(in root: String) throws(DatasetError) -> [Picture] {
        var pictures: [Picture] = []
        for (name, isFolder) in try entries(root) {
            let path = "\(root)/\(name)"
            if Self.isHidden(name) {
                leftOut.add("hidden files", relative(path))
            } else if isFolder {
                pictures += try self.pictures(ofClass: name, path)
            } else if Self.isPicture(name) {
                pictures.append(Picture(path: path, folder: nil))
            } else {
                passOver(name, path)
            }
        }
        return pictures
    }

    private mutating func pictures(ofClass name: String, _ folder: String) throws(DatasetError) -> [Picture] {
        var pictures: [Picture] = [], deeper = 0
        for (inner, isFolder) in try entries(folder) {
            let path = "\(folder)/\(inner)"
            if isFolder && !Self.isHidden(inner) {
                let count = countPictures(path)
                guard count == 0 || SplitName.split(of: inner) == nil else {
                    throw .notPossible(what: path, problem: "split folders must contain class folders, not the reverse: train/\(name), test/\(name)")
                }
                deeper += count
                if count > 0 { leftOut.add("pictures below class folders", relative(path), count: count) } else { leftOut.add("folders without pictures", relative(path)) }
            } else if Self.isPicture(inner) {
                pictures.append(Picture(path: path, folder: name))
            } else {
                passOver(inner, path)
            }
        }
        guard !pictures.isEmpty || deeper == 0 else {
            throw .notPossible(
                what: folder, problem: "it has no pictures itself and \(deeper) in subfolders; the pictures of a class must be in its own folder. Move them, or give --leave-out \(relative(folder))")
        }
        if pictures.isEmpty { leftOut.add("folders without pictures", relative(folder)) }
        return pictures
    }

    private mutating func passOver(_ name: String, _ path: String) {
        if Self.isHidden(name) {
            leftOut.add("hidden files", relative(path))
        } else if let dot = name.lastIndex(of: "."), dot > name.startIndex {
            leftOut.add("files \(name[dot...].lowercased())", relative(path))
        } else {
            leftOut.add("files without a suffix", relative(path))
        }
    }

    /// Number of images below a folder; the depth is limited.
    private func countPictures(_ folder: String, level: Int = 0) -> Int {
        guard level < Self.deepest, let names = try? FileSystem.names(in: folder) else { return 0 }
        return names.reduce(0) { count, name in
            let path = "\(folder)/\(name)"
            if FileSystem.isFolder(path) { return count + countPictures(path, level: level + 1) }
            return count + (Self.isPicture(name) ? 1 : 0)
        }
    }

    private func relative(_ path: String) -> String { path.hasPrefix("\(given)/") ? String(path.dropFirst(given.count + 1)) : path }

    private static func isHidden(_ name: String) -> Bool { name.hasPrefix(".") || name == "__MACOSX" }

    static func isPicture(_ name: String) -> Bool {
        let lower = name.lowercased()
        return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg"].contains { lower.hasSuffix($0) }
    }
}
