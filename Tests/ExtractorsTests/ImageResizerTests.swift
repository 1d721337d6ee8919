import Archives
import TestSupport
import Testing

@testable import Extractors

@Suite struct ImageResizerTests {
    private func difference(_ kind: ResizeKind, _ size: String, channels: Int = 3) throws -> Float {
        let arrays = try SmallNetwork.arrays()
        guard case .uint8(let picture)? = arrays["picture"]?.elements, let entry = arrays["\(kind.rawValue)_\(size)"], case .float32(let wanted) = entry.elements else {
            return .infinity
        }
        let levels = stride(from: 0, to: picture.count, by: 3 / channels).map { Float(picture[$0]) }
        let resized = ImageResizer(kind, height: 23, width: 17, toHeight: entry.shape[0], toWidth: entry.shape[1]).resized(levels, channels: channels)
        return resized.count == wanted.count ? zip(resized, wanted).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    private static let sizes = ["40x31", "9x8", "23x29", "7x41"]

    /// Pillow in both modes, and TensorFlow's arithmetic in single precision: the same bits.
    @Test(arguments: [ResizeKind.pillow, .pillow8, .tensorFlow1], sizes) func hasTheBitsOf(kind: ResizeKind, size: String) throws {
        #expect(try difference(kind, size) == 0)
    }

    /// PyTorch chooses among several orders of the same four products: two roundings of a level up to 255. Only for images much smaller than those that networks read
    /// does it compute positions with fused multiply-adds, which moves them by a rounding of their own.
    @Test(arguments: [ResizeKind.torch, .torchAligned], ["100x90", "90x110"]) func agreesWithPyTorch(kind: ResizeKind, size: String) throws {
        #expect(try difference(kind, size, channels: 1) <= 2 * Float(128).ulp)
    }

    @Test func keepsAnImageOfTheRightSize() {
        let image: [Float] = (0..<24).map { Float($0 * 10) }
        for kind in ResizeKind.allCases { #expect(ImageResizer(kind, height: 4, width: 3, toHeight: 4, toWidth: 3).resized(image, channels: 2) == image) }
        #expect(ImageResizer(.torch, height: 1, width: 1, toHeight: 2, toWidth: 2).resized([7], channels: 1) == [7, 7, 7, 7])
    }
}
