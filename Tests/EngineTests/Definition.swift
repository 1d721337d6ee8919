import Foundation
import GraphReference

@testable import Graphs

/// The definitions of the operations in plain Swift: no fusion, no tiles, no vectors. All except the elementary functions are defined to the bit.
enum Definition {
    static func settled(_ x: Float) -> Float { x.isNaN ? .nan : x }

    // MARK: Elementwise

    /// Functions that the kernels compute by polynomials: defined to two ulp.
    static let approximate: Set<ElementwiseFunction> = [
        .exponential, .exponentialMinusOne, .logarithm, .logarithmOnePlus, .tanh, .sigmoid, .softplus, .sine, .cosine,
    ]

    static func value(_ function: ElementwiseFunction, _ operands: [Float]) -> Float {
        value(function, operands[0], operands.count > 1 ? operands[1] : 0, operands.count > 2 ? operands[2] : 0)
    }

    static func value(_ function: ElementwiseFunction, _ a: Float, _ b: Float, _ c: Float) -> Float {
        switch function {
        case .copy: a
        case .select: a != 0 ? b : c
        default: settled(approximate.contains(function) ? Float(elementary(function, Double(a))) : arithmetic(function, a, b))
        }
    }

    private static func arithmetic(_ function: ElementwiseFunction, _ a: Float, _ b: Float) -> Float {
        switch function {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .minimum: a.isNaN || b.isNaN ? .nan : a < b ? a : b
        case .maximum: a.isNaN || b.isNaN ? .nan : a > b ? a : b
        case .negate: -a
        case .absolute: abs(a)
        case .square: a * a
        case .squareRoot: a.squareRoot()
        case .reciprocalSquareRoot: 1 / a.squareRoot()
        case .reciprocal: 1 / a
        case .sign: a.isNaN ? .nan : a > 0 ? 1 : a < 0 ? -1 : 0
        case .greater: a > b ? 1 : 0
        case .greaterOrEqual: a >= b ? 1 : 0
        case .equal: a == b ? 1 : 0
        case .floor: a.rounded(.down)
        case .round: a.rounded(.toNearestOrEven)
        default: preconditionFailure("\(function) is no arithmetic")
        }
    }

