/// The windows of a convolution: for each pixel of a grid, kernel rows and columns at fixed distances from its corner in the image. The
/// convolution itself has one set of them, its gradient for the images one for every phase of its stride.
struct ConvolutionWindows {
    /// One direction: position p of the grid meets the image at p * stride + distance, for each distance.
    struct Axis {
        var count: Int
        var stride: Int
        /// One for every kernel row (or column), ascending or descending.
        var distances: [Int]
        /// The image's height (or width).
        var extent: Int

        /// Positions side by side whose windows meet the image at the same distances.
        struct Part: Equatable {
            var positions: Range<Int>
            var distances: Range<Int>
        }

        var parts: [Part] {
            var parts: [Part] = []
            for position in 0..<count {
                let inside = distances.indices.filter { (0..<extent).contains(position * stride + distances[$0]) }
                let met = inside.first.map { $0..<inside.last! + 1 } ?? 0..<0
                if let last = parts.indices.last, parts[last].distances == met {
                    parts[last].positions = parts[last].positions.lowerBound..<position + 1
                } else {
                    parts.append(Part(positions: position..<position + 1, distances: met))
                }
            }
            return parts
        }

        var whole: Part { Part(positions: 0..<count, distances: distances.indices) }

        /// How often a window meets a pixel, over all positions.
        var meetings: Int { parts.reduce(0) { $0 + $1.positions.count * $1.distances.count } }
    }

    var y: Axis
    var x: Axis

    /// How often a window meets a pixel, over the grid of one image.
    var meetings: Int { y.meetings * x.meetings }

    /// Kernel positions of a part of both axes, row-major, as numbers among all.
    func taps(_ y: Range<Int>, _ x: Range<Int>) -> [Int] {
        y.flatMap { row in x.map { row * self.x.distances.count + $0 } }
    }

    /// Where the chunks of the reduction (256 along all taps' channels) end when it goes over some of the taps only.
    static func chunkEnds(taps: [Int], channels: Int, chunk: Int = 256) -> [Int] {
        var ends: [Int] = []
        var (at, last) = (0, -1)
        for tap in taps {
            var index = tap * channels
            while index < (tap + 1) * channels {
                let number = index / chunk
                let stop = Swift.min((tap + 1) * channels, (number + 1) * chunk)
                if number != last, at > 0 { ends.append(at) }
                (at, last) = (at + stop - index, number)
                index = stop
            }
        }
        return ends + [at]
    }
}

extension ConvolutionWindows {
    /// Those of the convolution itself: pixels are the output's, the image is the input.
    init(_ g: ConvolutionGeometry) {
        y = Axis(count: g.outputHeight, stride: g.strideY, distances: (0..<g.kernelHeight).map { $0 - g.padTop }, extent: g.inputHeight)
        x = Axis(count: g.outputWidth, stride: g.strideX, distances: (0..<g.kernelWidth).map { $0 - g.padLeft }, extent: g.inputWidth)
    }
}
