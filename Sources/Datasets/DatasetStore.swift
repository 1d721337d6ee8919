import Canonical

/// The data sets of a storage folder: `root/NAME/images.bin` holds the canonical content of the data set NAME (see `DatasetContent`), and
/// `root/NAME/dataset.json` what is known of one whose digest the program did not know before (see `DatasetRecord`).
///
/// Files appear whole or not at all (temporary name, synced, renamed), and every load checks the digest, so that a damaged file is never
/// trained on. Several processes may use one store.
public struct DatasetStore: Sendable {
    /// What the store knows of a data set without reading it.
    public struct Status: Sendable, Hashable {
        /// With the digest, wherever it is known.
        public let description: DatasetDescription
        /// Whether it can be loaded: it was added, or the program makes it.
        public let isReady: Bool
        /// Bytes of its file, or nil where there is none.
        public let bytes: Int?
        /// How a data set was made whose digest was not known before; nil for the others.
        public let source: String?
    }

    /// The folder that holds one folder per data set. It is made when first needed.
    public let root: String

    public init(root: String) {
        self.root = root
    }

    /// Every data set that there is, those that Fidelio knows first, in the order in which they are offered.
    public func list() -> [Status] {
        let known = DatasetDescription.all
        let names = (try? FileSystem.names(in: root)) ?? []
        let own = names.filter { name in !known.contains { $0.name == name } }.compactMap { record($0)?.description }
        return (known + own).map(status)
    }

    /// - Errors: `DatasetError.unknownDataset`
    public func status(of name: String) throws(DatasetError) -> Status { status(try plainDescription(name)) }

    /// What is known about the data set with this name, with its digest where it is known.
    /// - Errors: `DatasetError.unknownDataset`, naming those that there are.
    public func description(named name: String) throws(DatasetError) -> DatasetDescription { try status(of: name).description }

    private func plainDescription(_ name: String) throws(DatasetError) -> DatasetDescription {
        if let known = DatasetDescription.all.first(where: { $0.name == name }) { return known }
        if OwnDataset.isValid(name: name), let own = record(name) { return own.description }
        throw .unknownDataset(name: name, known: list().map(\.description.name))
    }

    private func status(_ description: DatasetDescription) -> Status {
        let bytes = try? FileSystem.size(of: path(description.name))
        let record = description.isMadeByProgram || bytes == nil ? nil : record(description.name)
        var found = description
        if found.digest == nil { found.digest = record?.description.digest }
        let isReady = bytes != nil && found.digest != nil
        return Status(description: found, isReady: isReady || description.isMadeByProgram, bytes: bytes, source: record?.source)
    }

    /// What is kept beside the content of a data set; nil where there is nothing that can be read.
    func record(_ name: String) -> DatasetRecord? {
        guard let bytes = try? FileSystem.read(recordPath(name), limit: 1 << 20), let json = try? JSONValue(parsing: bytes),
            let record = try? DatasetRecord(reading: json), record.description.name == name
        else { return nil }
        return record
    }

    /// The data set with this name. One that the program makes is drawn when it is not there or not sound, and kept for the next time.
    /// - Errors: unknown name; not added yet; a file whose digest is wrong, or that cannot be read; no place to keep what was made.
    public func load(_ name: String, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> ImageDataset {
        let status = try status(of: name)
        let description = status.description
        if description.isMadeByProgram {
            if let dataset = try? stored(description) { return dataset }
            return try keep(made(description, progress), of: description, source: nil)
        }
        guard status.isReady else { throw .notAdded(name: name) }
        return try stored(description)
    }

    /// Removes the unfinished files of processes that were killed while they wrote. Only while nobody else uses the store.
    public func removeLeftovers() {
        for name in (try? FileSystem.names(in: root)) ?? [] { try? AtomicFile.removeLeftovers(in: "\(root)/\(name)") }
    }

    /// Where the canonical content of a data set lies, there or not.
    public func contentFile(of name: String) -> String { "\(root)/\(name)/images.bin" }

    private func path(_ name: String) -> String { contentFile(of: name) }
    private func recordPath(_ name: String) -> String { "\(root)/\(name)/dataset.json" }

    private func stored(_ description: DatasetDescription) throws(DatasetError) -> ImageDataset {
        let file = path(description.name)
        let bytes = try readFile(file)
        let digest = Digest.sha256(bytes)
        guard let expected = description.digest else { throw .notAdded(name: description.name) }
        guard digest == expected else { throw .wrongDigest(file: file, expected: expected, actual: digest) }
        let content = try DatasetContent(parsing: bytes, file: file)
        return ImageDataset(name: description.name, content: content, digest: digest)
    }

    private func made(_ description: DatasetDescription, _ progress: (DatasetProgress) -> Void) -> [DatasetSplit] {
        let total = Double(description.images)
        var done = 0
        return description.splits.map { size in
            defer { done += size.count }
            func report(_ drawn: Int) {
                progress(DatasetProgress(activity: "Drawing \(description.name)", fraction: Double(done + drawn) / total))
            }
            switch description.origin {
            case .polygons(let recipe): return PolygonGenerator(recipe).split(size.name, count: size.count, progress: report)
            case .points(let recipe):
                let split = PointGenerator(recipe: recipe).split(size.name, count: size.count)
                report(size.count)
                return split
            case .idx, .cifar10, .celebA, .own: preconditionFailure("\(description.name) is not made by the program")
            }
        }
    }

    /// Writes the content, and what is known of it where `source` says how it was made.
    @discardableResult
    func keep(_ splits: [DatasetSplit], of description: DatasetDescription, source: String?) throws(DatasetError) -> ImageDataset {
        let content = DatasetContent(shape: description.shape, classes: description.classes, splits: splits)
        let digest = content.digest
        let file = path(description.name)
        if let expected = description.digest, digest != expected { throw .wrongDigest(file: file, expected: expected, actual: digest) }
        if description.digest == nil, let old = record(description.name)?.description.digest, old != digest {
            throw .alreadyThere(name: description.name, digest: old, new: digest)
        }
        var kept = description
        kept.digest = digest
        do {
            try FileSystem.makeFolder("\(root)/\(description.name)")
            try AtomicFile.write(content.pieces, to: file)
            // The content comes first: a record without it would promise too much.
            if let source {
                try AtomicFile.write(Array("\(DatasetRecord(kept, source: source).json.canonicalText)\n".utf8), to: recordPath(description.name))
            }
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
        return ImageDataset(name: description.name, content: content, digest: digest)
    }
}
