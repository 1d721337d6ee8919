extension DatasetStore {
    /// Checks the files of a known data set and takes them into the store. Adding it again replaces it by the same content.
    /// - Parameter path: the folder that holds the files, or one of its archives.
    /// - Errors: unknown name; a data set that needs no files; whatever is wrong with a file. The store is then as it was before.
    @discardableResult
    public func add(_ name: String, from path: String, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> Status {
        try add(try DatasetDescription.named(name), from: path, progress: progress)
    }

    @discardableResult
    func add(_ description: DatasetDescription, from path: String, progress: (DatasetProgress) -> Void) throws(DatasetError) -> Status {
        let name = description.name
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
            splits = try CelebASource(description: description, rule: rule, folder: path).read(progress: progress)
            source = "the aligned JPEG images, \(rule.text)"
        }
        progress(DatasetProgress(activity: "Storing \(name)", fraction: 0.95))
        try keep(splits, of: description, source: source)
        progress(DatasetProgress(activity: "Added \(name)", fraction: 1))
        return try status(of: name)
    }

    /// The name for people: one line of at most 200 bytes, as a study's.
    private static func check(title: String) throws(DatasetError) {
        guard (1...200).contains(title.utf8.count), title.contains(where: { !$0.isWhitespace }) else {
            throw .notPossible(what: "the title", problem: "it has \(title.utf8.count) bytes; 1 to 200 are allowed, and not spaces alone")
        }
        guard !title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .notPossible(what: "the title", problem: "it holds a control character")
        }
    }

    /// Takes files of one's own into the store under a name of one's own.
    /// - Errors: a name that is not free or not well formed; whatever is wrong with a file. The store is then as it was before.
    @discardableResult
    public func add(own dataset: OwnDataset, progress: (DatasetProgress) -> Void = { _ in }) throws(DatasetError) -> Status {
        let name = dataset.name
        guard OwnDataset.isValid(name: name) else {
            throw .notPossible(what: "the name \"\(name)\"", problem: "names are lower-case letters, digits and single hyphens, at most 64, a letter first")
        }
        guard !DatasetDescription.all.contains(where: { $0.name == name }) else {
            throw .notPossible(what: "the name \(name)", problem: "it belongs to a data set that Fidelio knows")
        }
        if let title = dataset.title { try Self.check(title: title) }
        let content = try OwnSource(dataset).read(progress: progress)
        progress(DatasetProgress(activity: "Storing \(name)", fraction: 0.95))
        let description = DatasetDescription(
            name: name, title: dataset.title ?? name, summary: content.summary, origin: .own, kind: content.kind, shape: content.shape,
            classes: content.classes, splits: content.splits.map { SplitSize($0.name, $0.count) }, digest: nil,
            encoderDataset: content.classes > 1 ? name : nil)
        try keep(content.splits, of: description, source: content.source)
        progress(DatasetProgress(activity: "Added \(name)", fraction: 1))
        return try status(of: name)
    }
}
