/// Maps pixel i of a resized axis of extent `output` to a position on the original axis of extent `input`.
public enum ResizeConvention: String, Sendable, Hashable, CaseIterable {
    /// (i + 0.5) input / output - 0.5, at least 0: pixel areas coincide. PyTorch and TensorFlow 2 with align_corners off.
    case halfPixelCenters
    /// i input / output: TensorFlow 1's resize_bilinear, used for the Inception network of the published FID.
    case tensorFlow1
    /// i (input - 1) / (output - 1): corner pixels coincide (align_corners on).
    case alignedCorners

    /// Computed in double precision. Differs: TensorFlow computes the position in float32.
    func position(_ i: Int, input: Int, output: Int) -> Double {
        switch self {
        case .halfPixelCenters: Swift.max((Double(i) + 0.5) * Double(input) / Double(output) - 0.5, 0)
        case .tensorFlow1: Double(i * input) / Double(output)
        case .alignedCorners: output > 1 ? Double(i * (input - 1)) / Double(output - 1) : 0
        }
    }
}

extension Tensor {
    /// Bilinear resize: along the width, then along the height, interpolating lower + (upper - lower) * weight between the two nearest pixels.
    /// No antialiasing: when downscaling, pixels in between are not read.
    /// - Shapes: [batch, h, w, channels] -> [batch, height, width, channels]
    /// - Precondition: rank 4; all extents of images are positive.
    public func resizedBilinear(height: Int, width: Int, convention: ResizeConvention) -> Tensor {
        checkResize(height, width)
        return interpolated(axis: 2, to: width, convention).interpolated(axis: 1, to: height, convention)
    }

    /// Nearest-neighbor resize: pixel i comes from pixel floor(i input / output), in integer arithmetic (PyTorch's "nearest", TensorFlow 1).
    /// Integer upscaling is a view and costs nothing.
    /// - Shapes: [batch, h, w, channels] -> [batch, height, width, channels]
    /// - Precondition: rank 4; all extents of images are positive.
    public func resizedNearest(height: Int, width: Int) -> Tensor {
        checkResize(height, width)
        if height % shape[1] == 0, width % shape[2] == 0 {
            let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
            return reshaped([n, h, 1, w, 1, c]).broadcast(to: [n, h, height / h, w, width / w, c]).reshaped([n, height, width, c])
        }
        return nearest(axis: 2, to: width).nearest(axis: 1, to: height)
    }

    private func checkResize(_ height: Int, _ width: Int) {
        precondition(shape.rank == 4 && shape[1] > 0 && shape[2] > 0 && height > 0 && width > 0, "resize of \(shape) to \(height)x\(width)")
    }

    private func interpolated(axis: Int, to output: Int, _ convention: ResizeConvention) -> Tensor {
        let input = shape[axis]
        if input == output { return self }
        let positions = (0..<output).map { convention.position($0, input: input, output: output) }
        let lower = positions.map { Swift.min(Int($0), input - 1) }
        let upper = lower.map { Swift.min($0 + 1, input - 1) }
        let shares = zip(positions, lower).map { Float($0 - Double($1)) }
        return alongFirst(axis) { rows in
            let (low, high) = (rows.gatherRows(graph.indices(lower)), rows.gatherRows(graph.indices(upper)))
            return low + (high - low) * graph.constant(shares, [output, 1])
        }
    }

    private func nearest(axis: Int, to output: Int) -> Tensor {
        let input = shape[axis]
        if input == output { return self }
        return alongFirst(axis) { $0.gatherRows(graph.indices((0..<output).map { $0 * input / output })) }
    }

    /// Applies a function to an axis laid out as rows [extent, rest]. The function may change the number of rows.
    private func alongFirst(_ axis: Int, _ function: (Tensor) -> Tensor) -> Tensor {
        let order = [axis] + shape.extents.indices.filter { $0 != axis }
        let moved = permuted(order)
        let rows = function(moved.reshaped([shape[axis], count / shape[axis]]))
        let result = rows.reshaped(Shape([rows.shape[0]] + moved.shape.extents.dropFirst()))
        return result.permuted(order.indices.map { order.firstIndex(of: $0)! })
    }
}

extension Graph {
    fileprivate func indices(_ values: [Int]) -> Tensor { constant(values.map(Float.init), [values.count]) }
}
