import Canonical
import Numerics

/// Reads files of one's own: finds out what they are, reads them, and sees to it that there is a test split.
struct OwnSource {
    private let dataset: OwnDataset

    init(_ dataset: OwnDataset) {
        self.dataset = dataset
    }

    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        let format: OwnDataset.Format
        if let given = dataset.format { format = given } else { format = try Self.format(of: dataset.path) }
        var content: OwnContent
        switch format {
        case .pictures: content = try PictureSource(folder: dataset.path, rule: dataset.rule).read(progress: progress)
        case .idx: content = try OwnIDXSource(folder: dataset.path).read(progress: progress)
        case .npz: content = try NPZSource(path: dataset.path).read(progress: progress)
        case .cifar: content = try OwnCIFARSource(folder: dataset.path).read(progress: progress)
        }
        try splitTest(of: &content)
        return content
    }

    /// What a path looks like.
    static func format(of path: String) throws(DatasetError) -> OwnDataset.Format {
        if path.hasSuffix(".npz") { return .npz }
        guard FileSystem.isFolder(path) else {
            throw .notPossible(what: path, problem: "it is neither a folder nor an .npz file")
        }
        let names = try namesInFolder(path)
        if names.contains(where: { $0.contains("idx3-ubyte") }) { return .idx }
        if names.contains(where: OwnCIFARSource.isBatch) { return .cifar }
        return .pictures
    }

    /// Where there is one split alone, draws a test split out of it by the stream "dataset/split": a function of the number of images.
    private func splitTest(of content: inout OwnContent) throws(DatasetError) {
        guard content.splits.count == 1, let whole = content.splits.first, dataset.test != 0 else {
            if let test = dataset.test, test > 0 {
                throw .notPossible(what: "a test split of \(test) images", problem: "the files have a test split of their own")
            }
            return
        }
        let test = dataset.test ?? whole.count / 7
        guard test > 0, test < whole.count else {
            throw .notPossible(what: "a test split of \(test) images", problem: "there are \(whole.count) images in all")
        }
        let order = RandomStream(seed: 0, name: "dataset/split").permutation(of: whole.count, step: 0)
        content.splits = [
            whole.part("train", order[test...].sorted()), whole.part("test", order[..<test].sorted()),
        ]
        content.source += "; \(test) images drawn into the test split"
    }
}

extension DatasetSplit {
    /// The images at some indices, as a split.
    func part(_ name: String, _ indices: [Int]) -> DatasetSplit {
        let size = shape.elements
        let chosen: ImagePixels
        switch pixels {
        case .bytes(let values, let white):
            var taken: [UInt8] = []
            taken.reserveCapacity(indices.count * size)
            for index in indices { taken += values[index * size..<(index + 1) * size] }
            chosen = .bytes(taken, white: white)
        case .floats(let values):
            var taken: [Float] = []
            taken.reserveCapacity(indices.count * size)
            for index in indices { taken += values[index * size..<(index + 1) * size] }
            chosen = .floats(taken)
        }
        return DatasetSplit(name: name, shape: shape, pixels: chosen, labels: labels.map { labels in indices.map { labels[$0] } })
    }
}
