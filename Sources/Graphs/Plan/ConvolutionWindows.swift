/// The windows of a convolution: for each pixel of a grid, the kernel rows and columns at fixed offsets from its corner in the image. A
/// convolution has one set of windows; its gradient with respect to the images has one per phase of the stride.
package struct ConvolutionWindows {
    /// One axis: grid position p reads the image at p * stride + distance, for each distance.
    package struct Axis {
        /// Number of grid positions.
        package var count: Int
        /// Pixels of the image between neighboring positions.
        package var stride: Int
        /// One offset per kernel row (or column), ascending or descending.
        package var distances: [Int]
        /// The image's height (or width).
        package var extent: Int

        /// Creates an axis.
        package init(count: Int, stride: Int, distances: [Int], extent: Int) {
            (self.count, self.stride, self.distances, self.extent) = (count, stride, distances, extent)
        }

        /// A range of adjacent positions whose windows cover the same kernel rows (or columns) inside the image.
        package struct Part: Equatable {
            /// Grid positions.
            package var positions: Range<Int>
            /// Indices into `distances` that fall inside the image; empty if none do.
            package var distances: Range<Int>

            /// Creates a part.
            package init(positions: Range<Int>, distances: Range<Int>) {
                (self.positions, self.distances) = (positions, distances)
            }
        }

        /// The positions, split into maximal parts.
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

        /// All positions with all distances, ignoring the image's borders.
        package var whole: Part { Part(positions: 0..<count, distances: distances.indices) }

        /// Number of (position, distance) pairs that fall inside the image.
        package var meetings: Int { parts.reduce(0) { $0 + $1.positions.count * $1.distances.count } }
    }

    /// Rows.
    package var y: Axis
    /// Columns.
    package var x: Axis

    /// Creates the windows.
    package init(y: Axis, x: Axis) { (self.y, self.x) = (y, x) }

    /// Number of (grid pixel, kernel position) pairs inside the image, for one image.
    package var meetings: Int { y.meetings * x.meetings }

    /// Row-major indices of the kernel positions in a part of both axes.
    package func taps(_ y: Range<Int>, _ x: Range<Int>) -> [Int] {
        y.flatMap { row in x.map { row * self.x.distances.count + $0 } }
    }

    /// Ends of the reduction chunks (256 consecutive indices over all taps' channels) for a reduction that covers only some taps.
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
    /// The windows of the convolution itself: the grid is the output, the image is the input.
    package init(_ g: ConvolutionGeometry) {
        y = Axis(count: g.outputHeight, stride: g.strideY, distances: (0..<g.kernelHeight).map { $0 - g.padTop }, extent: g.inputHeight)
        x = Axis(count: g.outputWidth, stride: g.strideX, distances: (0..<g.kernelWidth).map { $0 - g.padLeft }, extent: g.inputWidth)
    }
}
