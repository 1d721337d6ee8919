import Numerics
import Graphs

/// The network that the study uses for all image data sets ("InfoGAN style"): 4x4 kernels, stride 2, SAME padding, biases everywhere, leaky ReLU with
/// slope 0.2 in both parts, images in [0, 1], 64 latents from U(-1, 1).
/// - Source: Lucic et al. 2018, appendix; layer by layer as in the released code.
struct InfoGANNetwork: StudyNetwork {
    let images: ExampleShape
    /// Width multiplier of the hidden layers; 1 is the paper's network.
    let multiplier: Double

    var range: ValueRange { .unit }
    var latentDimensions: Int { 64 }
    var latents: RandomStream.Distribution { .uniform(low: -1, high: 1) }

    private func scaled(_ units: Int) -> Int { Swift.max(1, Int((Double(units) * multiplier).rounded())) }
    private var quarter: (height: Int, width: Int) { ((images.height + 3) / 4, (images.width + 3) / 4) }
    private var half: (height: Int, width: Int) { ((images.height + 1) / 2, (images.width + 1) / 2) }

    /// Linear 1024, linear 128 * h/4 * w/4, two transposed convolutions (64, channels), sigmoid; batch normalization except in the last layer.
    func generator(_ z: Tensor, _ parameters: ParameterSet, activation: (Tensor) -> Tensor, mode: NormalizationMode) -> Tensor {
        var x = parameters.dense(z, "linear1", outputs: scaled(1024))
        x = activation(parameters.batchNormalization(x, "normalization1", mode: mode))
        x = parameters.dense(x, "linear2", outputs: scaled(128) * quarter.height * quarter.width)
        x = activation(parameters.batchNormalization(x, "normalization2", mode: mode))
        x = x.reshaped([z.shape[0], quarter.height, quarter.width, scaled(128)])
        x = parameters.transposedConvolution(x, "deconvolution3", outputs: scaled(64), kernel: 4, height: half.height, width: half.width)
        x = activation(parameters.batchNormalization(x, "normalization3", mode: mode))
        x = parameters.transposedConvolution(x, "deconvolution4", outputs: images.channels, kernel: 4, height: images.height, width: images.width)
        return x.sigmoid()
    }

    /// Two convolutions (64, 128) and linear 1024; batch normalization, if enabled, after the second and third layer.
    func trunk(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        func normalized(_ x: Tensor, _ name: String) -> Tensor {
            batchNormalization ? parameters.batchNormalization(x, name, mode: .training(groups: groups, tracking: false)) : x
        }
        var x = parameters.convolution(images, "convolution1", outputs: scaled(64), kernel: 4, stride: 2).leakyReLU()
        x = parameters.convolution(x, "convolution2", outputs: scaled(128), kernel: 4, stride: 2)
        x = normalized(x, "normalization2").leakyReLU()
        x = x.reshaped([images.shape[0], x.count / images.shape[0]])
        return normalized(parameters.dense(x, "linear3", outputs: scaled(1024)), "normalization3").leakyReLU()
    }

    /// Two convolutions (64, 128; no activation before the code), a code of 64, and the second half of the generator; sigmoid.
    func autoencoder(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        func normalized(_ x: Tensor, _ name: String) -> Tensor {
            batchNormalization ? parameters.batchNormalization(x, name, mode: .training(groups: groups, tracking: false)) : x
        }
        let batch = images.shape[0]
        var x = parameters.convolution(images, "convolution1", outputs: scaled(64), kernel: 4, stride: 2).leakyReLU()
        x = parameters.convolution(x, "convolution2", outputs: scaled(128), kernel: 4, stride: 2)
        x = x.reshaped([batch, x.count / batch])
        x = normalized(parameters.dense(x, "linear3", outputs: scaled(64)), "normalization3").leakyReLU()
        x = parameters.dense(x, "linear4", outputs: scaled(128) * quarter.height * quarter.width)
        x = normalized(x, "normalization4").leakyReLU().reshaped([batch, quarter.height, quarter.width, scaled(128)])
        x = parameters.transposedConvolution(x, "deconvolution5", outputs: scaled(64), kernel: 4, height: half.height, width: half.width)
        x = normalized(x, "normalization5").leakyReLU()
        x = parameters.transposedConvolution(
            x, "deconvolution6", outputs: self.images.channels, kernel: 4, height: self.images.height, width: self.images.width)
        return x.sigmoid()
    }
}
