import Canonical

/// CelebA's folder: img_align_celeba/000001.jpg and so on, and list_eval_partition.txt, whose lines are "000001.jpg 0" (0 training, 1
/// validation, 2 test).
struct CelebASource {
    let description: DatasetDescription
    let rule: ImageRule
    let folder: String

    func read(into staging: DatasetStaging, progress: (DatasetProgress) -> Void) throws(DatasetError) -> [StagedSplit] {
        let parts = try partition()
        let images = FileSystem.isFolder("\(folder)/img_align_celeba") ? "\(folder)/img_align_celeba" : folder
        var reader = PictureSource.Reader(rule: rule)
        var splits: [StagedSplit] = [], done = 0
        for (size, names) in zip(description.splits, parts) {
            guard names.count == size.count else {
                throw .notPossible(
                    what: "\(folder)/list_eval_partition.txt", problem: "it lists \(names.count) images for the split \(size.name), expected \(size.count)")
            }
            let pixels = try staging.pixels()
            for name in names {
                let image = try reader.read("\(images)/\(name)")
                guard reader.shape == description.shape else {
                    throw .notPossible(what: "\(images)/\(name)", problem: "it is not a color image")
                }
                try pixels.append(image, from: "\(images)/\(name)")
                done += 1
                if done % 512 == 0 { progress(DatasetProgress(activity: "Reading \(name)", fraction: 0.9 * Double(done) / Double(description.images))) }
            }
            splits.append(StagedSplit(name: size.name, pixels: pixels, count: size.count, labels: nil))
        }
        return splits
    }

    /// The file names of each split, in list order.
    private func partition() throws(DatasetError) -> [[String]] {
        let file = ["\(folder)/list_eval_partition.txt", "\(folder)/Eval/list_eval_partition.txt"].first(where: FileSystem.exists)
        guard let file else { throw .missingFile(folder: folder, names: ["list_eval_partition.txt"]) }
        var parts: [[String]] = [[], [], []]
        let text = String(decoding: try readFile(file), as: UTF8.self)
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let words = line.split(separator: " ")
            guard words.count == 2, let part = Int(words[1], in: 0...2), words[0].wholeMatch(of: /[0-9A-Za-z_-]+\.jpg/) != nil else {
                throw .wrongValue(file: file, offset: number, field: "line \(number + 1)", expected: "the name of a .jpg file and 0, 1 or 2", actual: "\"\(line.prefix(60))\"")
            }
            parts[part].append(String(words[0]))
        }
        return parts
    }
}
