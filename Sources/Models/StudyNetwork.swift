import Studies
import Numerics
import Graphs

/// An architecture shared by all models of the study, for one image shape.
protocol StudyNetwork: Sendable {
    var images: ExampleShape { get }
    /// Range of the networks' inputs and outputs.
    var range: ValueRange { get }
    var latentDimensions: Int { get }
    /// Distribution of the latents of adversarial models. The VAE always uses N(0, 1).
    var latents: RandomStream.Distribution { get }

    /// The generator. - Shapes: latents [batch, latentDimensions] -> images [batch, h, w, c] in `range`
    /// - Parameter activation: activation of the hidden layers; leaky ReLU except in the VAE's decoder
    func generator(_ z: Tensor, _ parameters: ParameterSet, activation: (Tensor) -> Tensor, mode: NormalizationMode) -> Tensor

    /// The discriminator without its last layer. - Shapes: [batch, h, w, c] -> [batch, units]
    /// - Parameter groups: equal parts of the batch with separate batch statistics (real and generated images in one pass)
    func trunk(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor

    /// BEGAN's discriminator: maps images to images of the same range through a bottleneck.
    func autoencoder(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor
}

extension StudyNetwork {
    func generator(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor {
        generator(z, parameters, activation: { $0.leakyReLU() }, mode: mode)
    }

    /// The discriminator: the trunk and a linear unit. - Shapes: images [batch, h, w, c] -> logits [batch]
    func discriminator(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        let features = trunk(images, parameters, batchNormalization: batchNormalization, groups: groups)
        return parameters.dense(features, "linear4", outputs: 1).reshaped([images.shape[0]])
    }
}

/// Architecture names, as used in specifications.
enum StudyArchitecture {
    static let infoGAN = "infogan"
    static let mlp = ModelSchema.pointArchitecture
    static let all = [infoGAN, mlp]
}
