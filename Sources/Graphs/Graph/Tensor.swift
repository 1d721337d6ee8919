/// A symbolic value in a `Graph`: it describes what is computed and holds no numbers. Images are [batch, height, width, channels].
public struct Tensor: Equatable {
    /// The graph the tensor belongs to.
    public let graph: Graph
    let id: Int

    /// Whether two tensors are the same node of the same graph.
    public static func == (a: Tensor, b: Tensor) -> Bool { a.graph === b.graph && a.id == b.id }

    /// The tensor's shape.
    public var shape: Shape { graph.nodes[id].shape }
    /// Number of elements.
    public var count: Int { shape.count }
}

// MARK: - Elementwise arithmetic

extension Tensor {
    func apply(_ function: ElementwiseFunction) -> Tensor { graph.add(.elementwise(function), [id], shape) }

    static func apply(_ function: ElementwiseFunction, _ operands: [Tensor]) -> Tensor {
        var shape = operands[0].shape
        for operand in operands.dropFirst() {
            guard let joint = shape.broadcast(with: operand.shape) else {
                preconditionFailure("\(function): shapes \(operands.map(\.shape)) do not broadcast")
            }
            shape = joint
        }
        if let simple = simplified(function, operands, shape) { return simple }
        return operands[0].graph.add(.elementwise(function), operands.map { $0.broadcast(to: shape).id }, shape)
    }

    /// Simplifications: x * 1 and x / 1 are x; products of constants are folded with the same IEEE operation.
    private static func simplified(_ function: ElementwiseFunction, _ operands: [Tensor], _ shape: Shape) -> Tensor? {
        guard function == .multiply || function == .divide else { return nil }
        let (a, b) = (operands[0].constantValue, operands[1].constantValue)
        if let a, let b { return operands[0].graph.constant(function == .multiply ? a * b : a / b, shape) }
        if b == 1 { return operands[0].broadcast(to: shape) }
        if a == 1, function == .multiply { return operands[1].broadcast(to: shape) }
        return nil
    }

    private var constantValue: Float? {
        if case .constant(let value) = graph.nodes[graph.nodes[id].base].operation { value } else { nil }
    }

    private func scalar(_ value: Float) -> Tensor { graph.constant(value) }

    /// Elementwise a + b, with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor { apply(.add, [a, b]) }
    /// Elementwise a - b, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor { apply(.subtract, [a, b]) }
    /// Elementwise a * b, with broadcasting.
    public static func * (a: Tensor, b: Tensor) -> Tensor { apply(.multiply, [a, b]) }
    /// Elementwise a / b, with broadcasting; IEEE division, so x / 0 is infinite or NaN.
    public static func / (a: Tensor, b: Tensor) -> Tensor { apply(.divide, [a, b]) }
    /// Elementwise -a.
    public static prefix func - (a: Tensor) -> Tensor { a.apply(.negate) }
    /// Elementwise a + b.
    public static func + (a: Tensor, b: Float) -> Tensor { a + a.scalar(b) }
    /// Elementwise a - b.
    public static func - (a: Tensor, b: Float) -> Tensor { a - a.scalar(b) }
    /// Elementwise a * b.
    public static func * (a: Tensor, b: Float) -> Tensor { a * a.scalar(b) }
    /// Elementwise a / b.
    public static func / (a: Tensor, b: Float) -> Tensor { a / a.scalar(b) }
    /// Elementwise a + b.
    public static func + (a: Float, b: Tensor) -> Tensor { b.scalar(a) + b }
    /// Elementwise a - b.
    public static func - (a: Float, b: Tensor) -> Tensor { b.scalar(a) - b }
    /// Elementwise a * b.
    public static func * (a: Float, b: Tensor) -> Tensor { b.scalar(a) * b }
    /// Elementwise a / b.
    public static func / (a: Float, b: Tensor) -> Tensor { b.scalar(a) / b }

