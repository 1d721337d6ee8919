import Canonical
import Numerics

/// Training images that are stored larger than the examples: each time an example is used, a crop of it is drawn anew. Other splits have the size of the examples.
///
/// The crop of the example at position q of the run's order begins at row index 2 q and column index 2 q + 1, integers at step 0 of the stream "data/crop" with the run's seed, in multiples of
/// `step`. Outside of a run's order, an example is the crop in the middle.
public struct TrainingWindows: Sendable, Hashable {
    /// Rows of a stored training image.
    public let height: Int
    /// Columns of a stored training image.
    public let width: Int

    /// The name of the stream of crops.
    static let stream = "data/crop"

    /// Creates a description.
    public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

    /// The shape of the stored training images of a data set.
    func shape(for images: ImageShape) -> ImageShape { ImageShape(height: height, width: width, channels: images.channels) }

    /// In the header of the content and in the metadata record.
    var json: JSONValue { ["height": .integer(Int64(height)), "width": .integer(Int64(width))] }

    /// Reads the member "windows"; nil if there is none.
    /// - Errors: `FieldError` for windows that are smaller than the images, or that the scale does not divide
    init?(reading fields: inout FieldReader, images: ImageShape, lowResolution: LowResolution?) throws(FieldError) {
        guard var inner = try fields.optionalObject("windows") else { return nil }
        self.init(height: try inner.integer("height", in: images.height...65_536), width: try inner.integer("width", in: images.width...65_536))
        try inner.finish()
        if let lowResolution, lowResolution.shape(of: shape(for: images)) == nil {
            throw fields.error("windows", "has \(height) x \(width) pixels, which the scale \(lowResolution.scale) does not divide")
        }
    }

    /// What corners of crops are multiples of.
    static func step(_ lowResolution: LowResolution?) -> Int { lowResolution?.kernel == .given ? lowResolution?.scale ?? 1 : 1 }

    /// The corner of the crop in the middle.
    func middle(of images: ImageShape, step: Int) -> (row: Int, column: Int) {
        ((height - images.height) / 2 / step * step, (width - images.width) / 2 / step * step)
    }

    /// The corners of the crops of the examples at positions first ..< first + count of a run's order.
    func corners(first: Int, count: Int, seed: UInt64, images: ImageShape, step: Int) -> [(row: Int, column: Int)] {
        let stream = RandomStream(seed: seed, name: Self.stream)
        func place(_ free: Int, _ index: Int) -> Int { step * stream.integer(below: free / step + 1, step: 0, index: index) }
        return (first..<first + count).map { (place(height - images.height, 2 * $0), place(width - images.width, 2 * $0 + 1)) }
    }
}

extension DatasetSplit {
    /// A part of an image as float32 in [0, 1].
    /// - Shapes: buffer [shape.height, shape.width, channels]
    /// - Precondition: the part is inside the image
    func copyCrop(of index: Int, row: Int, column: Int, shape part: ImageShape, into buffer: UnsafeMutableBufferPointer<Float>) {
        precondition(row >= 0 && column >= 0 && row + part.height <= shape.height && column + part.width <= shape.width, "a part outside of images of \(shape)")
        let line = part.width * part.channels
        let image = images(at: CollectionOfOne(index))
        for y in 0..<part.height {
            let start = ((row + y) * shape.width + column) * part.channels
            for i in 0..<line { unsafe buffer[y * line + i] = image[start + i] }
        }
    }

    /// A part of an image as 8-bit levels.
    func levels(at index: Int, row: Int, column: Int, shape part: ImageShape) -> [UInt8] {
        let levels = levels(at: index), line = part.width * part.channels
        return (0..<part.height).flatMap { y in
            let start = ((row + y) * shape.width + column) * part.channels
            return levels[start..<start + line]
        }
    }

    /// The parts of all images with one corner.
    func cropped(row: Int, column: Int, to part: ImageShape) -> ImagePixels {
        let line = part.width * part.channels
        func rows<Element>(_ values: [Element]) -> [Element] {
            var found: [Element] = []
            found.reserveCapacity(count * part.elements)
            for index in 0..<count {
                for y in 0..<part.height {
                    let start = index * shape.elements + ((row + y) * shape.width + column) * part.channels
                    found += values[start..<start + line]
                }
            }
            return found
        }
        return switch pixels {
        case .bytes(let values, let white): .bytes(rows(values), white: white)
        case .floats(let values): .floats(rows(values))
        }
    }

    /// The split of the examples of stored windows: their crops in the middle, with the windows.
    init(middleOf windows: DatasetSplit, _ rule: TrainingWindows, shape: ImageShape, lowResolution: LowResolution?) {
        let step = TrainingWindows.step(lowResolution), (row, column) = rule.middle(of: shape, step: step)
        var partners: DatasetSplit?
        if let given = windows.lowResolution, let kind = lowResolution, let small = kind.shape(of: shape) {
            partners = DatasetSplit(
                name: windows.name, shape: small, pixels: given.cropped(row: row / kind.scale, column: column / kind.scale, to: small), labels: nil)
        }
        self.init(
            name: windows.name, shape: shape, pixels: windows.cropped(row: row, column: column, to: shape), labels: windows.labels, lowResolution: partners,
            windows: windows)
    }
}
