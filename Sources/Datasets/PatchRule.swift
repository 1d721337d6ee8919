import Codecs
import Numerics

/// Patches of one size, cut from each picture at random positions when it is imported.
///
/// The positions of picture k (counted over all pictures in reading order) are integers of the stream "dataset/patches" with seed 0 at step k:
/// index 2 i for the row and 2 i + 1 for the column of patch i. They are multiples of `step`.
public struct PatchRule: Sendable, Hashable, CustomStringConvertible {
    /// Rows of a patch.
    public let height: Int
    /// Columns of a patch.
    public let width: Int
    /// Patches per picture.
    public let count: Int

    /// The largest number of patches per picture.
    public static let most = 10_000

    /// Creates a rule.
    /// - Precondition: all numbers are positive
    public init(height: Int, width: Int, count: Int) {
        precondition(height > 0 && width > 0 && count > 0, "\(count) patches of \(height) x \(width)")
        (self.height, self.width, self.count) = (height, width, count)
    }

    /// Such as "20 patches of 64 x 64 per picture".
    public var description: String { "\(count) patch\(count == 1 ? "" : "es") of \(height) x \(width) per picture" }

    /// The upper left corners of the patches of a picture of this size; nil if it is smaller than a patch.
    func corners(picture: Int, height: Int, width: Int, step: Int) -> [(row: Int, column: Int)]? {
        guard height >= self.height, width >= self.width else { return nil }
        let stream = RandomStream(seed: 0, name: "dataset/patches")
        func place(_ free: Int, _ index: Int) -> Int { step * stream.integer(below: free / step + 1, step: UInt64(picture), index: index) }
        return (0..<count).map { (place(height - self.height, 2 * $0), place(width - self.width, 2 * $0 + 1)) }
    }
}

extension PixelImage {
    /// A window inside the image.
    func window(row: Int, column: Int, height: Int, width: Int) -> [UInt8] {
        var window: [UInt8] = []
        window.reserveCapacity(height * width * channels)
        for y in row..<row + height {
            let start = (y * self.width + column) * channels
            window += pixels[start..<start + width * channels]
        }
        return window
    }

    /// The image with this number of channels: gray is repeated in three channels; color becomes its luma (BT.601, rounded).
    func withChannels(_ wanted: Int) -> PixelImage {
        guard channels != wanted else { return self }
        var converted: [UInt8] = []
        converted.reserveCapacity(width * height * wanted)
        for pixel in 0..<width * height {
            if wanted == 3 {
                for _ in 0..<3 { converted.append(pixels[pixel]) }
            } else {
                let (red, green, blue) = (Int(pixels[3 * pixel]), Int(pixels[3 * pixel + 1]), Int(pixels[3 * pixel + 2]))
                converted.append(UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000))
            }
        }
        return PixelImage(width: width, height: height, channels: wanted, pixels: converted)
    }
}
