internal import CKernels
import Graphs

extension StepFunction {
    /// The C kernels' code for the function.
    var opcode: FidOpcode {
        switch self {
        case .function(let function): function.opcode
        case .subtractFrom: FID_SUB_FROM
        case .divideInto: FID_DIV_INTO
        case .rectify: FID_RECTIFY
        case .rectifySelf: FID_RECTIFY_SELF
        }
    }
}

extension ElementwiseFunction {
    var opcode: FidOpcode {
        switch self {
        case .copy: FID_COPY
        case .add: FID_ADD
        case .subtract: FID_SUB
        case .multiply: FID_MUL
        case .divide: FID_DIV
        case .minimum: FID_MIN
        case .maximum: FID_MAX
        case .negate: FID_NEG
        case .absolute: FID_ABS
        case .square: FID_SQUARE
        case .squareRoot: FID_SQRT
        case .reciprocalSquareRoot: FID_RSQRT
        case .reciprocal: FID_RECIPROCAL
        case .sign: FID_SIGN
        case .exponential: FID_EXP
        case .exponentialMinusOne: FID_EXPM1
        case .logarithm: FID_LOG
        case .logarithmOnePlus: FID_LOG1P
        case .tanh: FID_TANH
        case .sigmoid: FID_SIGMOID
        case .softplus: FID_SOFTPLUS
        case .sine: FID_SIN
        case .cosine: FID_COS
        case .greater: FID_GREATER
        case .greaterOrEqual: FID_GREATER_EQUAL
        case .equal: FID_EQUAL
        case .select: FID_SELECT
        case .floor: FID_FLOOR
        case .round: FID_ROUND
        }
    }
}
