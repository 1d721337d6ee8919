import Archives

/// An `.npz` file of one's own: images in "images" or "x" (or "train_images", "x_train", with the same of "test"), labels in "labels" or "y".
///
/// Images are [n, height, width] or [n, height, width, channels], uint8 from 0 to 255, or floats in [0, 1]. An array [n, 2] of floats holds
/// points of the plane, whose coordinates may be anything finite. Labels are [n] whole numbers from 0 to 255.
struct NPZSource {
    let path: String

    func read(progress: (DatasetProgress) -> Void) throws(DatasetError) -> OwnContent {
        progress(DatasetProgress(activity: "Reading \(path)", fraction: 0))
        let bytes = try readFile(path)
        let arrays: [ArrayEntry]
        do {
            arrays = try Npz.arrays(bytes)
        } catch {
            throw .unreadable(file: path, problem: "\(error)")
        }
        var splits: [DatasetSplit] = []
        if let whole = try split("train", images: ["images", "x"], labels: ["labels", "y"], arrays) {
            splits = [whole]
        } else {
            for name in ["train", "test"] {
                let images = ["\(name)_images", "x_\(name)", "\(name)/images"], labels = ["\(name)_labels", "y_\(name)", "\(name)/labels"]
                if let split = try split(name, images: images, labels: labels, arrays) { splits.append(split) }
            }
        }
        guard let first = splits.first, first.name == "train" else {
            throw .notPossible(what: path, problem: "it has no array \"images\" or \"x\", but \(arrays.map(\.name).sorted().joined(separator: ", "))")
        }
        guard splits.allSatisfy({ $0.shape == first.shape && ($0.labels == nil) == (first.labels == nil) }) else {
            throw .notPossible(what: path, problem: "the splits differ in size, or in having labels")
        }
        let classes = splits.flatMap { $0.labels ?? [] }.max().map { Int($0) + 1 } ?? 0
        let isPoints = first.shape == ImageShape(height: 1, width: 1, channels: 2)
        return OwnContent(
            kind: isPoints ? .points : .images, shape: first.shape, classes: classes, splits: splits,
            summary: "\(splits.reduce(0) { $0 + $1.count }) \(isPoints ? "points" : "images") from an .npz file.", source: "an .npz file of \(arrays.map(\.name).sorted().joined(separator: ", "))")
    }

    private func split(_ name: String, images: [String], labels: [String], _ arrays: [ArrayEntry]) throws(DatasetError) -> DatasetSplit? {
        guard let array = arrays.first(where: { images.contains($0.name) }) else { return nil }
        let shape = try shape(array)
        let pixels = try pixels(array, isPoints: array.shape.count == 2)
        guard let classes = arrays.first(where: { labels.contains($0.name) }) else {
            return DatasetSplit(name: name, shape: shape, pixels: pixels, labels: nil)
        }
        guard classes.shape == [array.shape[0]] else {
            throw .notPossible(what: "\(path), \(classes.name)", problem: "its shape is \(classes.shape), expected [\(array.shape[0])]")
        }
        return DatasetSplit(name: name, shape: shape, pixels: pixels, labels: try self.labels(classes))
    }

    private func shape(_ array: ArrayEntry) throws(DatasetError) -> ImageShape {
        let extents = array.shape
        let sizes = extents.count == 2 && extents[1] == 2 ? [1, 1, 2] : extents.count == 3 ? [extents[1], extents[2], 1] : Array(extents.dropFirst())
        guard sizes.count == 3, extents[0] > 0, sizes.allSatisfy({ 1...4096 ~= $0 }), [1, 2, 3].contains(sizes[2]) else {
            throw .notPossible(what: "\(path), \(array.name)", problem: "its shape is \(extents), expected [n, height, width], [n, height, width, 1 or 3] or [n, 2]")
        }
        guard sizes[2] != 2 || sizes == [1, 1, 2] else { throw .notPossible(what: "\(path), \(array.name)", problem: "images have 1 or 3 channels, not 2") }
        return ImageShape(height: sizes[0], width: sizes[1], channels: sizes[2])
    }

    private func pixels(_ array: ArrayEntry, isPoints: Bool) throws(DatasetError) -> ImagePixels {
        let values: [Float]
        switch array.elements {
        case .uint8(let bytes) where !isPoints: return .bytes(bytes, white: 255)
        case .float32(let numbers): values = numbers
        case .float64(let numbers): values = numbers.map { Float($0) }
        case .uint8, .int64: throw .notPossible(what: "\(path), \(array.name)", problem: "its numbers are \(array.elements.kind.rawValue), expected uint8 or floats")
        }
        if let bad = values.firstIndex(where: { !$0.isFinite || (!isPoints && !(0...1 ~= $0)) }) {
            throw .wrongValue(
                file: "\(path), \(array.name)", offset: bad, field: "element \(bad)", expected: isPoints ? "a finite number" : "0 to 1", actual: "\(values[bad])")
        }
        return .floats(values)
    }

    private func labels(_ array: ArrayEntry) throws(DatasetError) -> [UInt8] {
        switch array.elements {
        case .uint8(let values): return values
        case .int64(let values):
            if let bad = values.firstIndex(where: { !(0...255 ~= $0) }) {
                throw .wrongValue(file: "\(path), \(array.name)", offset: bad, field: "label \(bad)", expected: "0 to 255", actual: "\(values[bad])")
            }
            return values.map { UInt8($0) }
        case .float32, .float64:
            throw .notPossible(what: "\(path), \(array.name)", problem: "labels are whole numbers, int64 or uint8")
        }
    }
}
