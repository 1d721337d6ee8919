import Canonical

/// How pictures of any size become images of one size: a crop, and then a change of size. Values stay in 8 bits.
public struct ImageRule: Sendable, Hashable {
    public enum Crop: Sendable, Hashable {
        /// The whole picture.
        case none
        /// The largest square in the middle.
        case square
        /// A square of this side in the middle; black is put around a picture that is smaller.
        case centre(Int)
        /// A box at a fixed place, which has to lie within the picture.
        case box(row: Int, column: Int, height: Int, width: Int)
    }

    public enum Resize: String, Sendable, Hashable, CaseIterable {
        /// Bilinear between the four nearest pixels, with pixel k of the result at k * (old / new), nothing averaged: as TensorFlow 1 does it.
        case bilinear
        /// The mean over the area that a pixel of the result covers: the better choice where much is made smaller.
        case area
    }

    public let crop: Crop
    /// The size of the result; nil keeps that of the crop.
    public let height: Int?
    public let width: Int?
    public let resize: Resize

    public init(crop: Crop = .none, height: Int? = nil, width: Int? = nil, resize: Resize = .area) {
        (self.crop, self.height, self.width, self.resize) = (crop, height, width, resize)
    }

    /// In words, such as "crop centre 160, bilinear to 64 x 64"; part of what is kept about a data set.
    public var text: String {
        var parts: [String] = []
        switch crop {
        case .none: break
        case .square: parts.append("crop square")
        case .centre(let side): parts.append("crop centre \(side)")
        case .box(let row, let column, let height, let width): parts.append("crop box \(row),\(column),\(height),\(width)")
        }
        if let height, let width { parts.append("\(resize.rawValue) to \(height) x \(width)") }
        return parts.isEmpty ? "as it is" : parts.joined(separator: ", ")
    }

    /// A crop as it is written on the command line: "none", "square", "centre:160" or "box:55,35,108,108" (row, column, height, width).
    public static func crop(reading text: String) -> Crop? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts.count < 2 ? [] : parts[1].split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0, in: 0...65_536) }
        guard parts.count < 2 || numbers.count == parts[1].split(separator: ",", omittingEmptySubsequences: false).count else { return nil }
        switch (parts[0], numbers.count) {
        case ("none", 0): return Crop.none
        case ("square", 0): return .square
        case ("centre", 1): return numbers[0] > 0 ? .centre(numbers[0]) : nil
        case ("box", 4): return numbers[2] > 0 && numbers[3] > 0 ? .box(row: numbers[0], column: numbers[1], height: numbers[2], width: numbers[3]) : nil
        default: return nil
        }
    }

    /// A size as it is written on the command line: "64" or "64x48" (height x width).
    public static func size(reading text: String) -> (height: Int, width: Int)? {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0, in: 1...4096) }
        guard (1...2).contains(parts.count), numbers.count == parts.count else { return nil }
        return (numbers[0], numbers[numbers.count - 1])
    }
}
