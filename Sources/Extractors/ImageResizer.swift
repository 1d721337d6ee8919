/// The resizes that published scores were computed with. Each reproduces its source to one rounding.
public enum ResizeKind: String, Sendable, CaseIterable {
    /// The image must have the network's size already.
    case none
    /// TensorFlow 1's `resize_bilinear`: pixel i lies at i * input / output, in single precision. No antialiasing.
    case tensorFlow1 = "tensorflow1-bilinear"
    /// PyTorch's bilinear interpolation with align_corners off: pixel areas coincide. No antialiasing.
    case torch = "pytorch-bilinear"
    /// PyTorch's bilinear interpolation with align_corners on: corner pixels coincide. No antialiasing.
    case torchAligned = "pytorch-bilinear-aligned"
    /// Pillow's antialiased bicubic filter on single-precision images, clipped to 0...255: clean-fid's "clean".
    case pillow = "pillow-bicubic"
    /// The same on 8-bit images, in Pillow's fixed-point arithmetic, rounded after each of the two passes.
    case pillow8 = "pillow-bicubic-8bit"
}

/// Resizes images from one size to another.
public struct ImageResizer: Sendable {
    private let kind: ResizeKind
    private let rows: ResizeTaps
    private let columns: ResizeTaps

    /// - Precondition: all sizes are at least 1; for `none` they are the same before and after
    public init(_ kind: ResizeKind, height: Int, width: Int, toHeight: Int, toWidth: Int) {
        precondition(min(height, width, toHeight, toWidth) >= 1, "An image has at least 1 row and 1 column.")
        precondition(kind != .none || (height == toHeight && width == toWidth), "resize none from \(height)x\(width) to \(toHeight)x\(toWidth)")
        self.kind = kind
        rows = ResizeTaps(kind, from: height, to: toHeight)
        columns = ResizeTaps(kind, from: width, to: toWidth)
    }

    /// Pillow 13 reduces the height before it enlarges the width; in all other cases here the width comes first. Differs: where both sizes are reduced, and the height by
    /// much more, Pillow may begin with the height, which moves single-precision results by one rounding.
    private var isVerticalFirst: Bool { (kind == .pillow || kind == .pillow8) && rows.outputs < rows.inputs && columns.outputs > columns.inputs }

    /// The image at the new size.
    /// - Shapes: image [height, width, channels] -> [toHeight, toWidth, channels]
    /// - Range and units: for `pillow` and `pillow8` the levels 0...255; `pillow8` requires integers
    public func resized(_ image: [Float], channels: Int) -> [Float] {
        precondition(image.count == rows.inputs * columns.inputs * channels, "The image does not have the size of the resizer.")
        // Pillow leaves out a pass that does not change the size; for the others such a pass is exact.
        func alongColumns(_ image: [Float], height: Int) -> [Float] {
            columns.isIdentity ? image : columns.applied(to: image, outer: height, inner: channels, kind)
        }
        func alongRows(_ image: [Float], width: Int) -> [Float] { rows.isIdentity ? image : rows.applied(to: image, outer: 1, inner: width * channels, kind) }
        let result = isVerticalFirst
            ? alongColumns(alongRows(image, width: columns.inputs), height: rows.outputs) : alongRows(alongColumns(image, height: rows.inputs), width: columns.outputs)
        return kind == .pillow ? result.map { min(max($0, 0), 255) } : result
    }
}

/// Which pixels of an axis a pixel of the resized axis is made of, and how.
struct ResizeTaps: Sendable {
    let inputs: Int
    let outputs: Int
    private let first: [Int]
    /// Weights of each output, one after another; `ends[i]` is where those of output i end.
    private let weights: [Double]
    private let ends: [Int]

    var isIdentity: Bool { inputs == outputs }

    init(_ kind: ResizeKind, from inputs: Int, to outputs: Int) {
        (self.inputs, self.outputs) = (inputs, outputs)
        var first: [Int] = [], weights: [Double] = [], ends: [Int] = []
        for index in 0..<outputs {
            let (start, taps) = Self.taps(kind, index, inputs, outputs)
            first.append(start)
            weights += taps
            ends.append(weights.count)
        }
        (self.first, self.weights, self.ends) = (first, weights, ends)
    }

