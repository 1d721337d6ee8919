/// The windows of a convolution: for each pixel of a grid, kernel rows and columns at fixed distances from its corner in the image. The
/// convolution itself has one set of them, its gradient for the images one for every phase of its stride.
package struct ConvolutionWindows {
    /// One direction: position p of the grid meets the image at p * stride + distance, for each distance.
    package struct Axis {
        package var count: Int
        package var stride: Int
        /// One for every kernel row (or column), ascending or descending.
        package var distances: [Int]
        /// The image's height (or width).
        package var extent: Int

        package init(count: Int, stride: Int, distances: [Int], extent: Int) {
            (self.count, self.stride, self.distances, self.extent) = (count, stride, distances, extent)
        }

        /// Positions side by side whose windows meet the image at the same distances.
        package struct Part: Equatable {
            package var positions: Range<Int>
            package var distances: Range<Int>

            package init(positions: Range<Int>, distances: Range<Int>) {
                (self.positions, self.distances) = (positions, distances)
            }
        }

        package var parts: [Part] {
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

        package var whole: Part { Part(positions: 0..<count, distances: distances.indices) }

        /// How often a window meets a pixel, over all positions.
        package var meetings: Int { parts.reduce(0) { $0 + $1.positions.count * $1.distances.count } }
    }

    package var y: Axis
    package var x: Axis

    package init(y: Axis, x: Axis) { (self.y, self.x) = (y, x) }

    /// How often a window meets a pixel, over the grid of one image.
    package var meetings: Int { y.meetings * x.meetings }

    /// Kernel positions of a part of both axes, row-major, as numbers among all.
    package func taps(_ y: Range<Int>, _ x: Range<Int>) -> [Int] {
        y.flatMap { row in x.map { row * self.x.distances.count + $0 } }
    }

    /// Where the chunks of the reduction (256 along all taps' channels) end when it goes over some of the taps only.
    package static func chunkEnds(taps: [Int], channels: Int, chunk: Int = 256) -> [Int] {
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
    package init(_ g: ConvolutionGeometry) {
        y = Axis(count: g.outputHeight, stride: g.strideY, distances: (0..<g.kernelHeight).map { $0 - g.padTop }, extent: g.inputHeight)
        x = Axis(count: g.outputWidth, stride: g.strideX, distances: (0..<g.kernelWidth).map { $0 - g.padLeft }, extent: g.inputWidth)
    }
}
