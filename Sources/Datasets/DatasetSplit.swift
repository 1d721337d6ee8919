/// A named part of a data set: "train", "test", or "holdout".
public struct DatasetSplit: Sendable, Hashable {
    /// The name of the split.
    public let name: String
    /// The shape of an image.
    public let shape: ImageShape
    /// Number of images.
    public let count: Int
    /// All pixels, image by image.
    public let pixels: ImagePixels
    /// The class of each image, or nil for a data set without classes.
    public let labels: [UInt8]?
    /// The low-resolution partner of each image, where they are given (see `LowResolution`).
    public var lowResolution: DatasetSplit? { partners.first }
    private let partners: [DatasetSplit]
    /// The stored images of which the examples are crops, where these are drawn anew each time (see `TrainingWindows`).
    public let windows: StoredWindows?

    /// The value of each byte, to avoid divisions in the inner loop.
    private let levels: [Float]

    /// Creates a split.
    /// - Precondition: the pixels fill complete images, with one label and one given partner per image or none at all
    public init(name: String, shape: ImageShape, pixels: ImagePixels, labels: [UInt8]?, lowResolution: DatasetSplit? = nil, windows: StoredWindows? = nil) {
        let count = pixels.count / shape.elements
        precondition(count * shape.elements == pixels.count, "\(pixels.count) pixels do not fill images of \(shape)")
        precondition(labels.map { $0.count == count } ?? true, "\(labels?.count ?? 0) labels for \(count) images")
        precondition(lowResolution.map { $0.count == count } ?? true, "\(lowResolution?.count ?? 0) low-resolution images for \(count) images")
        (self.name, self.shape, self.count, self.pixels, self.labels) = (name, shape, count, pixels, labels)
        precondition(windows.map { $0.count == count } ?? true, "\(windows?.count ?? 0) windows for \(count) images")
        partners = lowResolution.map { [$0] } ?? []
        self.windows = windows
        switch pixels {
        case .bytes(_, let white): levels = (0...255).map { Float($0) / Float(white) }
        case .floats: levels = []
        }
    }

    /// Writes the images at `indices` to `buffer`, in order, as float32 in [0, 1].
    /// - Shapes: buffer [indices.count, height, width, channels]
    /// - Precondition: every index is in 0 ..< count, and the buffer has exactly this size
    public func copyImages(at indices: some Collection<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
        let size = shape.elements
        precondition(buffer.count == indices.count * size, "a buffer of \(buffer.count) for \(indices.count) images of \(size)")
        var start = 0
        for index in indices {
            precondition(index >= 0 && index < count, "image \(index) of \(count)")
            unsafe copyImage(at: index, into: UnsafeMutableBufferPointer(rebasing: buffer[start..<start + size]))
            start += size
        }
    }

    /// The images at `indices`, in order, as float32 in [0, 1].
    /// - Shapes: [indices.count, height, width, channels]
    public func images(at indices: some Collection<Int>) -> [Float] {
        let total = indices.count * shape.elements
        return unsafe [Float](unsafeUninitializedCapacity: total) { buffer, filled in
            unsafe buffer.initialize(repeating: 0)
            unsafe copyImages(at: indices, into: UnsafeMutableBufferPointer(rebasing: buffer[..<total]))
            filled = total
        }
    }

    /// The labels of the images at `indices`.
    /// - Precondition: the data set has labels.
    public func labels(at indices: some Collection<Int>) -> [UInt8] {
        guard let labels else { preconditionFailure("split \(name) has no labels") }
        return indices.map { labels[$0] }
    }

    private func copyImage(at index: Int, into target: UnsafeMutableBufferPointer<Float>) {
        let start = index * shape.elements
        switch pixels {
        case .bytes(let values, _):
            unsafe values.withUnsafeBufferPointer { source in
                unsafe levels.withUnsafeBufferPointer { level in
                    for i in 0..<target.count { unsafe target[i] = level[Int(source[start + i])] }
                }
            }
        case .floats(let values):
            unsafe values.withUnsafeBufferPointer { source in
                for i in 0..<target.count { unsafe target[i] = source[start + i] }
            }
        }
    }
}
