import Studies
import Numerics
import Graphs

/// An architecture that all models of the study are built from, for one shape of images.
protocol StudyNetwork: Sendable {
    var images: ExampleShape { get }
    /// What the networks take and give.
    var range: ValueRange { get }
    var latentDimensions: Int { get }
    /// Distribution of the latents of adversarial models; the VAE's are always N(0, 1).
    var latents: RandomStream.Distribution { get }

    /// Latents to images. - Shapes: [batch, latentDimensions] -> [batch, h, w, c] in `range`
    /// - Parameter activation: of the hidden layers; leaky ReLU but in the VAE's decoder.
    func generator(_ z: Tensor, _ parameters: ParameterSet, activation: (Tensor) -> Tensor, mode: NormalizationMode) -> Tensor

    /// The discriminator without its last layer. - Shapes: [batch, h, w, c] -> [batch, units]
    /// - Parameter groups: equal parts of the batch that are normalised apart (real and generated images in one pass).
    func trunk(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor

    /// BEGAN's discriminator: images to images of the same range through a narrow code.
    func autoencoder(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor
}

extension StudyNetwork {
    func generator(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor {
        generator(z, parameters, activation: { $0.leakyReLU() }, mode: mode)
    }

    /// Images to logits: the trunk and a linear unit. - Shapes: [batch, h, w, c] -> [batch]
    func discriminator(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        let features = trunk(images, parameters, batchNormalization: batchNormalization, groups: groups)
        return parameters.dense(features, "linear4", outputs: 1).reshaped([images.shape[0]])
    }
}

/// The architectures by name, as specifications have them.
enum StudyArchitecture {
    static let infoGAN = "infogan"
    static let mlp = ModelSchema.pointArchitecture
    static let all = [infoGAN, mlp]
}
