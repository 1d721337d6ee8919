import Graphs

/// Invertible 1x1 convolution: z = W x at each pixel, W initially a random rotation. A learned generalization of a permutation of channels.
/// - Source: Kingma and Dhariwal 2018, section 3.2
struct InvertibleConvolution: FlowLayer {
    /// How W is parameterized.
    enum Form: String, Sendable, CaseIterable {
        /// `matrix` [c, c]; log|det W| and its gradient by elimination.
        case plain
        /// W = P (L + I) (U + diag(sign exp(s))): `lower`, `upper`, `log_scale`; P (`permutation`) and `sign` are fixed. log|det W| is the sum of s.
        case lu
    }

    /// Prefix of the parameters.
    let name: String
    let form: Form

    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult {
        let (weight, logDeterminant) = weight(channels: x.shape[3], context)
        return FlowResult(Self.apply(weight, to: x), logDeterminant: (logDeterminant * x.pixels).forEveryExample(of: x))
    }

    /// The inverse matrix is computed in double precision and rounded once.
    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult {
        let (weight, logDeterminant) = weight(channels: z.shape[3], context)
        return FlowResult(Self.apply(weight.matrixInverse(), to: z), logDeterminant: (logDeterminant * -z.pixels).forEveryExample(of: z))
    }

    private static func apply(_ weight: Tensor, to x: Tensor) -> Tensor {
        Tensor.matmul(x.reshaped([x.count / x.shape[3], x.shape[3]]), weight, transposeB: true).reshaped(x.shape)
    }

    /// W [c, c] and log|det W|.
    private func weight(channels c: Int, _ context: FlowContext) -> (weight: Tensor, logDeterminant: Tensor) {
        let parameters = context.parameters, whole = "\(parameters.prefix)/\(name)/matrix"
        func part(_ suffix: String, _ shape: Shape, _ part: OrthogonalMatrix.Part, isTrainable: Bool = true) -> Tensor {
            parameters("\(name)/\(suffix)", shape, .orthogonal(part, of: whole), isTrainable: isTrainable)
        }
        switch form {
        case .plain:
            let matrix = part("matrix", [c, c], .whole)
            return (matrix, matrix.logAbsoluteDeterminant())
        case .lu:
            let graph = parameters.graph
            func mask(_ isOne: (Int, Int) -> Bool) -> Tensor { graph.constant((0..<c * c).map { isOne($0 / c, $0 % c) ? 1 : 0 }, [c, c]) }
            let identity = mask(==)
            let logScale = part("log_scale", [c], .logScale)
            let lower = part("lower", [c, c], .lower) * mask(>) + identity
            let diagonal = part("sign", [c], .sign, isTrainable: false) * logScale.exp()
            let upper = part("upper", [c, c], .upper) * mask(<) + identity * diagonal
            let product = Tensor.matmul(part("permutation", [c, c], .permutation, isTrainable: false), Tensor.matmul(lower, upper))
            return (product, logScale.sum())
        }
    }
}
