public import Canonical
import Numerics

/// Training images that are stored larger than the examples: each time an example is used, a crop of it is drawn anew. Other splits have the size of the examples.
///
/// The crop of the example at position q of the run's order begins at row index 2 q and column index 2 q + 1, integers at step 0 of the stream "data/crop" with the run's seed, in multiples of
/// `step`. Outside of a run's order, an example is the crop in the middle.
public enum TrainingWindows: Sendable, Hashable {
    /// Windows of one size.
    case fixed(height: Int, width: Int)
    /// Whole pictures, each of its own size: those of the training images in order.
    case whole(heights: [Int], widths: [Int])

    /// The name of the stream of crops.
    static let stream = "data/crop"
    /// The largest number of whole pictures, whose sizes are in the header of the content.
    static let mostPictures = 50_000

    /// Windows of one size.
    public init(height: Int, width: Int) { self = .fixed(height: height, width: width) }

    /// The shape of a stored training image of a data set.
    func shape(of index: Int, for images: ImageShape) -> ImageShape {
        switch self {
        case .fixed(let height, let width): ImageShape(height: height, width: width, channels: images.channels)
        case .whole(let heights, let widths): ImageShape(height: heights[index], width: widths[index], channels: images.channels)
        }
    }

    /// The greatest height and width.
    public var largest: (height: Int, width: Int) {
        switch self {
        case .fixed(let height, let width): (height, width)
        case .whole(let heights, let widths): (heights.max() ?? 0, widths.max() ?? 0)
        }
    }

    /// Whether training images are whole pictures.
    public var isWhole: Bool { if case .whole = self { true } else { false } }

    /// In the header of the content and in the metadata record.
    public var json: JSONValue {
        func list(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
        return switch self {
        case .fixed(let height, let width): ["height": .integer(Int64(height)), "width": .integer(Int64(width))]
        case .whole(let heights, let widths): ["heights": list(heights), "widths": list(widths)]
        }
    }

    /// Reads the member "windows"; nil if there is none.
    /// - Parameter count: of training images
    /// - Errors: `FieldError` for windows that are smaller than the images, or that the scale does not divide, or whole pictures of another number
    init?(reading fields: inout FieldReader, images: ImageShape, count: Int, lowResolution: LowResolution?) throws(FieldError) {
        guard var inner = try fields.optionalObject("windows") else { return nil }
        let (rows, columns) = (images.height...65_536, images.width...65_536)
        if let heights = try inner.optionalIntegers("heights", count: 1...Self.mostPictures, each: rows) {
            guard let widths = try inner.optionalIntegers("widths", count: 1...Self.mostPictures, each: columns), heights.count == count, widths.count == count else {
                throw fields.error("windows", "has no height and width for each of \(count) training images")
            }
            self = .whole(heights: heights, widths: widths)
        } else {
            self = .fixed(height: try inner.integer("height", in: rows), width: try inner.integer("width", in: columns))
        }
        try inner.finish()
        // Crops of whole pictures are reduced themselves; given partners have their own pixels.
        guard let lowResolution, !isWhole || lowResolution.kernel == .given else { return }
        for index in 0..<(isWhole ? count : 1) {
            let stored = shape(of: index, for: images)
            guard lowResolution.shape(of: stored) != nil else {
                throw fields.error("windows", "has \(stored.height) x \(stored.width) pixels, which the scale \(lowResolution.scale) does not divide")
            }
        }
    }

    /// What corners of crops are multiples of.
    static func step(_ lowResolution: LowResolution?) -> Int { lowResolution?.kernel == .given ? lowResolution?.scale ?? 1 : 1 }

    /// The corner of the crop in the middle of a training image.
    func middle(of index: Int, images: ImageShape, step: Int) -> (row: Int, column: Int) {
        let stored = shape(of: index, for: images)
        return ((stored.height - images.height) / 2 / step * step, (stored.width - images.width) / 2 / step * step)
    }

    /// The corners of the crops of training images at positions from `first` on of a run's order.
    func corners(of indices: [Int], first: Int, seed: UInt64, images: ImageShape, step: Int) -> [(row: Int, column: Int)] {
        let stream = RandomStream(seed: seed, name: Self.stream)
        func place(_ free: Int, _ index: Int) -> Int { step * stream.integer(below: free / step + 1, step: 0, index: index) }
        return zip(indices, first...).map { index, position in
            let stored = shape(of: index, for: images)
            return (place(stored.height - images.height, 2 * position), place(stored.width - images.width, 2 * position + 1))
        }
    }
}

/// The stored training images of which examples are crops, and their given low-resolution partners.
public struct StoredWindows: Sendable, Hashable {
    /// The shape of each image.
    public let shapes: [ImageShape]
    /// All pixels, image by image.
    public let pixels: ImagePixels
    /// The low-resolution partners, where they are given.
    public var lowResolution: StoredWindows? { partners.first }
    private let partners: [StoredWindows]
    private let starts: [Int]

