/// The shape of a matrix product or convolution. Operand and result shapes are those of `Tensor.matmul`, `Tensor.convolved`, and their gradients.
public enum ProductForm: Sendable, Hashable {
    /// [m, k] x [k, n] -> [m, n]; a transposed operand is stored as [k, m] or [n, k].
    case matrix(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool)
    /// A convolution of `images` images.
    case convolution(ConvolutionGeometry, images: Int, inChannels: Int, outChannels: Int)
    /// The gradient of a convolution with respect to its images.
    case inputGradient(ConvolutionGeometry, images: Int, inChannels: Int, outChannels: Int)
    /// The gradient of a convolution with respect to its kernel.
    case weightGradient(ConvolutionGeometry, images: Int, inChannels: Int, outChannels: Int)

    /// Shapes of the two operands.
    public var operands: (a: Shape, b: Shape) {
        switch self {
        case .matrix(let m, let n, let k, let transposeA, let transposeB):
            (transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n])
        case .convolution(let g, let images, let inChannels, let outChannels):
            ([images, g.inputHeight, g.inputWidth, inChannels], [outChannels, g.kernelHeight, g.kernelWidth, inChannels])
        case .inputGradient(let g, let images, let inChannels, let outChannels):
            ([images, g.outputHeight, g.outputWidth, outChannels], [outChannels, g.kernelHeight, g.kernelWidth, inChannels])
        case .weightGradient(let g, let images, let inChannels, let outChannels):
            ([images, g.inputHeight, g.inputWidth, inChannels], [images, g.outputHeight, g.outputWidth, outChannels])
        }
    }
}