    private static func taps(_ kind: ResizeKind, _ index: Int, _ inputs: Int, _ outputs: Int) -> (first: Int, weights: [Double]) {
        switch kind {
        case .none: (index, [1])
        case .tensorFlow1: linear(Float(index) * (Float(inputs) / Float(outputs)), inputs)
        case .torch:
            linear(max((Float(inputs) / Float(outputs)) * (Float(index) + 0.5) - 0.5, 0), inputs)
        case .torchAligned: linear(outputs > 1 ? Float(inputs - 1) / Float(outputs - 1) * Float(index) : 0, inputs)
        case .pillow: cubic(index, inputs, outputs)
        // Pillow's 8-bit weights are integers in units of 2^-22, rounded half away from zero.
        case .pillow8: { ($0.first, $0.weights.map { ($0 * 0x1p22).rounded(.toNearestOrAwayFromZero) }) }(cubic(index, inputs, outputs))
        }
    }

    /// The share of the upper of two neighbors, in single precision as its sources compute it.
    private static func linear(_ position: Float, _ inputs: Int) -> (first: Int, weights: [Double]) {
        let lower = min(Int(position), inputs - 1)
        let share = min(max(position - Float(lower), 0), 1)
        return lower == inputs - 1 ? (lower, [0, Double(share)]) : (lower, [Double(1 - share), Double(share)])
    }

    /// Keys' cubic with a = -0.5, stretched by the reduction factor; weights normalized to the sum 1.
    private static func cubic(_ index: Int, _ inputs: Int, _ outputs: Int) -> (first: Int, weights: [Double]) {
        let scale = Double(inputs) / Double(outputs), stretch = max(scale, 1), support = 2 * stretch
        let center = (Double(index) + 0.5) * scale, inverse = 1 / stretch
        let first = max(Int(center - support + 0.5), 0), end = min(Int(center + support + 0.5), inputs)
        let values = (first..<end).map { kernel((Double($0) - center + 0.5) * inverse) }
        let sum = values.reduce(0, +)
        return (first, sum == 0 ? values : values.map { $0 * (1 / sum) })
    }

    private static func kernel(_ position: Double) -> Double {
        let a = -0.5, x = abs(position)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }

    /// Resizes the middle axis of an array of shape [outer, inputs, inner].
    func applied(to values: [Float], outer: Int, inner: Int, _ kind: ResizeKind) -> [Float] {
        var result = [Float](repeating: 0, count: outer * outputs * inner)
        var sums = [Double](repeating: 0, count: inner)
        for block in 0..<outer {
            for output in 0..<outputs {
                let range = (output == 0 ? 0 : ends[output - 1])..<ends[output]
                let source = (block * inputs + first[output]) * inner, target = (block * outputs + output) * inner
                if kind == .pillow || kind == .pillow8 {
                    filtered(values, source, range, &sums)
                    for place in 0..<inner { result[target + place] = kind == .pillow ? Float(sums[place]) : Self.level(sums[place]) }
                } else {
                    interpolated(values, source, weights[range.lowerBound], weights[range.lowerBound + 1], isLast: first[output] == inputs - 1, kind, inner, &result, target)
                }
            }
        }
        return result
    }

    /// A sum in units of 2^-22 as an 8-bit level, in integers: half a unit is added, and the fraction cut off.
    private static func level(_ sum: Double) -> Float { Float(min(max(((sum + 0x1p21) * 0x1p-22).rounded(.down), 0), 255)) }

    /// The weighted sum over all taps in ascending order, in double precision.
    private func filtered(_ values: [Float], _ source: Int, _ range: Range<Int>, _ sums: inout [Double]) {
        let inner = sums.count
        for place in 0..<inner { sums[place] = 0 }
        var start = source
        for tap in range {
            let weight = weights[tap]
            for place in 0..<inner { sums[place] += Double(values[start + place]) * weight }
            start += inner
        }
    }

    /// Two neighbors. TensorFlow computes lower + (upper - lower) * share, PyTorch lower * (1 - share) + upper * share.
    private func interpolated(
        _ values: [Float], _ source: Int, _ low: Double, _ high: Double, isLast: Bool, _ kind: ResizeKind, _ inner: Int, _ result: inout [Float], _ target: Int
    ) {
        let (share, next) = (Float(high), isLast ? 0 : inner)
        let rest = isLast ? 1 - share : Float(low)
        for place in 0..<inner {
            let lower = values[source + place], upper = values[source + next + place]
            result[target + place] = kind == .tensorFlow1 ? lower + (upper - lower) * share : lower * rest + upper * share
        }
    }
}
