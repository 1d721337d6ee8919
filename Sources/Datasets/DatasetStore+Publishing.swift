import Canonical

extension DatasetStore {
    /// Stores a data set from memory, with metadata if `source` is given.
    @discardableResult
    func keep(
        _ splits: [DatasetSplit], of description: DatasetDescription, from staging: DatasetStaging, source: String?
    ) throws(DatasetError) -> ImageDataset {
        let content = DatasetContent(
            shape: description.shape, classes: description.classes, splits: splits, lowResolution: description.lowResolution, flips: description.flips, windows: description.windows)
        let digest = try write(to: staging) { (append) throws(FileError) in try content.forEachPiece(append) }
        try publish(description, digest, from: staging) { description in source.map { DatasetRecord(description, source: $0) } }
        return ImageDataset(name: description.name, content: content, digest: digest)
    }

    /// Stores a data set from staged files.
    /// - Parameter record: creates the metadata from a description with the digest
    func keep(
        _ splits: [StagedSplit], isFloat: Bool, of description: DatasetDescription, from staging: DatasetStaging, record: (DatasetDescription) -> DatasetRecord
    ) throws(DatasetError) {
        let sizes = splits.map { SplitSize($0.name, $0.count) }
        let head = DatasetContent.Head(
            shape: description.shape, classes: description.classes, isFloat: isFloat, white: isFloat ? 1 : 255, splits: sizes,
            lowResolution: description.lowResolution, flips: description.flips, windows: description.windows)
        let digest = try write(to: staging) { (append) throws(FileError) in
            try append(head.bytes)
            for split in splits {
                // Images are taken one by one only where a test split is drawn, which windows exclude.
                let small = description.lowResolution?.shape(of: description.shape), imageSize = description.shape.elements * (isFloat ? 4 : 1)
                try split.pixels.forEachPiece(split.indices, imageSize: imageSize, append)
                if let given = split.lowResolution, let small { try given.forEachPiece(split.indices, imageSize: small.elements, append) }
                if let labels = split.labels { try append(labels) }
            }
        }
        for split in splits {
            split.pixels.remove()
            split.lowResolution?.remove()
        }
        try publish(description, digest, from: staging) { record($0) }
    }

    /// Writes the content to the staging folder and returns its digest.
    private func write(to staging: DatasetStaging, _ body: (([UInt8]) throws(FileError) -> Void) throws(FileError) -> Void) throws(DatasetError) -> Digest {
        var digest = Digest.Builder()
        do throws(FileError) {
            let file = try FileWriter("\(staging.ready)/images.bin")
            try body { (piece) throws(FileError) in
                digest.update(piece)
                try file.append(piece)
            }
            try file.finish()
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
        return digest.finish()
    }

    /// Moves the staged data set to its name after reading it back. Only one process at a time does this, so content and record always match.
    /// - Errors: a digest different from the known one or that of an existing data set of this name; content or record that cannot be read back.
    private func publish(
        _ description: DatasetDescription, _ digest: Digest, from staging: DatasetStaging, record: (DatasetDescription) -> DatasetRecord?
    ) throws(DatasetError) {
        let name = description.name
        if let expected = description.digest, digest != expected { throw .wrongDigest(file: path(name), expected: expected, actual: digest) }
        var kept = description
        kept.digest = digest
        let record = record(kept)
        try readBack(record, digest, staging)
        if let record { try writing { () throws(FileError) in try AtomicFile.write(record.bytes, to: "\(staging.ready)/dataset.json") } }
        let lock = try writing { () throws(FileError) in try FileLock.wait(for: "\(root)/\(Self.lockName)") }
        defer { withExtendedLifetime(lock) {} }
        try checkOld(name, digest, isKnown: description.digest != nil)
        try writing { () throws(FileError) in try move(name, staging, hasRecord: record != nil) }
    }

    private func writing<Result>(_ body: () throws(FileError) -> Result) throws(DatasetError) -> Result {
        do throws(FileError) {
            return try body()
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
    }

    private func readBack(_ record: DatasetRecord?, _ digest: Digest, _ staging: DatasetStaging) throws(DatasetError) {
        try DatasetContent.check("\(staging.ready)/images.bin", digest)
        guard let record else { return }
        let bytes = record.bytes
        guard bytes.count <= DatasetRecord.largestFile, let json = try? JSONValue(parsing: bytes), (try? DatasetRecord(reading: json))?.bytes == bytes else {
            throw .notPossible(what: record.description.name, problem: "its metadata, such as the class names, are too long")
        }
    }

    private func checkOld(_ name: String, _ digest: Digest, isKnown: Bool) throws(DatasetError) {
        guard !isKnown, let old = try readRecord(name)?.description.digest, old != digest else { return }
        throw .alreadyThere(name: name, digest: old, new: digest)
    }

    private func move(_ name: String, _ staging: DatasetStaging, hasRecord: Bool) throws(FileError) {
        let folder = "\(root)/\(name)"
        if !FileSystem.exists(folder) {
            try FileSystem.synchronizeFolder(staging.ready)
            try FileSystem.rename(staging.ready, to: folder)
        } else {
            // The folder has downloads in it, or the same content. The content comes first: a record without it would promise too much.
            for file in ["images.bin"] + (hasRecord ? ["dataset.json"] : []) { try FileSystem.rename("\(staging.ready)/\(file)", to: "\(folder)/\(file)") }
            try FileSystem.synchronizeFolder(folder)
        }
        try FileSystem.synchronizeFolder(root)
    }
}

extension DatasetContent {
    /// Verifies the digest of a file by streaming it.
    /// - Errors: `wrongDigest`; system errors.
    static func check(_ file: String, _ digest: Digest) throws(DatasetError) {
        let reader: FileReader
        do {
            reader = try FileReader(file)
        } catch {
            throw .unreadable(file: file, problem: error.reason)
        }
        var input = Input(size: reader.size) { (offset, count) throws(FileError) in try reader.read(at: offset, count: count) }
        try input.finish(file: file)
        let actual = input.digest.finish()
        guard actual == digest else { throw .wrongDigest(file: file, expected: digest, actual: actual) }
    }
}