    /// In double precision.
    static func elementary(_ function: ElementwiseFunction, _ x: Double) -> Double {
        switch function {
        case .exponential: Foundation.exp(x)
        case .exponentialMinusOne: Foundation.expm1(x)
        case .logarithm: Foundation.log(x)
        case .logarithmOnePlus: Foundation.log1p(x)
        case .tanh: Foundation.tanh(x)
        case .sigmoid: x < 0 ? Foundation.exp(x) / (1 + Foundation.exp(x)) : 1 / (1 + Foundation.exp(-x))
        case .softplus: Swift.max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x)))
        case .sine: Foundation.sin(x)
        case .cosine: Foundation.cos(x)
        default: preconditionFailure("\(function) is no elementary function")
        }
    }

    // MARK: Reductions

    /// The tree, which depends on the length only: at most 1024 numbers by 16 lanes, lane l a chain over every 16th, then added pairwise; more by the results of
    /// chunks of 1024.
    static func tree(_ values: [Float], _ kind: Graphs.Reduction) -> Float {
        func joined(_ a: Float, _ b: Float) -> Float { kind == .sum ? settled(a + b) : settled(a > b || a.isNaN ? a : b) }
        if values.count > 1024 {
            return tree(stride(from: 0, to: values.count, by: 1024).map { tree(Array(values[$0..<min($0 + 1024, values.count)]), kind) }, kind)
        }
        var lanes = [Float](repeating: kind == .sum ? 0 : -.infinity, count: 16)
        for i in values.indices { lanes[i % 16] = joined(lanes[i % 16], values[i]) }
        for half in [8, 4, 2, 1] {
            for lane in 0..<half { lanes[lane] = joined(lanes[lane], lanes[lane + half]) }
        }
        return lanes[0]
    }

    /// - Shapes: x [outer, rows, inner] -> [outer, inner]
    static func reduced(_ kind: Graphs.Reduction, _ x: [Float], _ outer: Int, _ rows: Int, _ inner: Int) -> [Float] {
        if x.isEmpty { return [Float](repeating: 0, count: outer * inner) }
        return (0..<outer * inner).map { place in tree((0..<rows).map { x[(place / inner * rows + $0) * inner + place % inner] }, kind) }
    }

    // MARK: Products

    /// Chunks of 256 terms, each a chain of fma from +0, added in ascending order.
    static func sum(_ terms: [(Float, Float)]) -> Float {
        var total: Float = 0
        for start in stride(from: 0, to: terms.count, by: 256) {
            var chunk: Float = 0
            for (a, b) in terms[start..<min(start + 256, terms.count)] { chunk = settled(chunk.addingProduct(a, b)) }
            total = start == 0 ? chunk : settled(total + chunk)
        }
        return total
    }

    /// A product kernel; the operands have the shapes of `form.operands`.
    static func product(_ form: ProductForm, _ a: [Float], _ b: [Float]) -> [Float] {
        switch form {
        case .matrix(let m, let n, let k, let transposeA, let transposeB):
            return (0..<m * n).map { place in
                let (row, column) = (place / n, place % n)
                return sum((0..<k).map { (a[transposeA ? $0 * m + row : row * k + $0], b[transposeB ? column * k + $0 : $0 * n + column]) })
            }
        case .convolution(let g, let images, let inChannels, let outChannels):
            return pixels(images, g.outputHeight, g.outputWidth, outChannels).map { n, y, x, channel in
                sum(taps(g).flatMap { row, column in
                    (0..<inChannels).map { c in
                        let (i, j) = (y * g.strideY - g.padTop + row, x * g.strideX - g.padLeft + column)
                        return (pixel(a, n, i, j, c, g.inputHeight, g.inputWidth, inChannels), b[((channel * g.kernelHeight + row) * g.kernelWidth + column) * inChannels + c])
                    }
                })
            }
        case .inputGradient(let g, let images, let inChannels, let outChannels):
            // Taps that meet the pixel, whether inside of the gradient's image or not.
            return pixels(images, g.inputHeight, g.inputWidth, inChannels).map { n, y, x, channel in
                let met = taps(g).filter { (y + g.padTop - $0) % g.strideY == 0 && (x + g.padLeft - $1) % g.strideX == 0 }
                return sum(met.flatMap { row, column in
                    (0..<outChannels).map { c in
                        let (i, j) = ((y + g.padTop - row) / g.strideY, (x + g.padLeft - column) / g.strideX)
                        return (pixel(a, n, i, j, c, g.outputHeight, g.outputWidth, outChannels), b[((c * g.kernelHeight + row) * g.kernelWidth + column) * inChannels + channel])
                    }
                })
            }
        case .weightGradient(let g, let images, let inChannels, let outChannels):
            return pixels(outChannels, g.kernelHeight, g.kernelWidth, inChannels).map { channel, row, column, c in
                sum(pixels(images, g.outputHeight, g.outputWidth, 1).map { n, y, x, _ in
                    let (i, j) = (y * g.strideY - g.padTop + row, x * g.strideX - g.padLeft + column)
                    return (pixel(a, n, i, j, c, g.inputHeight, g.inputWidth, inChannels), b[((n * g.outputHeight + y) * g.outputWidth + x) * outChannels + channel])
                })
            }
        }
    }

    private static func taps(_ g: ConvolutionGeometry) -> [(Int, Int)] { (0..<g.kernelHeight).flatMap { row in (0..<g.kernelWidth).map { (row, $0) } } }

    private static func pixels(_ n: Int, _ height: Int, _ width: Int, _ channels: Int) -> [(Int, Int, Int, Int)] {
        (0..<n * height * width * channels).map { ($0 / channels / width / height, $0 / channels / width % height, $0 / channels % width, $0 % channels) }
    }

    /// A pixel of images [n, height, width, channels], +0 outside.
    private static func pixel(_ x: [Float], _ n: Int, _ i: Int, _ j: Int, _ c: Int, _ height: Int, _ width: Int, _ channels: Int) -> Float {
        (0..<height).contains(i) && (0..<width).contains(j) ? x[((n * height + i) * width + j) * channels + c] : 0
    }

    // MARK: Rows

    /// - Shapes: table [rows, width], indices [n] -> [n, width]; a row of NaN for an index out of range
    static func gathered(_ table: [Float], _ indices: [Float], rows: Int, width: Int) -> [Float] {
        indices.flatMap { index in
            guard let row = Int(exactly: index), (0..<rows).contains(row) else { return [Float](repeating: .nan, count: width) }
            return Array(table[row * width..<(row + 1) * width])
        }
    }

    /// - Shapes: values [n, width], indices [n] -> [rows, width], added in ascending order of n
    static func scattered(_ values: [Float], _ indices: [Float], rows: Int, width: Int) -> [Float] {
        var result = [Float](repeating: 0, count: rows * width)
        for (place, index) in indices.enumerated() {
            guard let row = Int(exactly: index), (0..<rows).contains(row) else { continue }
            for column in 0..<width { result[row * width + column] = settled(result[row * width + column] + values[place * width + column]) }
        }
        return result
    }

    /// The elements of a view, in order.
    static func read(_ view: Graphs.View, _ from: [Float]) -> [Float] { places(view).map { from[$0] } }

    static func places(_ view: Graphs.View) -> [Int] {
        var places = [view.offset]
        for (extent, stride) in zip(view.extents, view.strides) { places = places.flatMap { place in (0..<extent).map { place + $0 * stride } } }
        return places
    }

    // MARK: Functions of matrices

    static func matrix(_ function: MatrixFunction, _ x: [Float], _ size: Int) -> [Float] {
        MatrixReference.values(of: function, x.map(Double.init), size: size).map { settled(Float($0)) }
    }
}
