import Canonical
import Codecs

/// Reads CIFAR-10 from its binary archive, its Python archive, or the unpacked Python batches, whichever is found first.
struct CIFARSource {
    let description: DatasetDescription
    let files: CIFARFiles
    /// A folder, or one of the archives itself.
    let path: String

    /// - Returns: the splits and their source.
    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> (splits: [DatasetSplit], source: String) {
        for archive in [files.binaryArchive, files.pythonArchive] {
            for candidate in [path, "\(path)/\(archive.name)"] where candidate.hasSuffix("/\(archive.name)") || candidate == archive.name {
                guard FileSystem.exists(candidate), !FileSystem.isFolder(candidate) else { continue }
                progress(DatasetProgress(activity: "Reading \(archive.name)", fraction: 0))
                return (try read(archive, at: candidate, progress), archive.name)
            }
        }
        for folder in [path, "\(path)/cifar-10-batches-py"] where FileSystem.exists("\(folder)/\(files.pythonBatches[0].name)") {
            return (try read(batchesIn: folder, progress), "the Python batches")
        }
        throw .missingFile(folder: path, names: [files.binaryArchive.name, files.pythonArchive.name, files.pythonBatches[0].name])
    }

    private func read(
        _ archive: DatasetDescription.ExpectedFile, at path: String, _ progress: (DatasetProgress) -> Void
    ) throws(DatasetError) -> [DatasetSplit] {
        let packed = try readFile(path)
        try archive.digest.check(packed, file: path)
        let bytes: [UInt8]
        let members: [Tar.Member]
        do {
            bytes = try Gzip.decompress(packed, limit: 1 << 29)
        } catch {
            throw .notCompressed(file: path, problem: "\(error)")
        }
        do {
            members = try Tar.members(bytes)
        } catch {
            throw .unreadable(file: path, problem: "\(error)")
        }
        let isBinary = archive == files.binaryArchive
        return try splits(progress) { (name: String) throws(DatasetError) -> Batch in
            let wanted = isBinary ? name + ".bin" : name
            guard let member = members.first(where: { $0.name == wanted || $0.name.hasSuffix("/\(wanted)") }) else {
                throw .missingFile(folder: path, names: [wanted])
            }
            return try isBinary ? Batch(records: bytes[member.range], file: "\(path), \(wanted)") : Batch(pickle: Array(bytes[member.range]), file: "\(path), \(wanted)")
        }
    }

    private func read(batchesIn folder: String, _ progress: (DatasetProgress) -> Void) throws(DatasetError) -> [DatasetSplit] {
        try splits(progress) { (name: String) throws(DatasetError) -> Batch in
            guard let file = files.pythonBatches.first(where: { $0.name == name }) else { preconditionFailure("no batch \(name)") }
            let path = "\(folder)/\(name)"
            let bytes = try readFile(path)
            try file.digest.check(bytes, file: path)
            return try Batch(pickle: bytes, file: path)
        }
    }

    private func splits(
        _ progress: (DatasetProgress) -> Void, _ batch: (String) throws(DatasetError) -> Batch
    ) throws(DatasetError) -> [DatasetSplit] {
        var result: [DatasetSplit] = []
        let names = files.pythonBatches.map(\.name)
        for (size, wanted) in zip(description.splits, [names.dropLast(), names.suffix(1)]) {
            var pixels: [UInt8] = [], labels: [UInt8] = []
            for name in wanted {
                progress(DatasetProgress(activity: "Reading \(name)", fraction: 0.1 + 0.8 * Double(result.count) / 2))
                let read = try batch(name)
                pixels += read.pixels
                labels += read.labels
            }
            guard labels.count == size.count else {
                throw .notPossible(what: "the split \(size.name) of \(description.name)", problem: "its files contain \(labels.count) images, expected \(size.count)")
            }
            result.append(DatasetSplit(name: size.name, shape: description.shape, pixels: .bytes(pixels, white: 255), labels: labels))
        }
        return result
    }

    /// Reads one batch, with channels innermost.
    private struct Batch {
        var pixels: [UInt8] = []
        var labels: [UInt8] = []

        init(records: ArraySlice<UInt8>, file: String) throws(DatasetError) {
            try CIFARRecords.append(records, file: file, to: &pixels, &labels)
        }

        init(pickle: [UInt8], file: String) throws(DatasetError) {
            let batch = try PickledBatch(parsing: pickle, file: file)
            labels = batch.labels
            CIFARRecords.interleave(batch.data[...], count: labels.count, start: 0, stride: 3 * CIFARRecords.plane, into: &pixels)
        }
    }
}

/// The published files of CIFAR-10. Any one of the three variants is sufficient.
public struct CIFARFiles: Sendable, Hashable {
    /// The archive of binary batches.
    public let binaryArchive: DatasetDescription.ExpectedFile
    /// The archive of Python batches.
    public let pythonArchive: DatasetDescription.ExpectedFile
    /// The unpacked Python batches: the training batches in order, then the test batch. (No digests of individual binary batches
    /// were published, so these are only read from their archive.)
    public let pythonBatches: [DatasetDescription.ExpectedFile]
}
