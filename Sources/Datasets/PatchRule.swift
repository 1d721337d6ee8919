import Codecs
import Numerics

/// Patches of one size, cut from each picture when it is imported: at random positions, or as tiles that cover the picture.
///
/// The random positions of picture k (counted over all pictures in reading order) are integers of the stream "dataset/patches" with seed 0 at step k:
/// index 2 i for the row and 2 i + 1 for the column of patch i. They are multiples of `step`. Tiles are side by side, row by row; the last ones of a row and of a column end at the
/// picture's edge, and so overlap those before them if the size does not divide the picture.
public struct PatchRule: Sendable, Hashable, CustomStringConvertible {
    /// Rows of a patch.
    public let height: Int
    /// Columns of a patch.
    public let width: Int
    /// Random patches per picture; nil for tiles in every split.
    public let count: Int?
    /// Whether splits other than the training split are cut into tiles.
    public let tiles: Bool
    /// What is stored for the training split instead, where crops of patch size are drawn from it anew each time; nil for patches.
    public let window: Window?

    /// Training images of which crops are drawn.
    public enum Window: Sendable, Hashable {
        /// As many of one size as there would be patches, at their places.
        case fixed(height: Int, width: Int)
        /// The pictures themselves, whatever their size.
        case whole
    }

    /// The largest number of patches per picture.
    public static let most = 10_000

    /// Creates a rule.
    /// - Precondition: all numbers are positive, and there are random patches or tiles
    public init(height: Int, width: Int, count: Int?, tiles: Bool = false, window: Window? = nil) {
        precondition(height > 0 && width > 0 && count ?? 1 > 0 && (count != nil || tiles), "patches of \(height) x \(width)")
        if case .fixed(let rows, let columns)? = window { precondition(rows >= height && columns >= width, "windows smaller than patches of \(height) x \(width)") }
        (self.height, self.width, self.count, self.tiles, self.window) = (height, width, count, tiles, window)
    }

    /// What is cut for a split.
    func size(ofSplit name: String) -> (height: Int, width: Int) {
        if name == SplitName.train, case .fixed(let height, let width)? = window { (height, width) } else { (height, width) }
    }

    /// Such as "20 patches of 64 x 64 per picture".
    public var description: String {
        let drawn = switch window {
        case nil: ""
        case .fixed(let height, let width): ", in \(SplitName.train) drawn anew each time from windows of \(height) x \(width)"
        case .whole: ", in \(SplitName.train) one of each whole picture, drawn anew each time"
        }
        guard let count else { return "tiles of \(height) x \(width)\(drawn)" }
        return "\(count) patch\(count == 1 ? "" : "es") of \(height) x \(width) per picture" + (tiles ? ", tiles in other splits than \(SplitName.train)" : "") + drawn
    }

    /// Whether the pictures of a split are stored whole.
    func keepsWhole(split name: String) -> Bool { name == SplitName.train && window == .whole }

    /// The upper left corners of the patches of a picture of this size; nil if it is smaller than a patch.
    func corners(picture: Int, height: Int, width: Int, step: Int, split: String = SplitName.train) -> [(row: Int, column: Int)]? {
        let size = size(ofSplit: split)
        guard height >= size.height, width >= size.width else { return nil }
        guard let count, !tiles || split == SplitName.train else {
            return Self.starts(height, size.height).flatMap { row in Self.starts(width, size.width).map { (row, $0) } }
        }
        let stream = RandomStream(seed: 0, name: "dataset/patches")
        func place(_ free: Int, _ index: Int) -> Int { step * stream.integer(below: free / step + 1, step: UInt64(picture), index: index) }
        return (0..<count).map { (place(height - size.height, 2 * $0), place(width - size.width, 2 * $0 + 1)) }
    }

    private static func starts(_ whole: Int, _ size: Int) -> [Int] {
        stride(from: 0, to: whole, by: size).map { min($0, whole - size) }
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
                converted.append(UInt8(clamping: (299 * red + 587 * green + 114 * blue + 500) / 1000))
            }
        }
        return PixelImage(width: width, height: height, channels: wanted, pixels: converted)
    }
}
