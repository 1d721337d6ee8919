import Canonical

/// A folder of binary batches in the CIFAR-10 format, plain or gzipped: data_batch*.bin in name order, and test_batch*.bin.
struct OwnCIFARSource {
    let folder: String

    static func isBatch(_ name: String) -> Bool {
        let name = name.lowercased()
        return (name.hasPrefix("data_batch") || name.hasPrefix("test_batch")) && (name.hasSuffix(".bin") || name.hasSuffix(".bin.gz"))
    }

    func read(into staging: DatasetStaging, progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        var tally = LeftOutTally()
        let names = try batches(&tally)
        let training = names.filter { $0.lowercased().hasPrefix("data_batch") }, test = names.filter { $0.lowercased().hasPrefix("test_batch") }
        guard !training.isEmpty else { throw .missingFile(folder: folder, names: ["data_batch_1.bin", "data_batch_1.bin.gz"]) }
        progress(DatasetProgress(activity: "Reading \(training[0])", fraction: 0))
        var splits = [try split("train", training, staging)]
        progress(DatasetProgress(activity: "Reading test batches", fraction: 0.5))
        if !test.isEmpty { splits.append(try split("test", test, staging)) }
        let total = splits.reduce(0) { $0 + $1.count }
        return OwnContent(
            shape: CIFARRecords.shape, classes: 10, splits: splits, summary: "\(total) color images from binary batches in the CIFAR-10 format.",
            source: "binary batches " + names.joined(separator: ", "), leftOut: tally.list)
    }

    private func batches(_ tally: inout LeftOutTally) throws(DatasetError) -> [String] {
        let all = try namesInFolder(folder)
        let names = all.filter { Self.isBatch($0) && FileSystem.kind(of: "\(folder)/\($0)") == .file }
        for name in all where !names.contains(name) { tally.add(name.hasPrefix(".") ? "hidden files" : "other files", name) }
        // A batch that lies there packed and unpacked is taken once.
        let copies = names.filter { $0.hasSuffix(".gz") && names.contains(String($0.dropLast(3))) }
        for name in copies { tally.add("packed copies", name) }
        return names.filter { !copies.contains($0) }
    }

    private func split(_ name: String, _ files: [String], _ staging: DatasetStaging) throws(DatasetError) -> StagedSplit {
        let staged = try staging.pixels()
        var labels: [UInt8] = []
        for file in files {
            let content = try UncompressedFile("\(folder)/\(file)")
            repeat {
                let base = content.offset
                let records = try content.next(256 * CIFARRecords.size)
                if records.isEmpty && base > 0 { break }
                var pixels: [UInt8] = []
                try CIFARRecords.append(records[...], file: content.path, base: base, to: &pixels, &labels)
                try staged.append(pixels, from: content.path)
            } while true
        }
        return StagedSplit(name: name, pixels: staged, count: labels.count, labels: labels)
    }
}
