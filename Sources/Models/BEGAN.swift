public import Studies
import Numerics
public import Graphs

/// Boundary equilibrium GAN: the discriminator is an autoencoder, and k balances its reconstruction losses of real and generated images.
/// - Source: Berthelot et al. 2017, section 3.4; Lucic et al. 2018, table 1 and its authors' settings.
/// - Differs: as in the study's released code, k is not clipped to [0, 1] unless `clip_k` is on, and follows the losses of the updated networks on the
///   step's own images and latents. Both updates use the same z.
public struct BEGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones, `lambda`, `gamma`, and `clip_k`.
    public var schema: ModelSchema {
        let further: [HyperparameterSchema] = [
            .real(
                "lambda", in: 0...1, default: 1e-3, wide: .logUniform10(low: -4, high: -2), narrow: .fixed(.real(1e-3)), description: "Gain of the balance k"),
            .real(
                "gamma", in: 0...1, default: 0.75, wide: .uniform(low: 0, high: 1), narrow: .uniform(low: 0.6, high: 0.9),
                description: "Target ratio of the reconstruction losses of generated and real images"),
            .bool("clip_k", default: false, description: "Clip k to [0, 1], as the paper does; the study's released code does not"),
        ]
        return ModelSchema(
            name: "began", title: "BEGAN", description: "Boundary equilibrium GAN (Berthelot et al. 2017)",
            hyperparameters: SharedHyperparameters.list(learningRate: 1e-4, beta1: 0.5, discriminatorIterations: 5, batchNormalization: false) + further,
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let values = configuration.hyperparameters
        let loss = EquilibriumLoss(gamma: Float(values.real("gamma")), gain: Float(values.real("lambda")), clips: values.bool("clip_k"))
        var program = AdversarialProgram(configuration, loss: loss)
        program.network = AutoencoderNetwork(network: configuration.network, batchNormalization: values.bool("discriminator_batchnorm"))
        return try program.build()
    }
}

/// The discriminator's score of an image: the reconstruction loss L(x) = mean |AE(x) - x| over height, width, and channels.
/// - Source: Berthelot et al. 2017, equation 1 with exponent 1.
struct AutoencoderNetwork: AdversarialNetwork {
    let network: any StudyNetwork
    let batchNormalization: Bool

    var images: ExampleShape { network.images }
    var range: ValueRange { network.range }
    var latentDimensions: Int { network.latentDimensions }
    var latents: RandomStream.Distribution { network.latents }

    func generated(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor { network.generator(z, parameters, mode: mode) }

    func scores(_ images: Tensor, _ parameters: ParameterSet, groups: Int) -> Tensor {
        let reconstruction = network.autoencoder(images, parameters, batchNormalization: batchNormalization, groups: groups)
        return (reconstruction - images).absoluteValue().mean(axes: [1, 2, 3])
    }
}

/// The losses and the balance. - Source: Berthelot et al. 2017, equations of section 3.4.
struct EquilibriumLoss: AdversarialLoss {
    var gamma: Float
    var gain: Float
    var clips: Bool

    private func k(_ state: ParameterSet) -> Tensor { state("k", [1], .zeros, isTrainable: false) }

    /// L(x) - k L(x_g).
    func discriminatorLoss(real: Tensor, generated: Tensor, state: ParameterSet) -> Tensor {
        real.mean() - k(state).reshaped(.scalar) * generated.mean()
    }

    /// L(x_g).
    func generatorLoss(generated: Tensor) -> Tensor { generated.mean() }

    /// k <- k + lambda (gamma L(x) - L(x_g)), starting from 0. The convergence measure is L(x) + |gamma L(x) - L(x_g)|.
    func move(_ state: ParameterSet, scores: () -> (real: Tensor, generated: Tensor)) -> [(String, Tensor)] {
        let (real, generated) = scores()
        let imbalance = real.mean() * gamma - generated.mean()
        let moved = k(state) + imbalance.reshaped([1]) * gain
        let new = clips ? moved.clamped(low: 0, high: 1) : moved
        state.updateStatistic(k(state), to: new)
        return [("k", new.reshaped(.scalar)), ("convergence_measure", real.mean() + imbalance.absoluteValue())]
    }
}
