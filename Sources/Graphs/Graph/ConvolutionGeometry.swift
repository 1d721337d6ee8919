/// The geometry of a 2-D convolution of images [batch, height, width, channels] with kernels [outChannels, kernelHeight, kernelWidth, inChannels].
/// As usual in deep learning, "convolution" means cross-correlation. All extents, strides, and paddings are in pixels.
public struct ConvolutionGeometry: Sendable, Hashable {
    /// Extent of the input image.
    public var inputHeight: Int, inputWidth: Int
    /// Extent of the kernel.
    public var kernelHeight: Int, kernelWidth: Int
    /// Stride per axis; the initializer sets both equal.
    public var strideY: Int, strideX: Int
    /// Padding before the first row and column. Padding after the last ones follows from the other extents.
    public var padTop: Int, padLeft: Int
    /// Extent of the output.
    public var outputHeight: Int, outputWidth: Int

    /// How much zero padding surrounds the image.
    public enum Padding: Sendable, Hashable {
        /// Output extent = ceil(input / stride); an odd pixel of padding goes to the bottom or right (TensorFlow's SAME).
        case same
        /// No padding.
        case valid
        /// The same number of pixels on all four sides, >= 0 (PyTorch's integer padding).
        case explicit(Int)
        /// The same number of pixels above and below, and another one left and right, both >= 0 (PyTorch's pair).
        case symmetric(vertical: Int, horizontal: Int)
    }

    /// Computes padding and output extent.
    /// - Precondition: stride and kernel are positive; the kernel fits into the padded input.
    public init(inputHeight: Int, inputWidth: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Padding) {
        precondition(stride > 0 && kernelHeight > 0 && kernelWidth > 0, "stride and kernel must be positive")
        func axis(_ input: Int, _ kernel: Int, isVertical: Bool) -> (output: Int, before: Int) {
            switch padding {
            case .same:
                let output = (input + stride - 1) / stride
                return (output, Swift.max((output - 1) * stride + kernel - input, 0) / 2)
            case .valid:
                return ((input - kernel) / stride + 1, 0)
            case .explicit(let pad):
                return ((input + 2 * pad - kernel) / stride + 1, pad)
            case .symmetric(let vertical, let horizontal):
                let pad = isVertical ? vertical : horizontal
                return ((input + 2 * pad - kernel) / stride + 1, pad)
            }
        }
        let y = axis(inputHeight, kernelHeight, isVertical: true)
        let x = axis(inputWidth, kernelWidth, isVertical: false)
        precondition(y.output > 0 && x.output > 0, "kernel \(kernelHeight)x\(kernelWidth) is larger than the input \(inputHeight)x\(inputWidth)")
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.strideY = stride
        self.strideX = stride
        self.padTop = y.before
        self.padLeft = x.before
        self.outputHeight = y.output
        self.outputWidth = x.output
    }
}
