internal import Canonical
internal import Codecs

/// A grid of images, row by row, as 8-bit pixels.
struct SampleGrid {
    /// Rows, columns and images of the grids that training draws.
    static let rows = 8, columns = 8, images = rows * columns

    let rows: Int
    let columns: Int
    let height: Int
    let width: Int
    let channels: Int
    /// White pixels between images.
    static let gap = 1

    /// - Parameter images: rows * columns images in [0, 1], NHWC. Values are rounded to the nearest of 256 levels; NaN becomes 0.
    func image(_ images: [Float]) -> PixelImage {
        let gap = Self.gap
        let (fullWidth, fullHeight) = (columns * (width + gap) - gap, rows * (height + gap) - gap)
        var pixels = [UInt8](repeating: 255, count: fullWidth * fullHeight * channels)
        for row in 0..<rows {
            for column in 0..<columns {
                let source = (row * columns + column) * height * width * channels
                for y in 0..<height {
                    let target = ((row * (height + gap) + y) * fullWidth + column * (width + gap)) * channels
                    for x in 0..<(width * channels) {
                        let value = images[source + y * width * channels + x]
                        pixels[target + x] = value > 0 ? UInt8(saturating: Swift.min(value, 1) * 255 + 0.5) : 0
                    }
                }
            }
        }
        return PixelImage(width: fullWidth, height: fullHeight, channels: channels, pixels: pixels)
    }
}
