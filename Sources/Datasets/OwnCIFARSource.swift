/// A folder of binary batches as of CIFAR-10, plain or gzipped: data_batch*.bin in the order of their names, and test_batch*.bin.
struct OwnCIFARSource {
    let folder: String

    static func isBatch(_ name: String) -> Bool {
        (name.hasPrefix("data_batch") || name.hasPrefix("test_batch")) && (name.hasSuffix(".bin") || name.hasSuffix(".bin.gz"))
    }

    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        let names = try namesInFolder(folder).filter(Self.isBatch)
        let training = names.filter { $0.hasPrefix("data_batch") }, test = names.filter { $0.hasPrefix("test_batch") }
        guard !training.isEmpty else { throw .missingFile(folder: folder, names: ["data_batch_1.bin", "data_batch_1.bin.gz"]) }
        progress(DatasetProgress(activity: "Reading \(training[0])", fraction: 0))
        var splits = [try split("train", training)]
        progress(DatasetProgress(activity: "Reading test batches", fraction: 0.5))
        if !test.isEmpty { splits.append(try split("test", test)) }
        let total = splits.reduce(0) { $0 + $1.count }
        return OwnContent(
            shape: CIFARRecords.shape, classes: 10, splits: splits, summary: "\(total) colour images from binary batches of CIFAR-10's form.",
            source: "binary batches " + names.joined(separator: ", "))
    }

    private func split(_ name: String, _ files: [String]) throws(DatasetError) -> DatasetSplit {
        var pixels: [UInt8] = [], labels: [UInt8] = []
        for file in files {
            let path = "\(folder)/\(file)"
            try CIFARRecords.append(readUncompressed(path, limit: 1 << 32)[...], file: path, to: &pixels, &labels)
        }
        return DatasetSplit(name: name, shape: CIFARRecords.shape, pixels: .bytes(pixels, white: 255), labels: labels)
    }
}
