// One table: for each operation, the gradients of its operands as functions of the gradient g of its result. Rules are written with
// differentiable operations, so higher-order derivatives follow. Where a rule differs from the textbook form, a comment gives the reason.

extension Graph {
    func operandGradients(of id: Int, _ g: Tensor, _ relevant: [Bool]) -> [(Int, Tensor)] {
        let node = nodes[id]
        let operands = node.operands
        func operand(_ i: Int) -> Tensor { Tensor(graph: self, id: operands[i]) }
        func needed(_ i: Int) -> Bool { relevant[operands[i]] }
        let result = Tensor(graph: self, id: id)
        switch node.operation {
        case .input, .parameter, .constant, .table, .random, .stopGradient:
            return []
        case .overrideGradient(let index):
            let entry = gradientOverrides[index]
            return zip(entry.inputs, entry.rule(g)).compactMap { id, gradient in gradient.map { (id, $0) } }
        case .checkpoint, .recalled:
            return [(operands[0], g)]
        case .reshape:
            return [(operands[0], g.reshaped(operand(0).shape))]
        case .broadcast:
            return [(operands[0], Self.sumToShape(g, operand(0).shape))]
        case .permute(let axes):
            return [(operands[0], g.permuted(axes.indices.map { axes.firstIndex(of: $0)! }))]
        case .slice(let starts, let steps):
            return [(operands[0], Self.unslice(g, into: operand(0).shape, starts: starts, steps: steps))]
        case .pad(let before):
            return [(operands[0], g.slice(starts: before, extents: operand(0).shape.extents))]
        case .concatenate(let axis):
            var start = 0
            var gradients: [(Int, Tensor)] = []
            for i in operands.indices {
                var starts = [Int](repeating: 0, count: g.shape.rank)
                starts[axis] = start
                start += operand(i).shape[axis]
                if needed(i) { gradients.append((operands[i], g.slice(starts: starts, extents: operand(i).shape.extents))) }
            }
            return gradients
        case .reduce(let kind):
            return [(operands[0], reductionGradient(kind, operand(0), result, g))]
        case .elementwise(let function):
            let inputs = operands.indices.map(operand)
            let gradients = elementwiseGradients(function, inputs, result, g, needed)
            return zip(operands, gradients).compactMap { id, gradient in gradient.map { (id, $0) } }
        case .product(let transposeA, let transposeB):
            let (a, b) = (operand(0), operand(1))
            var gradients: [(Int, Tensor)] = []
            if needed(0) {
                gradients.append((operands[0], transposeA
                    ? Tensor.matmul(b, g, transposeA: transposeB, transposeB: true)
                    : Tensor.matmul(g, b, transposeB: !transposeB)))
            }
            if needed(1) {
                gradients.append((operands[1], transposeB
                    ? Tensor.matmul(g, a, transposeA: true, transposeB: transposeA)
                    : Tensor.matmul(a, g, transposeA: !transposeA)))
            }
            return gradients
        case .convolution(let geometry):
            var gradients: [(Int, Tensor)] = []
            if needed(0) { gradients.append((operands[0], Tensor.convolutionInputGradient(g, operand(1), geometry))) }
            if needed(1) { gradients.append((operands[1], Tensor.convolutionWeightGradient(operand(0), g, geometry))) }
            return gradients
        case .convolutionInputGradient(let geometry):
            var gradients: [(Int, Tensor)] = []
            if needed(0) { gradients.append((operands[0], Tensor.convolution(g, operand(1), geometry))) }
            if needed(1) { gradients.append((operands[1], Tensor.convolutionWeightGradient(g, operand(0), geometry))) }
            return gradients
        case .convolutionWeightGradient(let geometry):
            var gradients: [(Int, Tensor)] = []
            if needed(0) { gradients.append((operands[0], Tensor.convolutionInputGradient(operand(1), g, geometry))) }
            if needed(1) { gradients.append((operands[1], Tensor.convolution(operand(0), g, geometry))) }
            return gradients
        case .gatherRows:
            let table = operand(0)
            return [(operands[0], add(.scatterRows(count: table.shape[0]), [contiguous(g).id, operands[1]], table.shape))]
        case .scatterRows:
            return [(operands[0], g.gatherRows(operand(1)))]
        case .matrix(.inverse):
            // d(A^-1) = -A^-1 dA A^-1
            return [(operands[0], -Tensor.matmul(Tensor.matmul(result, g, transposeA: true), result, transposeB: true))]
        case .matrix(.logAbsoluteDeterminant):
            return [(operands[0], operand(0).matrixInverse().permuted([1, 0]) * g)]
        }
    }

