import Canonical
import Numerics

/// The field "low_resolution" of the examples of a split: given pixels, or images reduced when they are asked for.
struct LowResolutionImages: Sendable {
    private let split: DatasetSplit
    private let kind: LowResolution
    private let shape: ImageShape
    private let resampler: BicubicResampler

    /// - Precondition: the scale divides the images, and the split has given pixels exactly if the kernel is "given"
    init(_ kind: LowResolution, of split: DatasetSplit) {
        guard let shape = kind.shape(of: split.shape) else { preconditionFailure("images of \(split.shape) at the scale \(kind.scale)") }
        precondition((kind.kernel == .given) == (split.lowResolution != nil), "low-resolution pixels of split \(split.name) with the kernel \(kind.kernel)")
        (self.split, self.kind, self.shape) = (split, kind, shape)
        resampler = BicubicResampler(height: split.shape.height, width: split.shape.width, toHeight: shape.height, toWidth: shape.width)
    }

    /// Writes the partners of the images at `indices`, in order, as float32 in [0, 1].
    /// - Shapes: buffer [indices.count, height / scale, width / scale, channels]
    func copy(at indices: [Int], into buffer: UnsafeMutableBufferPointer<Float>) {
        if let given = split.lowResolution { return unsafe given.copyImages(at: indices, into: buffer) }
        let size = shape.elements
        precondition(buffer.count == indices.count * size, "a buffer of \(buffer.count) for \(indices.count) images of \(size)")
        for (place, index) in indices.enumerated() {
            let reduced = resampler.resampled(split.levels(at: index), channels: shape.channels)
            for (i, level) in reduced.enumerated() { unsafe buffer[place * size + i] = Float(level) / 255 }
        }
    }
}

extension DatasetSplit {
    /// An image as 8-bit levels; values of other pixel types are rounded to the nearest of 256 levels.
    /// - Precondition: the index is in 0 ..< count
    public func levels(at index: Int) -> [UInt8] {
        let range = index * shape.elements..<(index + 1) * shape.elements
        switch pixels {
        case .bytes(let values, white: 255): return Array(values[range])
        case .bytes(let values, let white): return values[range].map { UInt8(saturating: (Double($0) / Double(white) * 255).rounded()) }
        case .floats(let values): return values[range].map { $0 > 0 ? UInt8(saturating: (min($0, 1) * 255).rounded()) : 0 }
        }
    }
}
