import Canonical

/// A private folder in which a data set is prepared. Pixels are streamed to files, so memory holds one piece at
/// a time; the finished data set is moved to its name atomically.
///
/// The folder is locked while in use; leftovers of killed processes are removed by the next process.
final class DatasetStaging {
    /// The part that is moved to the final name.
    let ready: String
    /// The size limit in bytes.
    let limit: Int
    private let folder: String
    private let root: String
    private let madeRoot: Bool
    private var lock: FileLock?
    private var used = 0
    private var files = 0
    /// No data set has such a name.
    static let prefix = "adding_"

    init(root: String, limit: Int) throws(DatasetError) {
        (self.root, self.limit, madeRoot) = (root, limit, !FileSystem.exists(root))
        Self.removeAbandoned(in: root)
        do {
            (folder, lock) = try Self.make(in: root)
            ready = "\(folder)/ready"
            try FileSystem.makeFolder(ready)
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
    }

    private static func make(in root: String) throws(FileError) -> (String, FileLock) {
        while true {
            let folder = "\(root)/\(prefix)\(UInt64.random(in: 0...UInt64.max))"
            try FileSystem.makeFolder(folder)
            let path = "\(folder)/lock"
            // Somebody who tidies up may have been faster than the lock.
            if let lock = try FileLock.acquire(path), FileSystem.exists(path) { return (folder, lock) }
        }
    }

    /// Removes the folders of killed processes. Folders in use are locked and kept.
    static func removeAbandoned(in root: String) {
        for name in (try? FileSystem.names(in: root)) ?? [] where name.hasPrefix(prefix) {
            guard FileSystem.exists("\(root)/\(name)/lock"), let lock = try? FileLock.acquire("\(root)/\(name)/lock", patience: .zero) else { continue }
            remove("\(root)/\(name)")
            withExtendedLifetime(lock) {}
        }
    }

    /// Removes everything that was not moved.
    func remove() {
        Self.remove(folder)
        lock = nil
        // A first attempt that failed leaves no trace; the system removes no folder that has something in it.
        if madeRoot { try? FileSystem.removeEmptyFolder(root) }
    }

    deinit { remove() }

    private static func remove(_ folder: String) {
        for name in (try? FileSystem.names(in: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if FileSystem.isFolder(path) { remove(path) } else { try? FileSystem.remove(path) }
        }
        try? FileSystem.removeEmptyFolder(folder)
    }

    /// A new file for the pixels of a split.
    func pixels() throws(DatasetError) -> StagedPixels { try StagedPixels(path: nextPath(), staging: self) }

    /// An unused path in the folder.
    func nextPath() -> String {
        files += 1
        return "\(folder)/part\(files)"
    }

    /// Checks the size limit before adding bytes; `file` is named in the error.
    func check(_ bytes: Int, from file: String) throws(DatasetError) {
        let (sum, overflow) = used.addingReportingOverflow(bytes)
        guard !overflow, sum <= limit else { throw .tooLarge(file: file, bytes: overflow ? .max : sum, limit: limit) }
    }

    /// Frees the room of removed pixels.
    func release(_ bytes: Int) { used -= bytes }

    fileprivate func take(_ bytes: Int, from file: String) throws(DatasetError) {
        try check(bytes, from: file)
        used += bytes
    }
}

/// The pixels of a split in a file, in canonical form (see `DatasetContent`).
final class StagedPixels {
    private let path: String
    private let staging: DatasetStaging
    private let writer: FileWriter
    private var reader: FileReader?

    fileprivate init(path: String, staging: DatasetStaging) throws(DatasetError) {
        (self.path, self.staging) = (path, staging)
        do {
            writer = try FileWriter(path)
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
    }

    /// Bytes written so far.
    var size: Int { writer.size }

    /// - Parameter file: the source, named in the error if the content exceeds the limit
    func append(_ bytes: [UInt8], from file: String) throws(DatasetError) {
        try staging.take(bytes.count, from: file)
        do {
            try writer.append(bytes)
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
    }

    /// Streams the images at the given indices, in order, or all of them.
    func forEachPiece(_ indices: [Int]?, imageSize: Int, _ body: ([UInt8]) throws(FileError) -> Void) throws(FileError) {
        let reader = try FileReader(path), piece = 1 << 20
        guard let indices else {
            for start in stride(from: 0, to: reader.size, by: piece) { try body(try reader.read(at: start, count: piece)) }
            return
        }
        for index in indices { try body(try reader.read(at: index * imageSize, count: imageSize)) }
    }

    /// One image.
    func image(at index: Int, size: Int) throws(FileError) -> [UInt8] {
        if let reader { return try reader.read(at: index * size, count: size) }
        let opened = try FileReader(path)
        reader = opened
        return try opened.read(at: index * size, count: size)
    }

    func remove() {
        reader = nil
        try? FileSystem.remove(path)
    }
}

/// A split whose pixels are in a staged file.
struct StagedSplit {
    let name: String
    let pixels: StagedPixels
    /// The indices of its images in the file, in order; nil for all.
    var indices: [Int]?
    let count: Int
    let labels: [UInt8]?
    /// The low-resolution partners, where they are given; bytes.
    var lowResolution: StagedPixels?
    /// How many successive images come from each picture, where patches are cut; a test split is drawn by pictures.
    var groups: [Int]?

    init(name: String, pixels: StagedPixels, count: Int, labels: [UInt8]?) {
        precondition(labels.map { $0.count == count } ?? true, "\(labels?.count ?? 0) labels for \(count) images")
        (self.name, self.pixels, self.count, self.labels) = (name, pixels, count, labels)
    }

    private init(_ name: String, of whole: StagedSplit, _ indices: [Int]) {
        (self.name, pixels, self.indices, count) = (name, whole.pixels, indices, indices.count)
        labels = whole.labels.map { labels in indices.map { labels[$0] } }
        lowResolution = whole.lowResolution
    }

    /// A split of the images at the given indices.
    func part(_ name: String, _ indices: [Int]) -> StagedSplit { StagedSplit(name, of: self, indices) }
}