    /// x^2.
    public func squared() -> Tensor { apply(.square) }
    /// sqrt(x), correctly rounded; NaN for x < 0.
    public func squareRoot() -> Tensor { apply(.squareRoot) }
    /// 1 / sqrt(x), two correctly rounded operations.
    public func reciprocalSquareRoot() -> Tensor { apply(.reciprocalSquareRoot) }
    /// 1 / x, correctly rounded.
    public func reciprocal() -> Tensor { apply(.reciprocal) }
    /// |x|. The gradient at 0 is 0.
    public func absoluteValue() -> Tensor { apply(.absolute) }
    /// -1, 0 or 1. No gradient.
    public func sign() -> Tensor { apply(.sign) }
    /// exp(x). Like the other elementary functions, accurate to 1.35 ulp (numerics rule 4).
    public func exp() -> Tensor { apply(.exponential) }
    /// exp(x) - 1, accurate near 0.
    public func expMinusOne() -> Tensor { apply(.exponentialMinusOne) }
    /// Natural logarithm of x.
    public func log() -> Tensor { apply(.logarithm) }
    /// log(1 + x), accurate near 0.
    public func logOnePlus() -> Tensor { apply(.logarithmOnePlus) }
    /// Hyperbolic tangent.
    public func tanh() -> Tensor { apply(.tanh) }
    /// 1 / (1 + exp(-x)).
    public func sigmoid() -> Tensor { apply(.sigmoid) }
    /// log(1 + exp(x)) without overflow.
    public func softplus() -> Tensor { apply(.softplus) }
    /// sin(x), x in radians.
    public func sin() -> Tensor { apply(.sine) }
    /// cos(x), x in radians.
    public func cos() -> Tensor { apply(.cosine) }
    /// The largest integer <= x. No gradient.
    public func floor() -> Tensor { apply(.floor) }
    /// The nearest integer, ties to even. No gradient.
    public func rounded() -> Tensor { apply(.round) }

    /// Elementwise minimum. The gradient goes to `a` where both are equal.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.minimum, [a, b]) }
    /// Elementwise maximum. The gradient goes to `a` where both are equal.
    public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.maximum, [a, b]) }
    /// 1 where a > b, else 0. No gradient.
    public static func greater(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.greater, [a, b]) }
    /// 1 where a >= b, else 0. No gradient.
    public static func greaterOrEqual(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.greaterOrEqual, [a, b]) }
    /// 1 where a equals b, else 0. No gradient.
    public static func equal(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.equal, [a, b]) }
    /// `a` where the condition is nonzero, else `b`.
    public static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor { apply(.select, [condition, a, b]) }

    /// max(x, 0); the gradient at 0 is 0.
    public func relu() -> Tensor {
        func rule(_ sign: Tensor, _ value: Tensor) -> Tensor { Tensor.select(Tensor.greater(sign, sign.scalar(0)), value, value.scalar(0)) }
        return rule(self, self).withGradient(ofItself: self, rule)
    }

    /// Leaky ReLU: x where x > 0, else slope * x.
    public func leakyReLU(slope: Float = 0.2) -> Tensor {
        func rule(_ sign: Tensor, _ value: Tensor) -> Tensor { Tensor.select(Tensor.greater(sign, sign.scalar(0)), value, value * slope) }
        guard slope >= 0, slope.isFinite else { return rule(self, self) }
        // The general rule adds the gradients of both branches, one of which is 0; that sum turns -0 into +0, so this rule adds 0 too.
        return rule(self, self).withGradient(ofItself: self) { rule($0, $1) + 0 }
    }

    /// This value y with the custom gradient rule(y, g) with respect to x. y is positive exactly where x is, so neither x nor its sign mask has to be kept.
    private func withGradient(ofItself x: Tensor, _ rule: @escaping (_ y: Tensor, _ g: Tensor) -> Tensor) -> Tensor {
        if let known = graph.rectified[id] { return Tensor(graph: graph, id: known) }  // equal nodes are created once
        let id = id  // capturing a tensor in the closure would create a reference cycle with the graph
        let result = withGradient(for: [x]) { g in [rule(Tensor(graph: g.graph, id: id), g)] }
        graph.rectified[id] = result.id
        return result
    }

    /// Clamped to [low, high]; the gradient is 0 outside.
    public func clamped(low: Float, high: Float) -> Tensor { Tensor.minimum(Tensor.maximum(self, scalar(low)), scalar(high)) }
}

