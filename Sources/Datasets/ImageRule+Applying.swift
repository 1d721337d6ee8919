import Canonical
import Codecs

extension ImageRule {
    /// The image cropped and resized; nil if a box is outside the image.
    func apply(to image: PixelImage) -> PixelImage? {
        guard let cropped = cropped(image) else { return nil }
        guard let height, let width, height != cropped.height || width != cropped.width else { return cropped }
        switch resize {
        case .bilinear: return bilinear(cropped, height, width)
        case .area: return area(cropped, height, width)
        }
    }

    private func cropped(_ image: PixelImage) -> PixelImage? {
        switch crop {
        case .none: return image
        case .square:
            let side = min(image.height, image.width)
            return window(image, (image.height - side) / 2, (image.width - side) / 2, side, side)
        case .center(let side):
            // TensorFlow's crop-or-pad: half of what is too much or too little goes first, rounded towards 0.
            return window(image, (image.height - side) / 2, (image.width - side) / 2, side, side)
        case .box(let row, let column, let height, let width):
            guard row + height <= image.height, column + width <= image.width else { return nil }
            return window(image, row, column, height, width)
        }
    }

    /// A window that may extend beyond the image, where it is black.
    private func window(_ image: PixelImage, _ row: Int, _ column: Int, _ height: Int, _ width: Int) -> PixelImage {
        let channels = image.channels
        var pixels = [UInt8](repeating: 0, count: height * width * channels)
        let columns = max(0, -column)..<max(max(0, -column), min(width, image.width - column))
        for y in 0..<height where 0..<image.height ~= row + y {
            let source = ((row + y) * image.width + column) * channels
            for x in (columns.lowerBound * channels)..<(columns.upperBound * channels) { pixels[y * width * channels + x] = image.pixels[source + x] }
        }
        return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// The nearest of the 256 levels.
    private func level(_ value: Double) -> UInt8 { UInt8(min(255, max(0, value + 0.5))) }

    private func bilinear(_ image: PixelImage, _ height: Int, _ width: Int) -> PixelImage {
        let rows = lines(image.height, height), columns = lines(image.width, width)
        let channels = image.channels
        var pixels: [UInt8] = []
        pixels.reserveCapacity(height * width * channels)
        for y in rows {
            for x in columns {
                for c in 0..<channels {
                    func value(_ row: Int, _ column: Int) -> Double { Double(image.pixels[(row * image.width + column) * channels + c]) }
                    let top = value(y.low, x.low) + (value(y.low, x.high) - value(y.low, x.low)) * x.part
                    let bottom = value(y.high, x.low) + (value(y.high, x.high) - value(y.high, x.low)) * x.part
                    pixels.append(level(top + (bottom - top) * y.part))
                }
            }
        }
        return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// The neighboring source lines of each target line, with the interpolation weight.
    private func lines(_ old: Int, _ new: Int) -> [(low: Int, high: Int, part: Double)] {
        let step = Double(old) / Double(new)
        return (0..<new).map { k in
            let place = Double(k) * step
            let low = min(old - 1, Int(saturating: place))
            return (low, min(old - 1, low + 1), place - Double(low))
        }
    }

    private func area(_ image: PixelImage, _ height: Int, _ width: Int) -> PixelImage {
        let rows = covers(image.height, height), columns = covers(image.width, width)
        let channels = image.channels
        var pixels: [UInt8] = []
        pixels.reserveCapacity(height * width * channels)
        for y in rows {
            for x in columns {
                for c in 0..<channels {
                    var sum = 0.0
                    for (row, rowShare) in y {
                        var line = 0.0
                        for (column, share) in x { line += share * Double(image.pixels[(row * image.width + column) * channels + c]) }
                        sum += rowShare * line
                    }
                    pixels.append(level(sum))
                }
            }
        }
        return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// The source lines covered by each target line, with weights that sum to 1.
    private func covers(_ old: Int, _ new: Int) -> [[(line: Int, share: Double)]] {
        // In units of 1 / new of an old line all bounds are whole numbers.
        (0..<new).map { k in
            let start = k * old, end = (k + 1) * old
            return (start / new...(end - 1) / new).map { line in
                (line, Double(min(end, (line + 1) * new) - max(start, line * new)) / Double(old))
            }
        }
    }
}
