import Numerics
public import Studies
public import Graphs

/// Variational autoencoder: an encoder and a decoder with one loss, -E log p(x | z) + KL(q(z | x) || N(0, 1)), and one Adam optimizer.
/// - Source: Kingma and Welling 2014, equations 7 and 10 and appendix B; Lucic et al. 2018 and its released code.
/// - Differs: as in that code, the likelihood is summed over height and width and averaged over channels (`channels` "sum" sums all). For points, whose channels are
///   the coordinates, the mean corresponds to a normal likelihood with standard deviation 0.141 instead of 0.1. Generated images are the decoder's means.
///   The upper clip of a pixel's probability is the largest float32 below 1, because 1 - 1e-8 is 1 in float32.
public struct VAE: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones and `channels`.
    public var schema: ModelSchema {
        ModelSchema(
            name: "vae", title: "VAE", description: "Variational autoencoder (Kingma and Welling 2014)",
            hyperparameters: SharedHyperparameters.list(learningRate: 5e-5, beta1: 0.5, discriminatorIterations: 1, batchNormalization: true, narrowDefault: false).map {
                $0.name == "disc_iters" ? $0.described("Without effect: there is one optimizer. Sampled because the study's searches include it for every model; cannot be set").effective(.never) :
                    $0.name == "discriminator_batchnorm" ? $0.described("Batch normalization in the encoder") : $0
            } + [
                HyperparameterSchema.text(
                    "channels", among: ["mean", "sum"], default: "mean",
                    description: "Reduction of the log-likelihood over channels: mean, as in the study's released code, or sum. For points: a standard deviation of 0.141 or 0.1")
                    .effective(.severalChannels)
            ],
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let values = configuration.hyperparameters
        return try VariationalProgram(
            network: configuration.network, batchNormalization: values.bool("discriminator_batchnorm"), batchSize: configuration.batchSize,
            optimizer: SharedHyperparameters.adam(values), steps: configuration.steps, sumsChannels: values.text("channels") == "sum"
        ).build()
    }
}

/// Builds the program of the VAE. The encoder is the discriminator's trunk and a linear layer for mean and standard deviation; the decoder is the generator with
/// ReLU.
struct VariationalProgram {
    let network: any StudyNetwork
    let batchNormalization: Bool
    let batchSize: Int
    let optimizer: Optimizer
    let steps: Int
    let sumsChannels: Bool

    private var latents: RandomSource { RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1)) }
    private var shape: Shape { [batchSize, network.images.height, network.images.width, network.images.channels] }

    func build() throws(PlanError) -> TrainingProgram {
        let graph = Graph()
        let encoder = ParameterSet(graph, prefix: "encoder")
        let decoder = ParameterSet(graph, prefix: "generator")
        let x = graph.input("images", shape)
        let (mean, deviation) = encoded(x, encoder)
        // z = mu + sigma eps, eps ~ N(0, 1): the reparameterization of appendix B.
        let z = mean + deviation * graph.random(latents, [batchSize, network.latentDimensions])
        let reconstruction = decoded(z, decoder, mode: .training(groups: 1, tracking: true))
        let likelihood = negativeLogLikelihood(of: x, reconstruction)
        let divergence = self.divergence(mean, deviation)
        let loss = likelihood + divergence
        let trainable = encoder.trainable + decoder.trainable
        let rate = graph.input("rate", .scalar)
        let updates = zip(trainable, graph.gradients(of: loss, for: trainable.map(\.tensor))).flatMap {
            optimizer.updates($0.tensor, named: $0.name, gradient: $1, rate: rate)
        }
        let outputs = [("loss", loss), ("negative_log_likelihood", likelihood), ("kl_divergence", divergence)]
        let latentPlans = try LatentPlans(batchSize: batchSize, latentDimensions: network.latentDimensions) { z in
            decoded(z, ParameterSet(z.graph, prefix: "generator"), mode: .inference)
        }
        let phase = Phase("joint", try Plan(graph, outputs: outputs, updates: updates + decoder.statisticUpdates))
        let group = UpdateGroup("model", phases: [phase.name])
        return TrainingProgram(
            batchSize: batchSize, steps: steps, fields: [.images(network.images)], parameters: decoder.entries + encoder.entries, phases: [phase], rule: .single,
            updateGroups: [group], scalarInputs: [optimizer.rate("rate", of: group)].compactMap { $0 }, metrics: outputs.map(\.0),
            generation: Generation(
                plan: latentPlans.sampling, images: network.images, latents: .init(dimensions: network.latentDimensions, source: latents)),
            inversion: latentPlans.inversion, collapse: .study)
    }

    /// q(z | x): mean, and standard deviation 1e-6 + softplus. - Shapes: [batch, h, w, c] -> [batch, latents] twice
    private func encoded(_ x: Tensor, _ parameters: ParameterSet) -> (mean: Tensor, deviation: Tensor) {
        let count = network.latentDimensions
        let features = network.trunk(x, parameters, batchNormalization: batchNormalization, groups: 1)
        let both = parameters.dense(features, "linear4", outputs: 2 * count)
        let deviation = both.slice(starts: [0, count], extents: [batchSize, count]).softplus() + 1e-6
        return (both.slice(starts: [0, 0], extents: [batchSize, count]), deviation)
    }

    private func decoded(_ z: Tensor, _ parameters: ParameterSet, mode: NormalizationMode) -> Tensor {
        network.generator(z, parameters, activation: { $0.relu() }, mode: mode)
    }

    /// -log p(x | z), the reconstruction loss, summed over height and width and averaged over the batch and (unless summed) channels: Bernoulli for images (appendix C.1), normal with
    /// fixed standard deviation for points, without its constant (appendix C.2).
    ///
    /// For points with `channels` "sum", the standard deviation is 0.1: |x - x'|^2 / (2 * 0.1^2) is 50 |x - x'|^2. The default averages over the two coordinates, the channels
    /// of a point; 25 |x - x'|^2 corresponds to a standard deviation of 0.1 sqrt(2) = 0.1414.
    private func negativeLogLikelihood(of x: Tensor, _ reconstruction: Tensor) -> Tensor {
        let factor = sumsChannels ? Float(network.images.channels) : 1
        if network.range == .unbounded { return ((x - reconstruction).squared() * 50).sum(axes: [1, 2]).mean() * factor }
        let p = reconstruction.clamped(low: 1e-8, high: Float(1).nextDown)
        let logarithms = x * p.log() + (1 - x) * (1 - p).log()
        return -logarithms.sum(axes: [1, 2]).mean() * factor
    }

    /// KL divergence KL(N(mu, sigma^2) || N(0, 1)) = 1/2 sum (mu^2 + sigma^2 - log sigma^2 - 1), with 1e-8 added inside the logarithm, averaged over the batch.
    /// - Source: Kingma and Welling 2014, appendix B.
    private func divergence(_ mean: Tensor, _ deviation: Tensor) -> Tensor {
        let variance = deviation.squared()
        let terms = mean.squared() + variance - (variance + 1e-8).log() - 1
        return terms.sum(axes: [1]).mean() * 0.5
    }
}