// MARK: - Views

extension Tensor {
    /// The same elements in row-major order under another shape. A view if strides can express it, else a copy.
    /// - Precondition: both shapes have the same number of elements.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.count == count, "cannot reshape \(self.shape) to \(shape)")
        if shape == self.shape { return self }
        guard graph.nodes[id].view.reshaped(to: shape) != nil else { return copied().reshaped(shape) }
        return graph.addView(.reshape, of: id, shape) { $0.reshaped(to: shape)! }
    }

    private func copied() -> Tensor { graph.add(.elementwise(.copy), [id], shape) }

    /// numpy's broadcasting: aligned at the last axis; extent 1 repeats. A view.
    /// - Precondition: the shape broadcasts to `target`.
    public func broadcast(to target: Shape) -> Tensor {
        if target == shape { return self }
        precondition(shape.broadcast(with: target) == target, "cannot broadcast \(shape) to \(target)")
        let lead = target.rank - shape.rank
        return graph.addView(.broadcast, of: id, target) { view in
            var strides = [Int](repeating: 0, count: target.rank)
            for axis in view.extents.indices where view.extents[axis] == target[axis + lead] {
                strides[axis + lead] = view.strides[axis]
            }
            return View(offset: view.offset, extents: target.extents, strides: strides)
        }
    }

    /// Permutes axes: axis i of the result is axis `axes[i]` of this tensor. A view.
    /// - Precondition: `axes` is a permutation of 0..<rank.
    public func permuted(_ axes: [Int]) -> Tensor {
        precondition(axes.sorted() == Array(0..<shape.rank), "\(axes) is not a permutation of the axes of \(shape)")
        if axes == Array(0..<shape.rank) { return self }
        return graph.addView(.permute(axes), of: id, Shape(axes.map { shape[$0] })) { view in
            View(offset: view.offset, extents: axes.map { view.extents[$0] }, strides: axes.map { view.strides[$0] })
        }
    }

    /// A strided slice: elements starts[i], starts[i] + steps[i], ..., extents[i] of them, along each axis i. A view.
    /// - Precondition: one start, extent, and step (default 1) per axis; all selected elements lie within the shape.
    public func slice(starts: [Int], extents: [Int], steps: [Int]? = nil) -> Tensor {
        let steps = steps ?? [Int](repeating: 1, count: starts.count)
        precondition(starts.count == shape.rank && extents.count == shape.rank && steps.count == shape.rank, "slice of \(shape): \(starts.count) starts and \(extents.count) extents, expected one of each per axis")
        for axis in 0..<shape.rank {
            precondition(
                starts[axis] >= 0 && steps[axis] > 0 && (extents[axis] == 0 || starts[axis] + (extents[axis] - 1) * steps[axis] < shape[axis]),
                "slice at \(starts) of extents \(extents) exceeds shape \(shape)")
        }
        if extents == shape.extents { return self }
        return graph.addView(.slice(starts: starts, steps: steps), of: id, Shape(extents)) { view in
            View(
                offset: view.offset + zip(starts, view.strides).map { $0 * $1 }.reduce(0, +), extents: extents,
                strides: zip(view.strides, steps).map { $0 * $1 })
        }
    }

    /// Rows start..<end of the first axis. A view.
    public func rows(_ start: Int, _ end: Int) -> Tensor {
        slice(starts: [start] + Array(repeating: 0, count: shape.rank - 1), extents: [end - start] + shape.extents.dropFirst())
    }

    /// The same value, treated as a constant by differentiation.
    public func stopGradient() -> Tensor { graph.addView(.stopGradient, of: id, shape) { $0 } }

    /// This value with a custom gradient rule: `rule` receives the gradient of this value and returns those of `inputs` (nil for none).
    /// Write the rule with differentiable operations, so that higher-order derivatives follow.
    public func withGradient(for inputs: [Tensor], _ rule: @escaping (Tensor) -> [Tensor?]) -> Tensor {
        graph.gradientOverrides.append((inputs.map(\.id), rule))
        return graph.addView(.overrideGradient(graph.gradientOverrides.count - 1), of: id, shape) { $0 }
    }

    /// Zero padding: axis i grows by before[i] and after[i].
    /// - Precondition: one number of each, >= 0, per axis.
    public func padded(before: [Int], after: [Int]) -> Tensor {
        precondition(before.count == shape.rank && after.count == shape.rank, "padding \(before), \(after) of \(shape)")
        if (before + after).allSatisfy({ $0 == 0 }) { return self }
        let extents = shape.extents.indices.map { shape[$0] + before[$0] + after[$0] }
        return graph.add(.pad(before: before), [id], Shape(extents))
    }

    /// Concatenates along an axis.
    /// - Precondition: at least one tensor; all shapes agree on every other axis.
    public static func concatenate(_ tensors: [Tensor], axis: Int) -> Tensor {
        if tensors.count == 1 { return tensors[0] }
        var extents = tensors[0].shape.extents
        for tensor in tensors.dropFirst() {
            precondition(tensor.shape.dropping(axes: [axis]) == tensors[0].shape.dropping(axes: [axis]), "concatenation of \(tensors.map(\.shape)) along \(axis)")
            extents[axis] += tensor.shape[axis]
        }
        return tensors[0].graph.add(.concatenate(axis: axis), tensors.map(\.id), Shape(extents))
    }

    /// Gathers rows self[index] for each index, an integer in 0..<rows. An index out of range yields a row of NaN and is reported by `Session.indexFault`.
    /// - Shapes: self [rows, width], indices [n] -> [n, width]
    public func gatherRows(_ indices: Tensor) -> Tensor {
        precondition(shape.rank == 2 && indices.shape.rank == 1, "gatherRows of \(shape) by \(indices.shape)")
        return graph.add(.gatherRows, [graph.contiguous(self).id, graph.contiguous(indices).id], [indices.shape[0], shape[1]])
    }
}

