import Numerics
import Graphs

/// A generator and a discriminator, as used by adversarial training.
protocol AdversarialNetwork {
    var images: ExampleShape { get }
    var range: ValueRange { get }
    var latentDimensions: Int { get }
    /// Distribution of the latents.
    var latents: RandomStream.Distribution { get }

    /// - Shapes: [batch, latentDimensions] -> [batch, h, w, c] in `range`
    func generated(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor

    /// The discriminator's score per image: a logit or a reconstruction error.
    /// - Shapes: [batch, h, w, c] in `range` -> [batch]
    func scores(_ images: Tensor, _ parameters: ParameterSet, groups: Int) -> Tensor
}

/// The study's discriminator: one logit per image.
struct LogitNetwork: AdversarialNetwork {
    let network: any StudyNetwork
    let batchNormalization: Bool

    var images: ExampleShape { network.images }
    var range: ValueRange { network.range }
    var latentDimensions: Int { network.latentDimensions }
    var latents: RandomStream.Distribution { network.latents }

    func generated(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor { network.generator(z, parameters, mode: mode) }

    func scores(_ images: Tensor, _ parameters: ParameterSet, groups: Int) -> Tensor {
        network.discriminator(images, parameters, batchNormalization: batchNormalization, groups: groups)
    }
}
