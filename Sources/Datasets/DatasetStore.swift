import Canonical

/// The data sets of a storage folder: `root/NAME/images.bin` holds the canonical content of the data set NAME (see `DatasetContent`).
///
/// Files appear whole or not at all (temporary name, synced, renamed), and every load checks the digest, so that a damaged file is never
/// trained on. Several processes may use one store.
public struct DatasetStore: Sendable {
    /// What the store knows of a data set without reading it.
    public struct Status: Sendable, Hashable {
        public let description: DatasetDescription
        /// Whether it can be loaded: it was added, or the program makes it.
        public let isReady: Bool
        /// Bytes of its file, or nil where there is none.
        public let bytes: Int?
    }

    /// The folder that holds one folder per data set. It is made when first needed.
    public let root: String

    public init(root: String) {
        self.root = root
    }

    /// Every data set that Fidelio knows, in the order in which they are offered.
    public func list() -> [Status] { DatasetDescription.all.map(status) }

    /// - Errors: `DatasetError.unknownDataset`
    public func status(of name: String) throws(DatasetError) -> Status { status(try .named(name)) }

    private func status(_ description: DatasetDescription) -> Status {
        let bytes = try? FileSystem.size(of: path(description.name))
        return Status(description: description, isReady: bytes != nil || description.isMadeByProgram, bytes: bytes)
    }

    /// Checks the files of a data set in `folder` and takes them into the store. Adding it again replaces it by the same content.
    /// - Errors: unknown name; a data set that needs no files; whatever is wrong with a file. The store is then as it was before.
    @discardableResult
    public func add(
        _ name: String, from folder: String, progress: (DatasetProgress) -> Void = { _ in }
    ) throws(DatasetError) -> Status {
        let description = try DatasetDescription.named(name)
        guard case .idx(let pairs) = description.origin else { throw .needsNoFiles(name: name) }
        let source = IDXSource(description: description, pairs: pairs, folder: folder)
        let splits = try source.read(progress: progress)
        progress(DatasetProgress(activity: "Storing \(name)", fraction: 0.95))
        try keep(splits, of: description)
        progress(DatasetProgress(activity: "Added \(name)", fraction: 1))
        return status(description)
    }

    /// The data set with this name. One that the program makes is drawn when it is not there or not sound, and kept for the next time.
    /// - Errors: unknown name; not added yet; a file whose digest is wrong, or that cannot be read; no place to keep what was made.
    public func load(_ name: String, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> ImageDataset {
        let description = try DatasetDescription.named(name)
        switch description.origin {
        case .idx:
            guard FileSystem.exists(path(name)) else { throw .notAdded(name: name) }
            return try stored(description)
        case .polygons(let recipe):
            if let dataset = try? stored(description) { return dataset }
            return try keep(draw(description, recipe, progress), of: description)
        }
    }

    /// Removes the unfinished files of processes that were killed while they wrote. Only while nobody else uses the store.
    public func removeLeftovers() {
        for description in DatasetDescription.all { try? AtomicFile.removeLeftovers(in: "\(root)/\(description.name)") }
    }

    private func path(_ name: String) -> String { "\(root)/\(name)/images.bin" }

    private func stored(_ description: DatasetDescription) throws(DatasetError) -> ImageDataset {
        let file = path(description.name)
        let bytes = try readFile(file)
        let digest = Digest.sha256(bytes)
        guard digest == description.digest else { throw .wrongDigest(file: file, expected: description.digest, actual: digest) }
        let content = try DatasetContent(parsing: bytes, file: file)
        return ImageDataset(name: description.name, content: content, digest: digest)
    }

    private func draw(_ description: DatasetDescription, _ recipe: PolygonRecipe, _ progress: (DatasetProgress) -> Void) -> [DatasetSplit] {
        let generator = PolygonGenerator(recipe)
        let total = Double(description.images)
        var done = 0
        return description.splits.map { size in
            defer { done += size.count }
            return generator.split(size.name, count: size.count) { drawn in
                progress(DatasetProgress(activity: "Drawing \(description.name)", fraction: Double(done + drawn) / total))
            }
        }
    }

    @discardableResult
    private func keep(_ splits: [DatasetSplit], of description: DatasetDescription) throws(DatasetError) -> ImageDataset {
        let content = DatasetContent(shape: description.shape, classes: description.classes, splits: splits)
        let digest = content.digest
        let file = path(description.name)
        guard digest == description.digest else { throw .wrongDigest(file: file, expected: description.digest, actual: digest) }
        do {
            try FileSystem.makeFolder("\(root)/\(description.name)")
            try AtomicFile.write(content.pieces, to: file)
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
        return ImageDataset(name: description.name, content: content, digest: digest)
    }
}
