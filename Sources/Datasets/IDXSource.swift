import Canonical

/// Reads a data set from a folder of IDX files, plain or compressed with gzip, and believes nothing that it has not checked.
struct IDXSource {
    let description: DatasetDescription
    let pairs: [DatasetDescription.IDXPair]
    let folder: String

    /// - Errors: a file that is missing, unreadable, of another content, cut off or too long, or does not fit its partner.
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

    /// The elements of a file. Its form is checked before its digest, so that a cut file is told as such.
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

    private func read(_ file: DatasetDescription.ExpectedFile, at path: String, _ dimensions: [Int]) throws(DatasetError) -> [UInt8] {
        let content = try readUncompressed(path, limit: 8 * (4 + 4 * dimensions.count + dimensions.reduce(1, *)))
        let array = try IDXArray(parsing: content, rank: dimensions.count, file: path)
        for (i, (actual, expected)) in zip(array.dimensions, dimensions).enumerated() where actual != expected {
            throw .wrongValue(file: path, offset: 4 + 4 * i, field: "dimension \(i + 1)", expected: "\(expected)", actual: "\(actual)")
        }
        try file.digest.check(content, file: path)
        return array.elements
    }
}
