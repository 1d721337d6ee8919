extension DatasetStore {
    /// Verifies the files of a built-in data set and imports them. Adding it again replaces it by the same content.
    /// - Parameter path: the folder of the files, or one of its archives
    /// - Errors: unknown name; a data set that needs no files; any error in a file. The store is then unchanged.
    @discardableResult
    public func add(_ name: String, from path: String, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> Status {
        try add(try DatasetDescription.named(name), from: path, progress: progress)
    }

    @discardableResult
    func add(_ description: DatasetDescription, from path: String, progress: (DatasetProgress) -> Void) throws(DatasetError) -> Status {
        let name = description.name
        let staging = try DatasetStaging(root: root, limit: OwnDataset.defaultLimit)
        defer { staging.remove() }
        let splits: [DatasetSplit]
        var source: String?
        switch description.origin {
        case .polygons, .points, .own: throw .needsNoFiles(name: name)
        case .idx(let pairs):
            splits = try IDXSource(description: description, pairs: pairs, folder: path).read(progress: progress)
            if description.digest == nil { source = "IDX files with the published digests" }
        case .cifar10(let files):
            (splits, source) = try CIFARSource(description: description, files: files, path: path).read(progress: progress)
        case .celebA(let rule):
            let staged = try CelebASource(description: description, rule: rule, folder: path).read(into: staging, progress: progress)
            progress(DatasetProgress(activity: "Storing \(name)", fraction: 0.95))
            try keep(staged, isFloat: false, of: description, from: staging) { DatasetRecord($0, source: "the aligned JPEG images, \(rule.text)") }
            progress(DatasetProgress(activity: "Added \(name)", fraction: 1))
            return try status(of: name)
        }
        progress(DatasetProgress(activity: "Storing \(name)", fraction: 0.95))
        try keep(splits, of: description, from: staging, source: source)
        progress(DatasetProgress(activity: "Added \(name)", fraction: 1))
        return try status(of: name)
    }

    /// Imports custom files under a new name.
    /// - Errors: an invalid or used name; any error in a file. The store is then unchanged.
    @discardableResult
    public func add(own dataset: OwnDataset, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> Status {
        let name = dataset.name
        try dataset.check()
        let staging = try DatasetStaging(root: root, limit: dataset.limit)
        defer { staging.remove() }
        let content = try OwnSource(dataset).read(into: staging, progress: progress)
        progress(DatasetProgress(activity: "Storing \(name)", fraction: 0.95))
        let description = DatasetDescription(
            name: name, title: dataset.title ?? name, summary: content.summary, origin: .own, kind: content.kind, shape: content.shape,
            classes: content.classes, splits: content.splits.map { SplitSize($0.name, $0.count) }, digest: nil,
            encoderDataset: content.classes > 1 ? name : nil, lowResolution: dataset.lowResolution,
            flips: dataset.flips, windows: content.windows)
        try keep(content.splits, isFloat: content.isFloat, of: description, from: staging) {
            DatasetRecord($0, source: content.source, classNames: content.classNames, leftOut: content.leftOut, notes: content.notes)
        }
        progress(DatasetProgress(activity: "Added \(name)", fraction: 1))
        return try status(of: name)
    }
}

/// Progress of importing or generating a data set.
public struct DatasetProgress: Sendable, Hashable {
    /// The current activity, such as "Reading train-images-idx3-ubyte".
    public let activity: String
    /// In [0, 1].
    public let fraction: Double
}
