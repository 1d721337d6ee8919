/// The geometry of a 2-D convolution over images [batch, height, width, channels] with kernels
/// [outChannels, kernelHeight, kernelWidth, inChannels]. Cross-correlation, as everywhere in the field.
public struct ConvolutionGeometry: Sendable, Hashable {
    public var inputHeight: Int, inputWidth: Int
    public var kernelHeight: Int, kernelWidth: Int
    public var strideY: Int, strideX: Int
    public var padTop: Int, padLeft: Int
    public var outputHeight: Int, outputWidth: Int

    public enum Padding: Sendable, Hashable {
        /// Output extent = ceil(input / stride); the odd pixel of padding goes to the bottom and right (TensorFlow's SAME).
        case same
        /// No padding.
        case valid
        /// The same number of pixels on all four sides (PyTorch's integer padding).
        case explicit(Int)
    }

    public init(inputHeight: Int, inputWidth: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Padding) {
        precondition(stride > 0 && kernelHeight > 0 && kernelWidth > 0, "stride and kernel must be positive")
        func axis(_ input: Int, _ kernel: Int) -> (output: Int, before: Int) {
            switch padding {
            case .same:
                let output = (input + stride - 1) / stride
                return (output, Swift.max((output - 1) * stride + kernel - input, 0) / 2)
            case .valid:
                return ((input - kernel) / stride + 1, 0)
            case .explicit(let pad):
                return ((input + 2 * pad - kernel) / stride + 1, pad)
            }
        }
        let y = axis(inputHeight, kernelHeight)
        let x = axis(inputWidth, kernelWidth)
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