// MARK: - Reductions

extension Tensor {
    private func reduced(_ kind: Reduction, axes: [Int]?, keepingAxes: Bool) -> Tensor {
        let axes = (axes ?? Array(0..<shape.rank)).sorted()
        let kept = Shape(shape.extents.enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
        let final = keepingAxes ? kept : shape.dropping(axes: axes)
        let live = axes.filter { shape[$0] != 1 }
        if live.isEmpty { return reshaped(final) }
        // The kernel reduces adjacent axes; unit axes in between do not matter.
        let between = (live.first!...live.last!).filter { !live.contains($0) && shape[$0] != 1 }
        guard between.isEmpty else {
            let order = Array(0..<shape.rank).filter { !live.contains($0) } + live
            let moved = permuted(order)
            return moved.reduced(kind, axes: Array((shape.rank - live.count)..<shape.rank), keepingAxes: false).reshaped(final)
        }
        let outer = shape.extents[..<live.first!].reduce(1, *)
        let rows = shape.extents[live.first!...live.last!].reduce(1, *)
        let inner = shape.extents[(live.last! + 1)...].reduce(1, *)
        let operand = reshaped([outer, rows, inner])
        return graph.add(.reduce(kind), [operand.id], [outer, inner]).reshaped(final)
    }

    /// Sum over the axes (all if nil) in the fixed order of numerics rule 3.
    public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor { reduced(.sum, axes: axes, keepingAxes: keepingAxes) }

    /// Mean over the axes (all if nil): the sum divided by the number of elements.
    public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
        let total = sum(axes: axes, keepingAxes: keepingAxes)
        return total / Float(Swift.max(count, 1) / Swift.max(total.count, 1))
    }

    /// Maximum over the axes (all if nil). Tied maxima share the gradient equally.
    public func maximum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor { reduced(.maximum, axes: axes, keepingAxes: keepingAxes) }
}

// MARK: - Products

