import Numerics
import Graphs

/// The DCGAN networks of WassersteinGAN.tensorflow: four layers of stride 2 down to and up from 1/16 of the image size, with 1024 to 128 channels in the
/// generator and 64 to 512 in the discriminator; images in [-1, 1]; 100 latents from U(-1, 1). Weights are truncated normal 0.02; batch normalization has
/// decay 0.9, epsilon 1e-5, and scales initialized from N(1, 0.02).
/// - Source: Radford et al. 2016, as in shekkizh/WassersteinGAN.tensorflow.
/// - Differs: sizes not divisible by 16 are rounded up at each layer.
struct DCGANNetwork: AdversarialNetwork {
    let images: ExampleShape
    /// Width multiplier of the hidden layers; 1 is the published network.
    let multiplier: Double
    /// Kernel size: 4 for the WGAN, 5 for the GAN.
    let kernel: Int
    /// Without biases, the critic ends in a convolution whose map is averaged; with biases, in a linear unit.
    let hasBiases: Bool

    var range: ValueRange { .symmetric }
    var latentDimensions: Int { 100 }
    var latents: RandomStream.Distribution { .uniform(low: -1, high: 1) }

    private static let weights = Initializer.truncatedNormal(deviation: 0.02)
    private static let normalization = NormalizationSettings(decay: 0.9, epsilon: 1e-5, scale: .normal(mean: 1, deviation: 0.02))

    private func scaled(_ units: Int) -> Int { Swift.max(1, Int((Double(units) * multiplier).rounded())) }

    /// Extents after `halvings` layers of stride 2.
    private func size(_ halvings: Int) -> (height: Int, width: Int) {
        (0..<halvings).reduce((images.height, images.width)) { size, _ in ((size.0 + 1) / 2, (size.1 + 1) / 2) }
    }

    /// Linear to h/16 x w/16 x 1024, then transposed convolutions to 512, 256, 128, and the image's channels, with batch normalization and ReLU in between; tanh.
    func generated(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor {
        func activated(_ x: Tensor, _ layer: Int) -> Tensor {
            parameters.batchNormalization(x, "normalization\(layer)", mode: mode, settings: Self.normalization).relu()
        }
        let (h, w) = size(4)
        var x = parameters.dense(z, "linear1", outputs: scaled(1024) * h * w, initializer: Self.weights, bias: hasBiases)
        x = activated(x.reshaped([z.shape[0], h, w, scaled(1024)]), 1)
        for (layer, channels) in [(2, 512), (3, 256), (4, 128)] {
            x = activated(up(x, parameters, layer: layer, channels: scaled(channels)), layer)
        }
        return up(x, parameters, layer: 5, channels: images.channels).tanh()
    }

    private func up(_ x: Tensor, _ parameters: ParameterSet, layer: Int, channels: Int) -> Tensor {
        let (h, w) = size(5 - layer)
        return parameters.transposedConvolution(
            x, "deconvolution\(layer)", outputs: channels, kernel: kernel, height: h, width: w, initializer: Self.weights, bias: hasBiases)
    }

    /// Convolutions to 64 (without batch normalization), 128, 256, and 512 channels, leaky ReLU with slope 0.2. - Shapes: -> [batch, h/16, w/16, 512]
    func features(_ images: Tensor, _ parameters: ParameterSet, groups: Int) -> Tensor {
        var x = images
        for (layer, channels) in [(1, 64), (2, 128), (3, 256), (4, 512)] {
            x = parameters.convolution(x, "convolution\(layer)", outputs: scaled(channels), kernel: kernel, stride: 2, bias: hasBiases)
            if layer > 1 {
                x = parameters.batchNormalization(
                    x, "normalization\(layer)", mode: .training(groups: groups, tracking: false), settings: Self.normalization)
            }
            x = x.leakyReLU()
        }
        return x
    }

    /// With biases: a linear unit on the features. Without: one more convolution of stride 2 to one channel, whose map (2x2 for 64x64 images) is averaged.
    func scores(_ images: Tensor, _ parameters: ParameterSet, groups: Int) -> Tensor {
        let x = features(images, parameters, groups: groups)
        let batch = images.shape[0]
        if hasBiases {
            return parameters.dense(x.reshaped([batch, x.count / batch]), "linear5", outputs: 1, initializer: Self.weights).reshaped([batch])
        }
        return parameters.convolution(x, "convolution5", outputs: 1, kernel: kernel, stride: 2, bias: false).mean(axes: [1, 2, 3])
    }
}