    /// - Precondition: the pixels fill the images, with one given partner for each or none at all
    init(shapes: [ImageShape], pixels: ImagePixels, lowResolution: StoredWindows? = nil) {
        starts = shapes.reduce(into: [0]) { starts, shape in starts.append(starts[starts.count - 1] + shape.elements) }
        precondition(starts.last == pixels.count, "\(pixels.count) pixels do not fill \(shapes.count) windows")
        precondition(lowResolution.map { $0.count == shapes.count } ?? true, "\(lowResolution?.count ?? 0) low-resolution images for \(shapes.count) windows")
        (self.shapes, self.pixels, partners) = (shapes, pixels, lowResolution.map { [$0] } ?? [])
    }

    /// Number of images.
    public var count: Int { shapes.count }

    /// A part of an image as float32 in [0, 1].
    /// - Shapes: buffer [shape.height, shape.width, channels]
    /// - Precondition: the part is inside the image
    func copyCrop(of index: Int, row: Int, column: Int, shape part: ImageShape, into buffer: UnsafeMutableBufferPointer<Float>) {
        precondition(buffer.count == part.elements, "a buffer of \(buffer.count) for a part of \(part)")
        forEachRow(of: index, row: row, column: column, part) { start, line, to in
            switch pixels {
            case .bytes(let values, let white): for i in 0..<line { unsafe buffer[to + i] = Float(values[start + i]) / Float(white) }
            case .floats(let values): for i in 0..<line { unsafe buffer[to + i] = values[start + i] }
            }
        }
    }

    /// A part of an image as 8-bit levels; values of other pixel types are rounded as `DatasetSplit.levels(at:)` does.
    func levels(at index: Int, row: Int, column: Int, shape part: ImageShape) -> [UInt8] {
        let cut = DatasetSplit(name: SplitName.train, shape: part, pixels: crops([index], shape: part) { _ in (row, column) }, labels: nil)
        return cut.levels(at: 0)
    }

    /// A crop of each of some images.
    func crops(_ indices: some Collection<Int>, shape part: ImageShape, _ corner: (Int) -> (row: Int, column: Int)) -> ImagePixels {
        func cut<Element>(_ values: [Element]) -> [Element] {
            var found: [Element] = []
            found.reserveCapacity(indices.count * part.elements)
            for index in indices {
                let (row, column) = corner(index)
                forEachRow(of: index, row: row, column: column, part) { start, line, _ in found += values[start..<start + line] }
            }
            return found
        }
        return switch pixels {
        case .bytes(let values, let white): .bytes(cut(values), white: white)
        case .floats(let values): .floats(cut(values))
        }
    }

    private func forEachRow(of index: Int, row: Int, column: Int, _ part: ImageShape, _ body: (_ start: Int, _ count: Int, _ to: Int) -> Void) {
        let whole = shapes[index], line = part.width * part.channels
        precondition(row >= 0 && column >= 0 && row + part.height <= whole.height && column + part.width <= whole.width, "a part outside of an image of \(whole)")
        for y in 0..<part.height { body(starts[index] + ((row + y) * whole.width + column) * part.channels, line, y * line) }
    }
}

extension DatasetSplit {
    /// The split of the examples of stored windows: their crops in the middle, with the windows.
    init(middleOf windows: StoredWindows, _ rule: TrainingWindows, name: String, shape: ImageShape, labels: [UInt8]?, lowResolution: LowResolution?) {
        let step = TrainingWindows.step(lowResolution), all = 0..<windows.count
        func corner(_ index: Int) -> (row: Int, column: Int) { rule.middle(of: index, images: shape, step: step) }
        var partners: DatasetSplit?
        if let given = windows.lowResolution, let kind = lowResolution, let small = kind.shape(of: shape) {
            let pixels = given.crops(all, shape: small) { index in
                let (row, column) = corner(index)
                return (row / kind.scale, column / kind.scale)
            }
            partners = DatasetSplit(name: name, shape: small, pixels: pixels, labels: nil)
        }
        self.init(name: name, shape: shape, pixels: windows.crops(all, shape: shape, corner), labels: labels, lowResolution: partners, windows: windows)
    }
}
