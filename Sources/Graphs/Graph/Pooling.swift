// Pooling is composed of strided slices: the planner fuses the taps of an axis into one kernel, and gradients of every order follow.

extension Tensor {
    /// Max pooling, per channel. Padded positions never win.
    /// - Shapes: [batch, h, w, channels] -> [batch, oh, ow, channels], with the extents of `convolved`
    /// - Gradient: goes to the first of tied pixels, in row-major order of the window
    public func maxPooled(kernelHeight: Int, kernelWidth: Int, stride: Int, padding: ConvolutionGeometry.Padding) -> Tensor {
        let (rows, columns) = poolingWindows(kernelHeight, kernelWidth, stride, padding)
        // The first maximum among the row maxima, each the first in its row, is the first in the window.
        return maximumOverTaps(axis: 2, columns).maximumOverTaps(axis: 1, rows)
    }

    /// Average pooling, per channel. Columns are added left to right, then rows top to bottom; the sum is divided once.
    /// - Shapes: [batch, h, w, channels] -> [batch, oh, ow, channels], with the extents of `convolved`
    /// - Parameter countingPadding: whether padded positions count as zeros (PyTorch's default) or are excluded from the mean (TensorFlow)
    public func averagePooled(
        kernelHeight: Int, kernelWidth: Int, stride: Int, padding: ConvolutionGeometry.Padding, countingPadding: Bool = false
    ) -> Tensor {
        let (rows, columns) = poolingWindows(kernelHeight, kernelWidth, stride, padding)
        let sums = sumOverTaps(axis: 2, columns).sumOverTaps(axis: 1, rows)
        if countingPadding || (rows.isInside && columns.isInside) { return sums / Float(kernelHeight * kernelWidth) }
        let counts = rows.pixels.flatMap { row in columns.pixels.map { Float(row * $0) } }
        return sums / graph.constant(counts, [rows.output, columns.output, 1])
    }

    private func poolingWindows(
        _ kernelHeight: Int, _ kernelWidth: Int, _ stride: Int, _ padding: ConvolutionGeometry.Padding
    ) -> (rows: PoolingWindow, columns: PoolingWindow) {
        precondition(shape.rank == 4, "pooling of \(shape): expected [batch, height, width, channels]")
        let g = ConvolutionGeometry(
            inputHeight: shape[1], inputWidth: shape[2], kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: stride, padding: padding)
        precondition(g.padTop < kernelHeight && g.padLeft < kernelWidth, "pooling: a \(kernelHeight)x\(kernelWidth) window may lie entirely in the padding; pad by less than the kernel")
        return (
            PoolingWindow(input: g.inputHeight, output: g.outputHeight, kernel: kernelHeight, stride: stride, before: g.padTop),
            PoolingWindow(input: g.inputWidth, output: g.outputWidth, kernel: kernelWidth, stride: stride, before: g.padLeft)
        )
    }

    private func maximumOverTaps(axis: Int, _ window: PoolingWindow) -> Tensor {
        let padded = padded(axis: axis, window)
        guard window.before + window.after > 0 else { return padded.taps(axis: axis, window).joined(Tensor.maximum) }
        var extents = [Int](repeating: 1, count: shape.rank)
        extents[axis] = padded.shape[axis]
        let isPixel = (0..<extents[axis]).map { Float($0 >= window.before && $0 < window.before + window.input ? 1 : 0) }
        let filled = Tensor.select(graph.constant(isPixel, Shape(extents)), padded, graph.constant(-.infinity))
        return filled.taps(axis: axis, window).joined(Tensor.maximum)
    }

    private func sumOverTaps(axis: Int, _ window: PoolingWindow) -> Tensor { padded(axis: axis, window).taps(axis: axis, window).joined(+) }

    private func padded(axis: Int, _ window: PoolingWindow) -> Tensor {
        func along(_ count: Int) -> [Int] { shape.extents.indices.map { $0 == axis ? count : 0 } }
        return padded(before: along(window.before), after: along(window.after))
    }

    /// For each kernel position along the axis, the pixels that all windows read there.
    private func taps(axis: Int, _ window: PoolingWindow) -> [Tensor] {
        (0..<window.kernel).map { tap in
            let axes = shape.extents.indices
            return slice(
                starts: axes.map { $0 == axis ? tap : 0 }, extents: axes.map { $0 == axis ? window.output : shape[$0] },
                steps: axes.map { $0 == axis ? window.stride : 1 })
        }
    }
}

extension [Tensor] {
    fileprivate func joined(_ function: (Tensor, Tensor) -> Tensor) -> Tensor { dropFirst().reduce(self[0], function) }
}

/// The pooling windows along one axis.
private struct PoolingWindow {
    let input, output, kernel, stride, before: Int

    /// Padding after the input that the last window reaches.
    var after: Int { Swift.max((output - 1) * stride + kernel - input - before, 0) }
    var isInside: Bool { before == 0 && after == 0 }
    /// Number of image pixels in each window.
    var pixels: [Int] {
        (0..<output).map { index in
            let start = index * stride - before
            return Swift.min(start + kernel, input) - Swift.max(start, 0)
        }
    }
}
