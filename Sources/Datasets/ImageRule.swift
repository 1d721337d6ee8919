import Canonical

/// Preprocessing of images to one size: crop, then resize. Values stay 8-bit.
public struct ImageRule: Sendable, Hashable {
    /// The region to keep.
    public enum Crop: Sendable, Hashable {
        /// No crop.
        case none
        /// The largest central square.
        case square
        /// A central square of this side; smaller images are padded with black.
        case center(Int)
        /// A box at a fixed position, which must be inside the image.
        case box(row: Int, column: Int, height: Int, width: Int)
    }

    /// The interpolation method.
    public enum Resize: String, Sendable, Hashable, CaseIterable {
        /// Bilinear between the four nearest pixels, with pixel k of the result at k * (old / new), without averaging, as in TensorFlow 1.
        case bilinear
        /// The mean over the area covered by a target pixel; preferable for strong downsampling.
        case area
    }

    /// The region to keep.
    public let crop: Crop
    /// The size of the result; nil keeps that of the crop.
    public let height: Int?
    /// Target width in pixels; nil keeps that of the crop.
    public let width: Int?
    /// The interpolation method.
    public let resize: Resize

    /// Creates a rule.
    public init(crop: Crop = .none, height: Int? = nil, width: Int? = nil, resize: Resize = .area) {
        (self.crop, self.height, self.width, self.resize) = (crop, height, width, resize)
    }

    /// As text, such as "crop centre 160, bilinear to 64 x 64"; stored in the metadata of a data set.
    public var text: String {
        var parts: [String] = []
        switch crop {
        case .none: break
        case .square: parts.append("crop square")
        case .center(let side): parts.append("crop centre \(side)")
        case .box(let row, let column, let height, let width): parts.append("crop box \(row),\(column),\(height),\(width)")
        }
        if let height, let width { parts.append("\(resize.rawValue) to \(height) x \(width)") }
        return parts.isEmpty ? "as it is" : parts.joined(separator: ", ")
    }

    /// Parses a crop from the command line: "none", "square", "centre:160" or "box:55,35,108,108" (row, column, height, width).
    public static func crop(reading text: String) -> Crop? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts.count < 2 ? [] : parts[1].split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0, in: 0...65_536) }
        guard parts.count < 2 || numbers.count == parts[1].split(separator: ",", omittingEmptySubsequences: false).count else { return nil }
        switch (parts[0], numbers.count) {
        case ("none", 0): return Crop.none
        case ("square", 0): return .square
        case ("centre", 1): return numbers[0] > 0 ? .center(numbers[0]) : nil
        case ("box", 4): return numbers[2] > 0 && numbers[3] > 0 ? .box(row: numbers[0], column: numbers[1], height: numbers[2], width: numbers[3]) : nil
        default: return nil
        }
    }

    /// Parses a size from the command line: "64" or "64x48" (height x width).
    public static func size(reading text: String) -> (height: Int, width: Int)? {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0, in: 1...4096) }
        guard (1...2).contains(parts.count), numbers.count == parts.count else { return nil }
        return (numbers[0], numbers[numbers.count - 1])
    }
}
