import Canonical

/// The data sets of a storage folder: `root/NAME/images.bin` is the canonical content of the data set NAME (see `DatasetContent`), and
/// `root/NAME/dataset.json` the metadata of data sets whose digest is not built in (see `DatasetRecord`).
///
/// A data set is prepared in a private folder (see `DatasetStaging`), read back, and moved into place atomically. Every load verifies the digest, so
/// damaged files are never used for training. Several processes may use a store concurrently, even to add the same name.
public struct DatasetStore: Sendable {
    /// The state of a data set, without reading its content.
    public struct Status: Sendable, Hashable {
        /// The description, with the digest if known.
        public let description: DatasetDescription
        /// Whether it can be loaded: it was added, or the program generates it.
        public let isReady: Bool
        /// Size of its file in bytes, or nil if there is none.
        public let bytes: Int?
        /// Provenance of a custom data set; nil for the others.
        public let source: String?
        /// The class names in order, if the files contain them.
        public var classNames: [String] = []
        /// What was found among custom files but not imported.
        public var leftOut: [LeftOut] = []
        /// Human-readable notes for users of the data set.
        public var notes: [String] = []
    }

    /// The folder with one subfolder per data set; created on first use.
    public let root: String

    /// Creates a store; touches no files.
    public init(root: String) {
        self.root = root
    }

    /// All data sets, built-in ones first, in display order.
    public func list() -> [Status] {
        let known = DatasetDescription.all
        let names = (try? FileSystem.names(in: root)) ?? []
        let own = names.filter { name in !known.contains { $0.name == name } }.compactMap { record($0)?.description }
        return (known + own).map(status)
    }

    /// - Errors: `DatasetError.unknownDataset`
    public func status(of name: String) throws(DatasetError) -> Status { status(try plainDescription(name)) }

    /// The description of the data set with this name, with its digest if known.
    /// - Errors: `DatasetError.unknownDataset`, which lists the known names.
    public func description(named name: String) throws(DatasetError) -> DatasetDescription { try status(of: name).description }

    private func plainDescription(_ name: String) throws(DatasetError) -> DatasetDescription {
        if let known = DatasetDescription.all.first(where: { $0.name == name }) { return known }
        if OwnDataset.isValid(name: name), let own = try readRecord(name) { return own.description }
        throw .unknownDataset(name: name, known: list().map(\.description.name))
    }

    private func status(_ description: DatasetDescription) -> Status {
        let bytes = try? FileSystem.size(of: path(description.name))
        let record = description.isMadeByProgram || bytes == nil ? nil : record(description.name)
        var found = description
        if found.digest == nil { found.digest = record?.description.digest }
        let isReady = bytes != nil && found.digest != nil
        var status = Status(description: found, isReady: isReady || description.isMadeByProgram, bytes: bytes, source: record?.source)
        if let record { (status.classNames, status.leftOut, status.notes) = (record.classNames, record.leftOut, record.notes) }
        return status
    }

    /// The metadata record of a data set; nil if there is none or it is unreadable.
    func record(_ name: String) -> DatasetRecord? { try? readRecord(name) }

    /// The same; nil only if there is none.
    /// - Errors: `DatasetError.unreadable` for a damaged record, or one of another data set.
    func readRecord(_ name: String) throws(DatasetError) -> DatasetRecord? {
        let file = recordPath(name)
        guard FileSystem.exists(file) else { return nil }
        let bytes = try readFile(file, limit: DatasetRecord.largestFile)
        let record: DatasetRecord
        do {
            record = try DatasetRecord(reading: JSONValue(parsing: bytes))
        } catch {
            throw .unreadable(file: file, problem: "\(error)")
        }
        guard record.description.name == name else { throw .unreadable(file: file, problem: "it is the record of \(record.description.name)") }
        return record
    }

    /// The errors of unreadable records; their data sets are not listed.
    public var unreadableRecords: [DatasetError] {
        ((try? FileSystem.names(in: root)) ?? []).filter(OwnDataset.isValid(name:)).compactMap { name in
            do throws(DatasetError) {
                _ = try readRecord(name)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Whether a folder name belongs to an import in progress.
    public static func isTemporary(_ name: String) -> Bool { name == lockName || name.hasPrefix(DatasetStaging.prefix) }

    static let lockName = "add_lock"

    /// Loads the data set with this name. Generated data sets are created if missing or damaged, and stored.
    /// - Errors: unknown name; not added; wrong digest; unreadable file; a generated data set that cannot be stored.
    public func load(_ name: String, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> ImageDataset {
        let status = try status(of: name)
        let description = status.description
        if description.isMadeByProgram {
            if let dataset = try? stored(description) { return dataset }
            let staging = try DatasetStaging(root: root, limit: OwnDataset.defaultLimit)
            defer { staging.remove() }
            return try keep(made(description, progress), of: description, from: staging, source: nil)
        }
        guard status.isReady else { throw .notAdded(name: name) }
        return try stored(description)
    }

    /// Removes unfinished files of killed processes. Only while nobody else uses the store.
    public func removeLeftovers() {
        DatasetStaging.removeAbandoned(in: root)
        for name in (try? FileSystem.names(in: root)) ?? [] { try? AtomicFile.removeLeftovers(in: "\(root)/\(name)") }
    }

    /// The path of the canonical content of a data set, whether or not it exists.
    public func contentFile(of name: String) -> String { "\(root)/\(name)/images.bin" }

    func path(_ name: String) -> String { contentFile(of: name) }
    func recordPath(_ name: String) -> String { "\(root)/\(name)/dataset.json" }

    private func stored(_ description: DatasetDescription) throws(DatasetError) -> ImageDataset {
        let file = path(description.name)
        guard let digest = description.digest else { throw .notAdded(name: description.name) }
        return ImageDataset(name: description.name, content: try DatasetContent(file: file, digest: digest), digest: digest)
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
}
