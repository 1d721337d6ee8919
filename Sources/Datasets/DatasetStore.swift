import Canonical

/// The data sets of a storage folder: `root/NAME/images.bin` holds the canonical content of the data set NAME (see `DatasetContent`), and
/// `root/NAME/dataset.json` what is known of one whose digest the program did not know before (see `DatasetRecord`).
///
/// A data set is made ready in a folder of its own (see `DatasetStaging`), read back, and appears in one step; every load checks the digest, so that
/// a damaged file is never trained on. Several processes may use one store, also to add one name at once.
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
        /// The names of the classes in their order, where the files named them.
        public var classNames: [String] = []
        /// What lay among the files of one's own and was not taken.
        public var leftOut: [LeftOut] = []
        /// What somebody who uses the data set should know, for people.
        public var notes: [String] = []
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

    /// What is kept beside the content of a data set; nil where there is nothing that can be read.
    func record(_ name: String) -> DatasetRecord? { try? readRecord(name) }

    /// The same; nil where there is none at all.
    /// - Errors: `DatasetError.unreadable` for a record that is damaged, or is another data set's.
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

    /// What is wrong with records that cannot be read; their data sets are in no list.
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

    /// Whether a name in the folder belongs to a data set that is being added, and to no data set.
    public static func isTemporary(_ name: String) -> Bool { name == lockName || name.hasPrefix(DatasetStaging.prefix) }

    static let lockName = "add_lock"

    /// The data set with this name. One that the program makes is drawn when it is not there or not sound, and kept for the next time.
    /// - Errors: unknown name; not added yet; a file whose digest is wrong, or that cannot be read; no place to keep what was made.
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

    /// Removes the unfinished files of processes that were killed while they wrote. Only while nobody else uses the store.
    public func removeLeftovers() {
        DatasetStaging.removeAbandoned(in: root)
        for name in (try? FileSystem.names(in: root)) ?? [] { try? AtomicFile.removeLeftovers(in: "\(root)/\(name)") }
    }

    /// Where the canonical content of a data set lies, there or not.
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
