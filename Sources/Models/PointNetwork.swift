import Numerics
import Graphs

/// Fully connected networks for points in the plane: three hidden layers of 512 ReLU units in each part, linear output, 2 normal latents, no batch
/// normalization in the generator.
/// - Source: the 2-D experiments of Gulrajani et al. 2017 and their released code.
/// - Differs: hidden weights are initialized from N(0, 2 / fan-in) (He et al. 2015); BEGAN's autoencoder, which that code does not have, has a code of 1.
struct PointNetwork: StudyNetwork {
    let images: ExampleShape
    /// Width multiplier of the hidden layers; 1 is the published network.
    let multiplier: Double

    var range: ValueRange { .unbounded }
    var latentDimensions: Int { 2 }
    var latents: RandomStream.Distribution { .normal(mean: 0, deviation: 1) }

    private var units: Int { Swift.max(1, Int((512 * multiplier).rounded())) }

    /// Ignores `activation`: ReLU in every model.
    func generator(_ z: Tensor, _ parameters: ParameterSet, activation: (Tensor) -> Tensor, mode: NormalizationMode) -> Tensor {
        let hidden = hidden(z, parameters, first: 1) { x, _ in x }
        return parameters.dense(hidden, "linear4", outputs: images.count).reshaped([z.shape[0], images.height, images.width, images.channels])
    }

    /// Batch normalization, if enabled, after the second and third layer.
    func trunk(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        hidden(flat(images), parameters, first: 1) { x, layer in
            batchNormalization && layer > 1
                ? parameters.batchNormalization(x, "normalization\(layer)", mode: .training(groups: groups, tracking: false)) : x
        }
    }

    func autoencoder(_ images: Tensor, _ parameters: ParameterSet, batchNormalization: Bool, groups: Int) -> Tensor {
        let features = trunk(images, parameters, batchNormalization: batchNormalization, groups: groups)
        let code = parameters.dense(features, "linear4", outputs: 1)
        let back = hidden(code, parameters, first: 5) { x, _ in x }
        return parameters.dense(back, "linear8", outputs: self.images.count).reshaped(images.shape)
    }

    private func flat(_ images: Tensor) -> Tensor { images.reshaped([images.shape[0], self.images.count]) }

    private func hidden(_ x: Tensor, _ parameters: ParameterSet, first: Int, normalized: (Tensor, Int) -> Tensor) -> Tensor {
        (first...first + 2).reduce(x) { x, layer in
            let initializer = Initializer.normal(deviation: (2 / Float(x.shape[1])).squareRoot())
            return normalized(parameters.dense(x, "linear\(layer)", outputs: units, initializer: initializer), layer).relu()
        }
    }
}
