public import Numerics
import Studies
import Graphs

/// What a program for points in the plane is built from where its networks and optimizers are chosen freely, in place of the architecture `mlp` and one optimizer for both networks.
/// Each network then has a phase of its own, and the caller decides which phase runs when.
public struct PlaneSettings: Sendable, Hashable {
    /// The hidden units' activation.
    public enum Activation: String, Sendable, Hashable, CaseIterable {
        case relu, tanh, sigmoid
        case leakyReLU = "leaky-relu"
    }

    /// Equal hidden layers.
    public struct Layers: Sendable, Hashable {
        /// Number of hidden layers, at least 1.
        public var layers: Int
        /// Units of each.
        public var units: Int
        /// Their activation.
        public var activation: Activation

        /// Creates a description.
        public init(layers: Int, units: Int, activation: Activation) { (self.layers, self.units, self.activation) = (layers, units, activation) }
    }

    /// The optimizer of one network.
    public enum OptimizerChoice: Sendable, Hashable {
        case adam(learningRate: Double, beta1: Double, beta2: Double)
        case rmsProp(learningRate: Double, decay: Double)
        case sgd(learningRate: Double)
    }

    /// The generator's hidden layers.
    public var generator: Layers
    /// The discriminator's, and the encoder's of a VAE.
    public var discriminator: Layers
    /// The distribution of each latent.
    public var latents: RandomStream.Distribution
    /// Number of latents.
    public var latentDimensions: Int
    /// The generator's optimizer; that of a model with one optimizer is made from its hyperparameters.
    public var generatorOptimizer: OptimizerChoice
    /// The discriminator's optimizer.
    public var discriminatorOptimizer: OptimizerChoice
    /// Number of points that the probe takes at once.
    public var probed: Int

    /// Creates settings.
    public init(
        generator: Layers, discriminator: Layers, latents: RandomStream.Distribution, latentDimensions: Int, generatorOptimizer: OptimizerChoice,
        discriminatorOptimizer: OptimizerChoice, probed: Int
    ) {
        (self.generator, self.discriminator, self.latents, self.latentDimensions) = (generator, discriminator, latents, latentDimensions)
        (self.generatorOptimizer, self.discriminatorOptimizer, self.probed) = (generatorOptimizer, discriminatorOptimizer, probed)
    }
}

extension PlaneSettings.OptimizerChoice {
    var optimizer: Optimizer {
        switch self {
        case .adam(let rate, let beta1, let beta2): .adam(Adam(beta1: Float(beta1), beta2: Float(beta2)), learningRate: .constant(rate))
        case .rmsProp(let rate, let decay): .rmsProp(RMSProp(learningRate: Float(rate), decay: Float(decay)))
        case .sgd(let rate): .sgd(learningRate: .constant(rate))
        }
    }
}

/// Fully connected networks of chosen depth, width, and activation for points in the plane, without batch normalization.
/// Hidden weights are initialized from N(0, 2 / fan-in) for rectifiers (He et al. 2015), from N(0, 1 / fan-in) otherwise.
struct FreePlaneNetwork: StudyNetwork {
    let settings: PlaneSettings
    let images: ExampleShape

    var range: ValueRange { .unbounded }
    var latentDimensions: Int { settings.latentDimensions }
    var latents: RandomStream.Distribution { settings.latents }

    func generator(_ z: Tensor, _ parameters: ParameterSet, activation: (Tensor) -> Tensor, mode: NormalizationMode) -> Tensor {
        points(hidden(z, parameters, "hidden", settings.generator), parameters, "output")
    }

    func trunk(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        hidden(images.reshaped([images.shape[0], self.images.count]), parameters, "hidden", settings.discriminator)
    }

    func autoencoder(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        let code = parameters.dense(trunk(images, parameters, batchNormalization: false, groups: groups), "code", outputs: 1)
        return points(hidden(code, parameters, "decoder", settings.discriminator), parameters, "output")
    }

    private func points(_ features: Tensor, _ parameters: ParameterSet, _ name: String) -> Tensor {
        let initializer = Initializer.normal(deviation: (1 / Float(features.shape[1])).squareRoot())
        return parameters.dense(features, name, outputs: images.count, initializer: initializer).reshaped([features.shape[0], images.height, images.width, images.channels])
    }

    private func hidden(_ x: Tensor, _ parameters: ParameterSet, _ name: String, _ layers: PlaneSettings.Layers) -> Tensor {
        (1...layers.layers).reduce(x) { x, layer in
            let isRectifier = layers.activation == .relu || layers.activation == .leakyReLU
            let initializer = Initializer.normal(deviation: ((isRectifier ? 2 : 1) / Float(x.shape[1])).squareRoot())
            let y = parameters.dense(x, "\(name)\(layer)", outputs: layers.units, initializer: initializer)
            return switch layers.activation {
            case .relu: y.relu()
            case .tanh: y.tanh()
            case .sigmoid: y.sigmoid()
            case .leakyReLU: y.leakyReLU()
            }
        }
    }
}