extension Tensor {
    /// Matrix product.
    /// - Shapes: [m, k] x [k, n] -> [m, n]; with `transposeA`, a is [k, m]; with `transposeB`, b is [n, k]
    /// - Reduction order: k ascending
    public static func matmul(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
        precondition(a.shape.rank == 2 && b.shape.rank == 2, "matmul of \(a.shape) and \(b.shape)")
        let (m, ka) = transposeA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let (kb, n) = transposeB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
        precondition(ka == kb, "matmul of \(a.shape) and \(b.shape): reduction extents \(ka) and \(kb) differ")
        let graph = a.graph
        return graph.add(
            .product(transposeA: transposeA, transposeB: transposeB), [graph.contiguous(a).id, graph.contiguous(b).id], [m, n])
    }

    /// 2-D convolution (cross-correlation).
    /// - Shapes: x [batch, h, w, in], kernel [out, kh, kw, in] -> [batch, oh, ow, out]
    /// - Reduction order: (kernel row, kernel column, in channel), row-major, ascending
    public func convolved(with kernel: Tensor, stride: Int, padding: ConvolutionGeometry.Padding) -> Tensor {
        precondition(shape.rank == 4 && kernel.shape.rank == 4 && kernel.shape[3] == shape[3], "convolution of \(shape) with \(kernel.shape)")
        let geometry = ConvolutionGeometry(
            inputHeight: shape[1], inputWidth: shape[2], kernelHeight: kernel.shape[1], kernelWidth: kernel.shape[2], stride: stride, padding: padding)
        return Tensor.convolution(self, kernel, geometry)
    }

    /// Transposed convolution: the gradient of a convolution with respect to its input, used as a layer.
    /// - Shapes: x [batch, h, w, in], kernel [in, kh, kw, out] -> [batch, outputHeight, outputWidth, out]
    /// - Precondition: a convolution of the result with this stride and padding has extents h x w.
    /// - Reduction order: (kernel row, kernel column, in channel) over the taps that reach the output pixel, ascending
    public func transposedConvolved(with kernel: Tensor, stride: Int, padding: ConvolutionGeometry.Padding, outputHeight: Int, outputWidth: Int) -> Tensor {
        precondition(shape.rank == 4 && kernel.shape.rank == 4 && kernel.shape[0] == shape[3], "transposed convolution of \(shape) with \(kernel.shape)")
        let geometry = ConvolutionGeometry(
            inputHeight: outputHeight, inputWidth: outputWidth, kernelHeight: kernel.shape[1], kernelWidth: kernel.shape[2], stride: stride, padding: padding)
        precondition(
            geometry.outputHeight == shape[1] && geometry.outputWidth == shape[2],
            "transposed convolution: a \(outputHeight)x\(outputWidth) image convolves to \(geometry.outputHeight)x\(geometry.outputWidth), not \(shape[1])x\(shape[2])")
        return Tensor.convolutionInputGradient(self, kernel, geometry)
    }

    static func convolution(_ x: Tensor, _ kernel: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
        let graph = x.graph
        return graph.add(
            .convolution(geometry), [graph.contiguous(x).id, graph.contiguous(kernel).id],
            [x.shape[0], geometry.outputHeight, geometry.outputWidth, kernel.shape[0]])
    }

    static func convolutionInputGradient(_ gradient: Tensor, _ kernel: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
        let graph = gradient.graph
        return graph.add(
            .convolutionInputGradient(geometry), [graph.contiguous(gradient).id, graph.contiguous(kernel).id],
            [gradient.shape[0], geometry.inputHeight, geometry.inputWidth, kernel.shape[3]])
    }

    /// Reduction order: output pixel (image, row, column), row-major, ascending.
    static func convolutionWeightGradient(_ x: Tensor, _ gradient: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
        let graph = x.graph
        return graph.add(
            .convolutionWeightGradient(geometry), [graph.contiguous(x).id, graph.contiguous(gradient).id],
            [gradient.shape[3], geometry.kernelHeight, geometry.kernelWidth, x.shape[3]])
    }
}
