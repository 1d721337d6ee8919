import Canonical

/// A folder of IDX files of one's own: every file with "images" and "idx3" in its name, each beside a file of labels or none of them.
struct OwnIDXSource {
    let folder: String

    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        let files = try namesInFolder(folder).filter { $0.contains("images") && $0.contains("idx3-ubyte") }
        guard !files.isEmpty else { throw .missingFile(folder: folder, names: ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"]) }
        var splits: [DatasetSplit] = []
        for (i, name) in files.enumerated() {
            progress(DatasetProgress(activity: "Reading \(name)", fraction: 0.9 * Double(i) / Double(files.count)))
            splits.append(try split(name, alone: files.count == 1))
        }
        splits.sort { $0.name == "train" && $1.name != "train" }
        let names = splits.map(\.name)
        guard Set(names).count == names.count else { throw .notPossible(what: folder, problem: "two files of images would both be the split \(names[0])") }
        guard names.first == "train" else { throw .notPossible(what: folder, problem: "there are no images for a training split") }
        guard Set(splits.map(\.shape)).count == 1 else { throw .notPossible(what: folder, problem: "the splits have images of different sizes") }
        guard Set(splits.map { $0.labels == nil }).count == 1 else { throw .notPossible(what: folder, problem: "one split has labels and another has none") }
        let classes = splits.flatMap { $0.labels ?? [] }.max().map { Int($0) + 1 } ?? 0
        let total = splits.reduce(0) { $0 + $1.count }
        return OwnContent(
            shape: splits[0].shape, classes: classes, splits: splits, summary: "\(total) grey images from IDX files.", source: "IDX files " + files.joined(separator: ", "))
    }

    private func split(_ name: String, alone: Bool) throws(DatasetError) -> DatasetSplit {
        let path = "\(folder)/\(name)"
        let images = try IDXArray(parsing: readUncompressed(path, limit: 1 << 34), rank: 3, file: path)
        let shape = try Self.shape(images.dimensions, file: path)
        let labelsPath = "\(folder)/" + name.replacing("images", with: "labels").replacing("idx3", with: "idx1")
        var labels: [UInt8]?
        if FileSystem.exists(labelsPath) {
            let array = try IDXArray(parsing: readUncompressed(labelsPath, limit: 1 << 30), rank: 1, file: labelsPath)
            guard array.dimensions[0] == images.dimensions[0] else {
                throw .wrongValue(
                    file: labelsPath, offset: 4, field: "dimension 1", expected: "\(images.dimensions[0]), the number of images", actual: "\(array.dimensions[0])")
            }
            labels = array.elements
        }
        let isTest = name.hasPrefix("t10k") || name.hasPrefix("test")
        return DatasetSplit(
            name: isTest && !alone ? "test" : "train", shape: shape, pixels: .bytes(images.elements, white: 255), labels: labels)
    }

    private static func shape(_ dimensions: [Int], file: String) throws(DatasetError) -> ImageShape {
        guard dimensions[1] <= 4096, dimensions[2] <= 4096 else {
            throw .wrongValue(file: file, offset: 8, field: "the size of an image", expected: "at most 4096 x 4096", actual: "\(dimensions[1]) x \(dimensions[2])")
        }
        return ImageShape(height: dimensions[1], width: dimensions[2], channels: 1)
    }
}
