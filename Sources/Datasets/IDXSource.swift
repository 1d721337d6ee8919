import Canonical

/// Strict reader of a data set from a folder of IDX files, plain or gzipped.
struct IDXSource {
    let description: DatasetDescription
    let pairs: [DatasetDescription.IDXPair]
    let folder: String

    /// - Errors: a file that is missing, unreadable, truncated, too long, of unexpected content, or inconsistent with its labels.
    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> [DatasetSplit] {
        var splits: [DatasetSplit] = []
        for (i, (size, pair)) in zip(description.splits, pairs).enumerated() {
            let fraction = Double(i) / Double(pairs.count)
            progress(DatasetProgress(activity: "Reading \(pair.images.name)", fraction: fraction))
            let shape = description.shape
            let images = try read(pair.images, dimensions: [size.count, shape.height, shape.width])
            progress(DatasetProgress(activity: "Reading \(pair.labels.name)", fraction: fraction + 0.8 / Double(pairs.count)))
            let labels = try read(pair.labels, dimensions: [size.count])
            if let bad = labels.firstIndex(where: { Int($0) >= description.classes }) {
                throw .wrongValue(
                    file: pair.labels.name, offset: 8 + bad, field: "label", expected: "0 to \(description.classes - 1)", actual: "\(labels[bad])")
            }
            splits.append(DatasetSplit(name: size.name, shape: shape, pixels: .bytes(images, white: 255), labels: labels))
        }
        return splits
    }

    /// The elements of a file. The format is checked before the digest, so truncation is reported as such.
    private func read(_ file: DatasetDescription.ExpectedFile, dimensions: [Int]) throws(DatasetError) -> [UInt8] {
        let paths = try IDXFolder.candidates(file.name, in: folder)
        guard let first = paths.first else { throw .missingFile(folder: folder, names: [file.name, file.name + ".gz"]) }
        do throws(DatasetError) {
            return try read(file, at: first, dimensions)
        } catch {
            // Folders of several data sets hold files of the same names: the digest tells which is meant.
            for path in paths.dropFirst() {
                if let elements = try? read(file, at: path, dimensions) { return elements }
            }
            throw error
        }
    }

    /// Reads part by part: memory holds the elements once, and a file that is not what is expected is refused by its first bytes.
    private func read(_ file: DatasetDescription.ExpectedFile, at path: String, _ dimensions: [Int]) throws(DatasetError) -> [UInt8] {
        let content = try UncompressedFile(path)
        let rank = dimensions.count, count = dimensions.reduce(1, *), size = 4 + 4 * rank + count
        let header = try content.next(4 + 4 * rank)
        let found = try IDXArray.dimensions(parsing: header, rank: rank, file: path)
        for (i, (actual, expected)) in zip(found, dimensions).enumerated() where actual != expected {
            throw .wrongValue(file: path, offset: 4 + 4 * i, field: "dimension \(i + 1)", expected: "\(expected)", actual: "\(actual)")
        }
        var hash = PublishedDigest.Hash(like: file.digest, size: size)
        hash.update(header)
        var elements: [UInt8] = []
        elements.reserveCapacity(count)
        while elements.count < count {
            let part = try content.next(min(1 << 20, count - elements.count))
            guard !part.isEmpty else { throw .truncated(file: path, part: "\(count) elements", expected: size, actual: content.offset) }
            hash.update(part)
            elements += part
        }
        let more = try content.next(1 << 20)
        guard more.isEmpty else { throw .trailingBytes(file: path, offset: size, count: more.count) }
        try file.digest.check(hash.digest, file: path)
        return elements
    }
}