    private static func sumToShape(_ g: Tensor, _ shape: Shape) -> Tensor {
        let lead = g.shape.rank - shape.rank
        let axes = (0..<g.shape.rank).filter { $0 < lead || (shape[$0 - lead] == 1 && g.shape[$0] != 1) }
        return g.sum(axes: axes).reshaped(shape)
    }

    /// Scatters g into zeros of `shape` at the sliced positions. For a step above 1, zeros are inserted between elements by padding a reshaped tensor.
    private static func unslice(_ g: Tensor, into shape: Shape, starts: [Int], steps: [Int]) -> Tensor {
        var spread = g
        for axis in 0..<shape.rank where steps[axis] > 1 && spread.shape[axis] > 0 {
            var extents = spread.shape.extents
            extents.insert(1, at: axis + 1)
            var after = [Int](repeating: 0, count: extents.count)
            after[axis + 1] = steps[axis] - 1
            var widened = spread.shape.extents
            widened[axis] *= steps[axis]
            var kept = widened
            kept[axis] -= steps[axis] - 1
            spread = spread.reshaped(Shape(extents)).padded(before: [Int](repeating: 0, count: extents.count), after: after)
                .reshaped(Shape(widened)).slice(starts: [Int](repeating: 0, count: kept.count), extents: kept)
        }
        let after = (0..<shape.rank).map { shape[$0] - starts[$0] - spread.shape[$0] }
        return spread.padded(before: starts, after: after)
    }

    private func reductionGradient(_ kind: Reduction, _ x: Tensor, _ result: Tensor, _ g: Tensor) -> Tensor {
        let kept: Shape = [x.shape[0], 1, x.shape[2]]
        let spread = g.reshaped(kept).broadcast(to: x.shape)
        switch kind {
        case .sum: return spread
        case .maximum:
            // Tied maxima share the gradient equally.
            let hit = Tensor.equal(x, result.reshaped(kept))
            return spread * hit / hit.sum(axes: [1], keepingAxes: true)
        }
    }

    private func elementwiseGradients(_ function: ElementwiseFunction, _ x: [Tensor], _ y: Tensor, _ g: Tensor, _ needed: (Int) -> Bool) -> [Tensor?] {
        func when(_ i: Int, _ gradient: @autoclosure () -> Tensor) -> Tensor? { needed(i) ? gradient() : nil }
        switch function {
        case .copy: return [g]
        case .add: return [when(0, g), when(1, g)]
        case .subtract: return [when(0, g), when(1, -g)]
        case .multiply: return [when(0, g * x[1]), when(1, g * x[0])]
        case .divide: return [when(0, g / x[1]), when(1, -(g * y) / x[1])]
        case .minimum:
            let first = Tensor.greaterOrEqual(x[1], x[0])
            return [when(0, g * first), when(1, g * (1 - first))]
        case .maximum:
            let first = Tensor.greaterOrEqual(x[0], x[1])
            return [when(0, g * first), when(1, g * (1 - first))]
        case .negate: return [-g]
        case .absolute: return [g * x[0].sign()]
        case .square: return [g * (x[0] * 2)]
        case .squareRoot: return [g * 0.5 / y]
        case .reciprocalSquareRoot: return [g * (y * y * y * -0.5)]
        case .reciprocal: return [-(g * (y * y))]
        case .exponential: return [g * y]
        case .exponentialMinusOne: return [g * (y + 1)]
        case .logarithm: return [g / x[0]]
        case .logarithmOnePlus: return [g / (x[0] + 1)]
        case .tanh: return [g * (1 - y * y)]
        case .sigmoid: return [g * (y * (1 - y))]
        case .softplus: return [g * x[0].sigmoid()]
        case .sine: return [g * x[0].cos()]
        case .cosine: return [-(g * x[0].sin())]
        case .select:
            let zero = constant(0, g.shape)
            return [nil, when(1, Tensor.select(x[0], g, zero)), when(2, Tensor.select(x[0], zero, g))]
        case .sign, .greater, .greaterOrEqual, .equal, .floor, .round: return x.map { _ in nil }
        }
    }
}
