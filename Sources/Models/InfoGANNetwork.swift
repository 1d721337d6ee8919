import Tensors

/// The study's one network for all data sets, "InfoGAN style": 4x4 kernels, stride 2, SAME padding, biases everywhere, leaky ReLU of slope 0.2 in
/// both parts, images in [0, 1].
/// - Source: Lucic et al. 2018, appendix; layer by layer as in the released code.
public struct InfoGANNetwork: Sendable {
    public static let latentDimensions = 64

    public let height: Int
    public let width: Int
    public let channels: Int
    /// Channels and units of the hidden layers are multiplied by this; 1 is the paper's network.
    public let multiplier: Double

    public init(height: Int, width: Int, channels: Int, multiplier: Double) {
        self.height = height
        self.width = width
        self.channels = channels
        self.multiplier = multiplier
    }

    private func scaled(_ units: Int) -> Int { Swift.max(1, Int((Double(units) * multiplier).rounded())) }

    /// Latents to images: linear 1024, linear 128 * h/4 * w/4, two transposed convolutions (64, channels), sigmoid.
    /// - Shapes: [batch, 64] -> [batch, height, width, channels] in (0, 1)
    func generator(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor {
        let (h4, w4) = ((height + 3) / 4, (width + 3) / 4)
        let (h2, w2) = ((height + 1) / 2, (width + 1) / 2)
        var x = parameters.dense(z, "linear1", outputs: scaled(1024))
        x = parameters.batchNormalization(x, "normalization1", mode: mode).leakyReLU()
        x = parameters.dense(x, "linear2", outputs: scaled(128) * h4 * w4)
        x = parameters.batchNormalization(x, "normalization2", mode: mode).leakyReLU()
        x = x.reshaped([z.shape[0], h4, w4, scaled(128)])
        x = parameters.transposedConvolution(x, "deconvolution3", outputs: scaled(64), kernel: 4, height: h2, width: w2)
        x = parameters.batchNormalization(x, "normalization3", mode: mode).leakyReLU()
        x = parameters.transposedConvolution(x, "deconvolution4", outputs: channels, kernel: 4, height: height, width: width)
        return x.sigmoid()
    }

    /// Images to logits: two convolutions (64, 128), linear 1024, linear 1.
    /// - Parameter groups: equal parts of the batch that are normalised apart (real and generated images in one pass).
    /// - Shapes: [batch, height, width, channels] -> [batch]
    func discriminator(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        func normalized(_ x: Tensor, _ name: String) -> Tensor {
            batchNormalization ? parameters.batchNormalization(x, name, mode: .training(groups: groups, tracking: false)) : x
        }
        var x = parameters.convolution(images, "convolution1", outputs: scaled(64), kernel: 4, stride: 2).leakyReLU()
        x = parameters.convolution(x, "convolution2", outputs: scaled(128), kernel: 4, stride: 2)
        x = normalized(x, "normalization2").leakyReLU()
        x = x.reshaped([images.shape[0], x.count / images.shape[0]])
        x = normalized(parameters.dense(x, "linear3", outputs: scaled(1024)), "normalization3").leakyReLU()
        return parameters.dense(x, "linear4", outputs: 1).reshaped([images.shape[0]])
    }
}
