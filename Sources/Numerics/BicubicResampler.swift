/// Bicubic reduction and enlargement of images with the weights of Matlab's `imresize`.
///
/// The kernel is Keys' cubic with a = -0.5 (Keys 1981). In a reduction it is stretched by the reduction factor, so that it is an antialiasing
/// filter too; an enlargement uses it unstretched. The weights of an output pixel are normalized to the sum 1. Beyond its borders the image
/// is mirrored, with the edge repeated. The axis with the smaller scale is resampled first, at equal scales the rows.
///
/// All arithmetic is in double precision: a sum over the taps in ascending order, without fused multiply-adds, so the result has the same
/// bits on every machine.
public struct BicubicResampler: Sendable {
    private let rows: ResamplingTaps
    private let columns: ResamplingTaps

    /// - Parameters:
    ///   - height: rows of the images to resample, at least 1
    ///   - width: columns of the images to resample, at least 1
    ///   - toHeight: rows of the results, at least 1
    ///   - toWidth: columns of the results, at least 1
    public init(height: Int, width: Int, toHeight: Int, toWidth: Int) {
        precondition(height >= 1 && width >= 1 && toHeight >= 1 && toWidth >= 1, "An image has at least 1 row and 1 column.")
        rows = ResamplingTaps(from: height, to: toHeight)
        columns = ResamplingTaps(from: width, to: toWidth)
    }

    /// The image at the new size, neither clipped nor rounded beyond single precision: enlarged edges overshoot.
    /// - Parameters:
    ///   - image: height x width x channels numbers, row by row, channels last
    ///   - channels: at least 1
    public func resampled(_ image: [Float], channels: Int) -> [Float] {
        resampled(image.map(Double.init), channels: channels) { $0 }.map { Float($0) }
    }

    /// The 8-bit image at the new size. The result of each of the two passes is rounded to an integer (ties to even) and clipped to 0...255,
    /// as `imresize` does for 8-bit images.
    /// - Parameters:
    ///   - image: height x width x channels bytes, row by row, channels last
    ///   - channels: at least 1
    public func resampled(_ image: [UInt8], channels: Int) -> [UInt8] {
        resampled(image.map { Double($0) }, channels: channels) { min(max($0.rounded(.toNearestOrEven), 0), 255) }.map { UInt8($0) }
    }

    private func resampled(_ image: [Double], channels: Int, rounding: (Double) -> Double) -> [Double] {
        precondition(channels >= 1 && image.count == rows.inputs * columns.inputs * channels, "The image does not have the size of the resampler.")
        func resampleRows(_ values: [Double], width: Int) -> [Double] { rows.applied(to: values, outer: 1, inner: width * channels, rounding) }
        func resampleColumns(_ values: [Double], height: Int) -> [Double] { columns.applied(to: values, outer: height, inner: channels, rounding) }
        return rows.scale <= columns.scale
            ? resampleColumns(resampleRows(image, width: columns.inputs), height: rows.outputs)
            : resampleRows(resampleColumns(image, height: rows.inputs), width: columns.outputs)
    }
}

/// The weights of one axis: output i is the sum over its taps of weight times input, in the order of the taps.
struct ResamplingTaps: Sendable {
    let inputs: Int
    let outputs: Int
    /// Output size divided by input size.
    let scale: Double
    /// Taps of each output; the taps of output i are at indices i * count..<(i + 1) * count of `sources` and `weights`.
    private let count: Int
    private let sources: [Int]
    private let weights: [Double]

    init(from inputs: Int, to outputs: Int) {
        let scale = Double(outputs) / Double(inputs)
        let stretch = min(scale, 1), width = 4 / stretch
        // Two more than the width: the outermost weights are zero for most positions.
        let count = Int(width.rounded(.up)) + 2
        var sources: [Int] = [], weights: [Double] = []
        for output in 1...outputs {
            let center = Double(output) / scale + 0.5 * (1 - 1 / scale)
            let first = Int((center - width / 2).rounded(.down))
            let values = (first..<first + count).map { stretch * Self.cubic(stretch * (center - Double($0))) }
            let sum = values.reduce(0, +)
            weights += values.map { $0 / sum }
            sources += (first..<first + count).map { Self.mirrored($0 - 1, in: inputs) }
        }
        (self.inputs, self.outputs, self.scale) = (inputs, outputs, scale)
        (self.count, self.sources, self.weights) = (count, sources, weights)
    }

    /// Resamples the middle axis of an array of shape [outer, inputs, inner].
    func applied(to values: [Double], outer: Int, inner: Int, _ rounding: (Double) -> Double) -> [Double] {
        var result = [Double](repeating: 0, count: outer * outputs * inner)
        var sums = [Double](repeating: 0, count: inner)
        for block in 0..<outer {
            for output in 0..<outputs {
                for position in 0..<inner { sums[position] = 0 }
                for tap in output * count..<(output + 1) * count where weights[tap] != 0 {
                    let weight = weights[tap], start = (block * inputs + sources[tap]) * inner
                    for position in 0..<inner { sums[position] += weight * values[start + position] }
                }
                let start = (block * outputs + output) * inner
                for position in 0..<inner { result[start + position] = rounding(sums[position]) }
            }
        }
        return result
    }

    /// Keys' cubic convolution kernel with a = -0.5; zero outside -2...2.
    static func cubic(_ x: Double) -> Double {
        let a = abs(x), square = a * a, cube = square * a
        if a <= 1 { return 1.5 * cube - 2.5 * square + 1 }
        if a <= 2 { return -0.5 * cube + 2.5 * square - 4 * a + 2 }
        return 0
    }

    /// The index in 0..<count at which a mirrored axis (edge repeated) has index `index`: -1 is 0, count is count - 1.
    static func mirrored(_ index: Int, in count: Int) -> Int {
        let remainder = index % (2 * count), phase = remainder < 0 ? remainder + 2 * count : remainder
        return phase < count ? phase : 2 * count - 1 - phase
    }

    /// The normalized weights of an output and the inputs that they apply to, without zero weights.
    func taps(of output: Int) -> [(source: Int, weight: Double)] {
        (output * count..<(output + 1) * count).filter { weights[$0] != 0 }.map { (sources[$0], weights[$0]) }
    }
}
